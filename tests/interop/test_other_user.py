"""Daemons of another user: those that root has started for one, and those that root has to find."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .background import Background
from .daemon import until
from .dotchain import dotchainCommand, environment

NOBODY = "nobody"


def asNobody() -> list[str]:
    """twistd's options."""
    user = pwd.getpwnam(NOBODY)
    return [f"--uid={user.pw_uid}", f"--gid={user.pw_gid}"]


def owner(path: Path) -> str:
    """Whose it is."""
    return path.owner()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_leavesNothing(public: Path, number: int) -> None:
    """PID file and control socket go at the end, though only root may remove them, be the daemon killed."""
    daemon = Background(public)
    done = daemon.start(*asNobody())
    assert done.returncode == 0, done.stderr
    files = [public / "pid", public / "s"]
    assert all(file.exists() for file in files)
    assert owner(public / "s") == NOBODY
    until(lambda: "dotchain ready" in daemon.said)
    daemon.end(number)
    until(lambda: not any(file.exists() for file in files))
    assert "Traceback" not in daemon.said


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_rotated(public: Path, number: int) -> None:
    """In a folder of the user's the log is made anew where it was moved away."""
    os.chown(public, pwd.getpwnam(NOBODY).pw_uid, -1)
    rotates(Background(public), number, *asNobody())
    assert owner(public / "daemon.log") == NOBODY


def rotates(daemon: Background, number: int, *options: str) -> None:
    """Move the log of a daemon away and send it a signal."""
    done = daemon.start(*options)
    assert done.returncode == 0, done.stderr
    try:
        until(lambda: "dotchain ready" in daemon.said)
        log = daemon.folder / "daemon.log"
        log.rename(daemon.folder / "daemon.log.1")
        os.kill(daemon.pid, number)
        until(log.exists)
        asked = dotchainCommand("reload", "--socket", str(daemon.folder / "s"))
        assert asked.returncode == 0, asked.stdout
        until(lambda: "dotchain reloaded" in daemon.said)
        assert "dotchain ready" not in daemon.said
    finally:
        daemon.end()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_rotatedByOneself(tmp_path: Path, number: int, workers: int) -> None:
    """So it is without another user."""
    rotates(Background(tmp_path, workers), number)


def test_rotatedByRoot(public: Path) -> None:
    """
    In a folder of root's the user can't make it: that is told, and the old one is gone on with;
    where logrotate has made it for the user (create), it is taken.
    """
    daemon = Background(public)
    done = daemon.start(*asNobody())
    assert done.returncode == 0, done.stderr
    try:
        log, old = public / "daemon.log", public / "daemon.log.1"
        until(lambda: "dotchain ready" in daemon.said)
        log.rename(old)
        asked = dotchainCommand("reload", "--socket", str(public / "s"))
        assert asked.returncode == 1
        assert f"{log}: keeps the old state: {log}: Permission denied" in asked.stdout
        assert f"{log}: keeps the old state" in old.read_text()
        log.touch()
        os.chown(log, pwd.getpwnam(NOBODY).pw_uid, -1)
        asked = dotchainCommand("reload", "--socket", str(public / "s"))
        assert asked.returncode == 0, asked.stdout
        assert "dotchain reloaded" in daemon.said
    finally:
        daemon.end()


def test_found(public: Path) -> None:
    """Root finds the daemon that another user has started by its file."""
    temporary = public / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    daemon = Background(public)
    daemon.config.write_text(daemon.config.read_text().replace("control = s\n", ""))
    run = "from twisted.scripts.twistd import run; run()"
    with subprocess.Popen(
        [sys.executable, "-c", run, "-n", "--pidfile=", "dotchain", "--config", str(daemon.config)],
        cwd=temporary,
        env={**environment(), "TMPDIR": str(temporary), "XDG_RUNTIME_DIR": ""},
        user=NOBODY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until(lambda: bool(list(temporary.glob("dotchain-*/*.sock"))))
            done = dotchainCommand("stats", "--config", str(daemon.config), TMPDIR=str(temporary))
            assert done.returncode == 0, done.stderr
            assert f"process {process.pid}," in done.stdout
        finally:
            process.terminate()
