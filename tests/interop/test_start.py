"""A start that fails tells why, in the background too, and one that follows a kill succeeds."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest
from twisted.application.service import Service

from dotchain.api import Query, Result, Stage

from .background import Background
from .daemon import until
from .ports import HOST


class Failing(Stage, Service):
    """A stage that can't be started."""

    def startService(self) -> None:
        """Fail."""
        raise KeyError("state")

    def resolve(self, query: Query) -> Result:
        """Pass it on."""
        return self.next(query)


@pytest.mark.parametrize("workers", [1, 2])
def test_addressInUse(tmp_path: Path, workers: int) -> None:
    """A port that somebody else has."""
    daemon = Background(tmp_path, workers)
    with socket.create_server((HOST, daemon.port)):
        done = daemon.start()
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith(f"{daemon.config}:")]
    assert f"[front lan] listen: cannot listen on tcp://{HOST}:{daemon.port}: " in line
    assert "Address already in use" in line
    assert line in daemon.said
    assert not (tmp_path / "pid").exists()
    assert not (tmp_path / "s").exists()


def test_controlInUse(tmp_path: Path) -> None:
    """A control socket where something else is."""
    (tmp_path / "s").write_text("precious")
    daemon = Background(tmp_path)
    path = tmp_path / "s"
    daemon.fails(
        f"{daemon.config}:2: [dotchain] control: cannot listen on {path}: {path} is there, and is no socket"
    )


def test_noFolder(tmp_path: Path) -> None:
    """Folders that are not there: the control socket's and those of twistd's own files."""
    daemon = Background(tmp_path)
    for option in ("pidfile", "logfile"):
        file = Path(f"/nonexistent/{'long/' * 20}file")
        why = f"twistd --{option} {file}: there is no folder {file.parent}"
        daemon.fails(why, f"--{option}={file}")
    daemon.config.write_text(daemon.config.read_text().replace("control = s", "control = none/s"))
    daemon.fails(
        f"{daemon.config}:2: [dotchain] control: cannot listen on {tmp_path}/none/s: there is no folder "
        f"{tmp_path}/none"
    )


def test_failingPart(tmp_path: Path) -> None:
    """A kind of an operator's own that can't be started is one line with its name and its line of code."""
    daemon = Background(tmp_path)
    text = daemon.config.read_text().replace("path = out", "path = tests.interop.test_start.Failing out")
    daemon.config.write_text(text)
    done = daemon.start()
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith(f"{daemon.config}:")]
    kind = f"kind '{__name__}.Failing'"
    assert f"{kind}: can't be started: KeyError: 'state' (tests/interop/test_start.py line" in line


def test_background(tmp_path: Path) -> None:
    """One that starts leaves its starter's standard error alone, and says what it is and with which file."""
    daemon = Background(tmp_path)
    done = daemon.start()
    try:
        assert (done.returncode, done.stderr) == (0, "")
        until(lambda: "dotchain ready" in daemon.said)
        (line,) = [line for line in daemon.said.splitlines() if line.endswith(f" with {daemon.config}")]
        assert "dotchain 0." in line
    finally:
        daemon.end()
    assert not (tmp_path / "s").exists()


def test_killed(tmp_path: Path) -> None:
    """After a kill -9 the next start succeeds, though another program has the PID since."""
    daemon = Background(tmp_path)
    assert daemon.start().returncode == 0
    daemon.end(signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as other:
        (tmp_path / "pid").write_text(str(other.pid))
        try:
            done = daemon.start()
            assert done.returncode == 0, done.stderr
            second = daemon.start()
            assert second.returncode == 1
            assert "Another twistd server is running" in second.stderr
            daemon.end()
        finally:
            other.kill()
