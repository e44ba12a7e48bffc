"""What a Valkey server that lies, stumbles or is somebody else entirely does in the place of its replies."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

OK, NULL = b"+OK\r\n", b"$-1\r\n"

_SEED = 6379
_SLOW, _LATE = 0.01, 0.2
_HUGE = 1 << 29
_PIECE = bytes(1 << 16)

Way = asyncio.Transport
Lie = Callable[[Way, Sequence[bytes]], None]
"""Has the replies of what came in one piece, and the way to whoever asked."""


def bulk(value: bytes) -> bytes:
    """A value, as it is sent."""
    return b"$%d\r\n%b\r\n" % (len(value), value)


def honest(way: Way, replies: Sequence[bytes]) -> None:
    """What was asked for."""
    way.write(b"".join(replies))


def silent(way: Way, replies: Sequence[bytes]) -> None:
    """Nothing."""


def late(way: Way, replies: Sequence[bytes]) -> None:
    """The right replies, but 200 ms later."""
    asyncio.get_running_loop().call_later(_LATE, honest, way, replies)


class Slow:
    """The right replies, an octet each 10 ms."""

    def __init__(self) -> None:
        self._left: dict[Way, bytearray] = {}

    def __call__(self, way: Way, replies: Sequence[bytes]) -> None:
        starts = way not in self._left
        self._left.setdefault(way, bytearray()).extend(b"".join(replies))
        if starts:
            self._drip(way)

    def _drip(self, way: Way) -> None:
        if way.is_closing():
            del self._left[way]
            return
        left = self._left[way]
        way.write(bytes(left[:1]))
        del left[:1]
        asyncio.get_running_loop().call_later(_SLOW, self._drip, way)


class Noise:
    """As many random octets as the right replies have."""

    def __init__(self) -> None:
        self._random = random.Random(_SEED)

    def __call__(self, way: Way, replies: Sequence[bytes]) -> None:
        way.write(self._random.randbytes(sum(map(len, replies))))


class Forged:
    """Each value with one bit of it turned over, and all else as it should be."""

    def __init__(self) -> None:
        self._random = random.Random(_SEED)

    def __call__(self, way: Way, replies: Sequence[bytes]) -> None:
        honest(way, [changed(reply, self._turned) for reply in replies])

    def _turned(self, value: bytes) -> bytes:
        turned = bytearray(value)
        turned[self._random.randrange(len(turned))] ^= 1 << self._random.randrange(8)
        return bytes(turned)


def truncated(way: Way, replies: Sequence[bytes]) -> None:
    """Half of each value."""
    honest(way, [changed(reply, lambda value: value[: len(value) // 2]) for reply in replies])


class Swapped:
    """In place of each value another one that was asked for before."""

    def __init__(self) -> None:
        self._last = b""

    def __call__(self, way: Way, replies: Sequence[bytes]) -> None:
        honest(way, [changed(reply, self._other) for reply in replies])

    def _other(self, value: bytes) -> bytes:
        other, self._last = self._last or value, value
        return other


def changed(reply: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A reply whose value is changed, where it has one."""
    head, _, rest = reply.partition(b"\r\n")
    return bulk(change(rest[:-2])) if head[:1] == b"$" and len(rest) > 2 else reply


def twice(way: Way, replies: Sequence[bytes]) -> None:
    """Each reply two times: there are more than questions."""
    honest(way, [reply + reply for reply in replies])


def halves(way: Way, replies: Sequence[bytes]) -> None:
    """Half of what is due, and then the end of the connection."""
    octets = b"".join(replies)
    way.write(octets[: len(octets) // 2])
    way.close()


def closes(way: Way, replies: Sequence[bytes]) -> None:
    """The end of the connection."""
    way.close()


def deaf(way: Way, replies: Sequence[bytes]) -> None:
    """Nothing, and it reads no more either."""
    if way.is_reading():
        way.pause_reading()


def always(reply: bytes) -> Lie:
    """The same to everything."""
    return lambda way, replies: honest(way, [reply] * len(replies))


def huge(way: Way, replies: Sequence[bytes]) -> None:
    """A value of half a gigabyte, as fast as it is taken."""
    way.write(b"$%d\r\n" % _HUGE)
    _pour(way, _HUGE)


def _pour(way: Way, left: int) -> None:
    if way.is_closing() or left <= 0:
        return
    if not way.get_write_buffer_size():
        way.write(_PIECE)
        left -= len(_PIECE)
    asyncio.get_running_loop().call_later(0.001, _pour, way, left)


LIES: dict[str, Callable[[], Lie]] = {
    "silent": lambda: silent,
    "deaf": lambda: deaf,
    "late": lambda: late,
    "slow": Slow,
    "noise": Noise,
    "forged": Forged,
    "truncated": lambda: truncated,
    "swapped": Swapped,
    "twice": lambda: twice,
    "halves": lambda: halves,
    "closes": lambda: closes,
    "huge": lambda: huge,
    "integers": lambda: always(b":1\r\n"),
    "arrays": lambda: always(b"*2\r\n" + NULL + b":1\r\n"),
    "nested": lambda: always(b"*1\r\n" * 1000),
    "endless": lambda: always(b"*2147483647\r\n"),
    "empty": lambda: always(bulk(b"")),
    "errors": lambda: always(b"-ERR of some sort\r\n"),
    "full": lambda: always(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"),
    "loading": lambda: always(b"-LOADING the dataset is being read\r\n"),
    "moved": lambda: always(b"-MOVED 1 127.0.0.1:1\r\n"),
    "noauth": lambda: always(b"-NOAUTH Authentication required.\r\n"),
    "escapes": lambda: always(b"-ERR \x1b]0;title\x07 \x1b[31mred\xc3\x28\x00\r\n"),
}
"""What makes each, by its name."""
