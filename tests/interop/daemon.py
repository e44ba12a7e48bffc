"""A program of others as a context manager: its folder, its log, its process and no other."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NoReturn

import dns.exception
import dns.message
import dns.query
import pytest
from typing_extensions import Self

from .ports import HOST

WAITS = 6.0
"""Seconds that a test waits for what should come soon."""

_SYSTEM = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"))


def program(name: str) -> str:
    """
    Where a program is installed.

    Without it the test is L{unavailable}.
    """
    return shutil.which(name, path=_SYSTEM) or unavailable(f"{name} is not installed")


def unavailable(why: str) -> NoReturn:
    """Skip the test; with CI=true in the environment fail it, since there it is meant to run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why}, and CI=true skips no test")
    pytest.skip(why)


class Daemon:
    """
    A program that runs in a folder of its own until the C{with} block ends.

    @cvar running: all that run now, for the report of a test that failed.
    @cvar startsWithin: seconds, on a machine that may be busy.
    @ivar log: the file that its standard output and standard error go to.
    @ivar by: the words of a program that runs it in its own place, such as prlimit(1).
    """

    running: ClassVar[list[Daemon]] = []

    name: ClassVar[str] = ""
    startsWithin: ClassVar[float] = 60.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / f"{self.name}.log"
        self.by: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self) -> None:
        """Write the configuration into the folder."""

    def command(self) -> list[str]:
        """What to run, in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Its environment variables."""
        return dict(os.environ)

    def ready(self) -> bool:
        """It answers, so that a test may begin."""
        raise NotImplementedError

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process, which must have been started."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process

    def said(self) -> str:
        """All that it has logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configure()
        self.log.write_bytes(b"")
        self.startAgain()
        Daemon.running.append(self)
        try:
            self._waitUntilReady()
        except BaseException:
            self._end()
            raise
        return self

    def startAgain(self) -> None:
        """Start it once more, after its end; it ends with its block. Nobody waits until it is ready."""
        command = [*self.by, *self.command()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __exit__(self, *why: object) -> None:
        self._end()

    def _waitUntilReady(self) -> None:
        until = time.monotonic() + self.startsWithin
        while not self.ready():
            if self.process.poll() is not None:
                pytest.fail(f"{self.name} ended with {self.process.returncode}:\n{self.said()}")
            if time.monotonic() > until:
                pytest.fail(f"{self.name} isn't ready after {self.startsWithin} s:\n{self.said()}")
            time.sleep(0.03)

    def _end(self) -> None:
        """End this process alone: ask it, and make it end when it won't."""
        Daemon.running.remove(self)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def until(true: Callable[[], bool], within: float = 20.0) -> None:
    """Wait until something is true, at most so many seconds, as the machine may be busy."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it didn't come true"
        time.sleep(0.03)


def answersOn(port: int, name: str = "example.org.", tcp: bool = False) -> bool:
    """A nameserver answers NOERROR on this port."""
    query = dns.message.make_query(name, "SOA")
    ask = dns.query.tcp if tcp else dns.query.udp
    try:
        return ask(query, HOST, timeout=0.5, port=port).rcode() == 0
    except (OSError, EOFError, dns.exception.DNSException):
        return False
