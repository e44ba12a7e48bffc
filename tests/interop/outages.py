"""Ways in which a daemon goes out of service."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from .daemon import Daemon


def resume(daemon: Daemon) -> None:
    """SIGCONT, so that it can be ended."""
    if daemon.process.poll() is None:
        daemon.process.send_signal(signal.SIGCONT)


@contextmanager
def stopped(daemon: Daemon) -> Iterator[None]:
    """SIGSTOP: its connections stay, and nothing comes."""
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        resume(daemon)


@contextmanager
def killed(daemon: Daemon) -> Iterator[None]:
    """SIGKILL: its connections break, and new ones are refused."""
    daemon.process.kill()
    daemon.process.wait()
    yield
