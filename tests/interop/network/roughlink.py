"""A link that delays, reorders, loses, doubles and damages packets, as tc-netem(8) does."""

from __future__ import annotations

import fcntl
import os
import random
import select
import struct
import threading
import time
from contextlib import suppress
from heapq import heappop, heappush
from pathlib import Path
from typing import NamedTuple

from typing_extensions import Self

from ..daemon import unavailable
from .namespace import Namespace

# linux/if_tun.h
_TUNSETIFF = 0x400454CA
_TUN, _NO_HEADER = 0x0001, 0x1000
_LARGEST = 65536


class Roughness(NamedTuple):
    """
    What becomes of packets, the same in both directions.

    @ivar delay: seconds.
    @ivar jitter: seconds more or less, each packet by itself.
    @ivar early: the share that is not delayed, and so overtakes others.
    @ivar lost: the share that never arrives.
    @ivar doubled: the share that arrives twice.
    @ivar damaged: the share in which one bit is another one.
    """

    delay: float = 0.02
    jitter: float = 0.01
    early: float = 0.25
    lost: float = 0.05
    doubled: float = 0.1
    damaged: float = 0.01


class RoughLink:
    """
    A link between two namespaces, whose packets go by way of this process until the C{with} block ends.

    @ivar roughness: may change at any time.
    @ivar passed: packets that came.
    @ivar lost: those that never arrived.
    """

    def __init__(
        self, here: Namespace, there: Namespace, device: str, roughness: Roughness, seed: int = 1
    ) -> None:
        """@param device: its name on both sides."""
        self.roughness = roughness
        self.passed = self.lost = 0
        self._dice = random.Random(seed)
        self._ends = [_end(each, device) for each in (here, there)]
        self._due: list[tuple[float, int, int, bytes]] = []
        self._wake = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name=device, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        os.close(self._wake[1])
        self._thread.join()
        for each in (*self._ends, self._wake[0]):
            os.close(each)

    def _run(self) -> None:
        while True:
            wait = max(self._due[0][0] - time.monotonic(), 0.0) if self._due else None
            ready, _, _ = select.select([*self._ends, self._wake[0]], [], [], wait)
            if self._wake[0] in ready:
                return
            for end in ready:
                self._take(os.read(end, _LARGEST), self._ends[end == self._ends[0]])
            while self._due and self._due[0][0] <= time.monotonic():
                _, _, to, packet = heappop(self._due)
                # A side that is down, or a header that makes no sense any more.
                with suppress(OSError):
                    os.write(to, packet)

    def _take(self, packet: bytes, to: int) -> None:
        self.passed += 1
        rough, dice = self.roughness, self._dice
        if dice.random() < rough.lost:
            self.lost += 1
            return
        for _ in range(1 + (dice.random() < rough.doubled)):
            early = dice.random() < rough.early
            wait = 0.0 if early else rough.delay + dice.uniform(-rough.jitter, rough.jitter)
            made = _damaged(packet, dice) if dice.random() < rough.damaged else packet
            heappush(self._due, (time.monotonic() + wait, self.passed, to, made))


def _damaged(packet: bytes, dice: random.Random) -> bytes:
    bit = dice.randrange(8 * len(packet))
    made = bytearray(packet)
    made[bit >> 3] ^= 1 << (bit & 7)
    return bytes(made)


def _end(namespace: Namespace, device: str) -> int:
    """A network device whose packets are read and written as a file."""
    if not Path("/dev/net/tun").exists():
        unavailable("there is no /dev/net/tun")
    with namespace.entered():
        file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", device.encode(), _TUN | _NO_HEADER))
        except BaseException:
            os.close(file)
            raise
    return file
