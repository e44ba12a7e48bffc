"""Networks of a test's own: namespaces without a name, joined by veth pairs."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from ..daemon import program, unavailable

T = TypeVar("T")

# sched.h
_CLONE_NEWNET = 0x40000000


class Namespace:
    """
    A network namespace (network_namespaces(7)) with nothing in it but lo, which is up.

    It has no name in the system, so the kernel takes it down, its links and its rules with it,
    when the last process and the last open file of it are gone, whatever ended them.
    """

    def __init__(self) -> None:
        """Skip the test where this user or system can't have one."""
        if sys.platform != "linux" or os.geteuid() != 0:
            unavailable("network namespaces need root on Linux")
        with ThreadPoolExecutor(1) as thread:
            self._file = thread.submit(_unshared).result()
        self.run("ip", "link", "set", "lo", "up")

    def close(self) -> None:
        """Leave it to those who are still in it."""
        os.close(self._file)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread is in it: sockets that are made, processes and threads that are started, stay there."""
        before = _current()
        _enter(self._file)
        try:
            yield
        finally:
            _enter(before)
            os.close(before)

    @contextmanager
    def running(self, one: AbstractContextManager[T]) -> Iterator[T]:
        """A daemon that runs in it, until the C{with} block ends."""
        with ExitStack() as stack:
            with self.entered():
                started = stack.enter_context(one)
            yield started

    def run(self, *command: str) -> str:
        """What a command prints that must do well."""
        with self.entered():
            done = subprocess.run(
                [program(command[0]), *command[1:]], capture_output=True, text=True, timeout=10, check=False
            )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def join(self, other: Namespace, device: str) -> None:
        """A link to another, whose ends have this name on both sides."""
        there = f"/proc/{os.getpid()}/fd/{other._file}"
        peer = ("peer", "name", device, "netns", there)
        self.run("ip", "link", "add", "name", device, "type", "veth", *peer)

    def up(self, device: str, *addresses: str, mtu: int = 1500) -> None:
        """
        Bring a link up.

        @param addresses: with the length of their prefix.
        """
        for address in addresses:
            self.run("ip", "address", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
        self.run("ip", "link", "set", "dev", device, "mtu", str(mtu), "up")

    def route(self, *words: str) -> None:
        """A route, in the words of ip-route(8)."""
        self.run("ip", "route", "replace", *words)

    def setting(self, name: str, value: str) -> None:
        """A sysctl of its own, such as C{net/ipv4/ip_forward}."""
        with self.entered():
            Path(f"/proc/sys/{name}").write_text(value)

    def drop(self, packets: str, hook: str = "input") -> None:
        """
        Lose packets without a word to anyone.

        @param packets: which, in the words of nft(8).
        """
        self.rule(f"{packets} drop", hook)

    def rule(self, rule: str, hook: str) -> None:
        """A rule of packets, in the words of nft(8)."""
        chain = f"type filter hook {hook} priority 0;"
        self.run("nft", "add table inet test")
        self.run("nft", f"add chain inet test {hook} {{ {chain} }}")
        self.run("nft", f"add rule inet test {hook} {rule}")

    def heal(self) -> None:
        """Lose no more."""
        self.run("nft", "delete table inet test")


def _unshared() -> int:
    """A new one for this thread, as an open file."""
    if _libc().unshare(_CLONE_NEWNET):
        unavailable(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    return _current()


def _current() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _enter(file: int) -> None:
    # os.setns is there from Python 3.12.
    if _libc().setns(file, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
