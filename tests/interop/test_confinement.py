"""What is left of root's rights, and of the private keys outside of memory, once dotchain serves."""

from __future__ import annotations

import os
import pwd
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from .background import Background
from .conftest import Credentials
from .daemon import until
from .dotchain import Dotchain
from .manyworkers import isAlive
from .ports import HOST, freePort
from .test_other_user import NOBODY, asNobody

PATTERN = Path("/proc/sys/kernel/core_pattern")

# Does as a program of the daemon's own user that is after its memory (ptrace(2), PTRACE_MODE_ATTACH_FSCREDS).
LOOK = "import sys; open(sys.argv[1], 'rb').close()"

FRONT = f"""
[front dot]
listen = tls://{HOST}:{{port}}
certificate = {{files.certificate}}
key = {{files.key}}
chain = home

[chain home]
path = out

[upstream out]
address = udp://{HOST}:9
"""


@contextmanager
def underNobody(folder: Path, keys: str, workers: int) -> Iterator[list[int]]:
    """A daemon that root has started for another user: its process, and those of its workers."""
    daemon = Background(folder, workers)
    daemon.config.write_text(daemon.config.read_text().replace("control = s", f"control = s\n{keys}"))
    done = daemon.start(*asNobody())
    assert done.returncode == 0, done.stderr
    try:
        until(lambda: "dotchain ready" in daemon.said)
        pid = daemon.pid
        yield [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    finally:
        daemon.end()
    assert "Traceback" not in daemon.said


def status(pid: int, key: str) -> list[str]:
    """The words of a line of C{/proc/PID/status}."""
    found = re.search(rf"^{key}:\s*(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return found[1].split()


def looksInto(pid: int) -> bool:
    """Whether another process of that user may read its memory, as a debugger does."""
    user = pwd.getpwnam(NOBODY)
    looked = subprocess.run(
        [sys.executable, "-c", LOOK, f"/proc/{pid}/mem"],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        capture_output=True,
        check=False,
    )
    return looked.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_noWayBack(public: Path, workers: int) -> None:
    """Of root no user, group or capability is left in any process, and no program that it starts has more."""
    user = pwd.getpwnam(NOBODY)
    with underNobody(public, "", workers) as processes:
        assert len(processes) == (1 if workers == 1 else 1 + workers)
        for pid in processes:
            assert status(pid, "Uid") == [str(user.pw_uid)] * 4
            assert status(pid, "Gid") == [str(user.pw_gid)] * 4
            assert set(status(pid, "Groups")) <= {str(user.pw_gid)}
            assert {int(status(pid, f"Cap{each}")[0], 16) for each in ("Inh", "Prm", "Eff", "Amb")} == {0}
            assert status(pid, "NoNewPrivs") == ["1"]
            assert re.search(r"Max core file size +0 ", Path(f"/proc/{pid}/limits").read_text())


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("dumpable", ["no", "yes"])
def test_debugger(public: Path, dumpable: str, workers: int) -> None:
    """A program of its own user may look into none of its processes, unless C{dumpable = yes}."""
    with underNobody(public, f"dumpable = {dumpable}", workers) as processes:
        assert [looksInto(pid) for pid in processes] == [dumpable == "yes"] * len(processes)


@pytest.mark.parametrize("workers", [1, 2])
def test_debuggerLater(public: Path, workers: int) -> None:
    """A reload lets that program look into each of them, and the next one does so no more."""
    with underNobody(public, "", workers) as processes:
        (file,) = public.glob("*.ini")
        closed = file.read_text()
        opened = closed.replace("control = s", "control = s\ndumpable = yes")
        for text, allowed in ((opened, True), (closed, False)):
            file.write_text(text)
            os.kill(processes[0], signal.SIGHUP)
            until(lambda told=allowed: all(looksInto(pid) == told for pid in processes))  # type: ignore[misc]


class Leaving(Dotchain):
    """One that may leave a core as large as it likes, in its folder, and dies of a fault."""

    def environment(self) -> dict[str, str]:
        """Its limit is that of this process."""
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))
        return super().environment()

    def __exit__(self, *why: object) -> None:
        self._end()


@pytest.mark.parametrize("dumpable", ["no", "yes"])
def test_core(tmp_path: Path, credentials: Credentials, dumpable: str) -> None:
    """A fault leaves no core; with C{dumpable = yes} it does, and the front's private key is in it."""
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    if limits[1] == 0 or not re.fullmatch(r"\w+", PATTERN.read_text().strip()):
        pytest.skip("this system puts no cores into the folder of who dies")
    text = FRONT.format(port=freePort(), files=credentials.files)
    try:
        with Leaving(tmp_path, f"[dotchain]\ndumpable = {dumpable}\n{text}") as daemon:
            os.kill(daemon.process.pid, signal.SIGSEGV)
            until(lambda: not isAlive(daemon.process.pid))
            daemon.process.wait()
            cores = list(tmp_path.glob("core*"))
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, limits)
    assert len(cores) == (dumpable == "yes")
    # As OpenSSL has it in memory: words of 64 bits, the lowest first.
    key = credentials.server.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    secret = key.private_numbers().private_value.to_bytes(32, "little")
    assert all(secret in core.read_bytes() for core in cores)
