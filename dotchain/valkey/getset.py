"""The two commands that every query may give, as octets: what formatting them took, without it."""

from __future__ import annotations

from typing import Final

# Longer ones are formatted when they come.
_LONGEST: Final = 1024
_GET: Final = [b"*2\r\n$3\r\nGET\r\n$%d\r\n" % size for size in range(_LONGEST)]
_SET: Final = [b"*5\r\n$3\r\nSET\r\n$%d\r\n" % size for size in range(_LONGEST)]
_SIZE: Final = [b"\r\n$%d\r\n" % size for size in range(_LONGEST)]
_END: Final = b"\r\n"
# The ends of commands by the seconds that they tell, as far as these came lately.
_MOST: Final = 4096
_lives: Final[dict[int, bytes]] = {}


def get(key: bytes) -> bytes:
    """C{GET}; of a key that is shorter than a thousand octets."""
    return _GET[len(key)] + key + _END


def put(key: bytes, value: bytes, seconds: int) -> bytes:
    """C{SET} with a value's seconds; likewise."""
    size = _SIZE[len(value)] if len(value) < _LONGEST else b"\r\n$%d\r\n" % len(value)
    life = _lives.get(seconds)
    if life is None:
        life = _life(seconds)
    return b"".join((_SET[len(key)], key, size, value, life))


def _life(seconds: int) -> bytes:
    if len(_lives) >= _MOST:
        _lives.clear()
    digits = b"%d" % seconds
    made = _lives[seconds] = b"\r\n$2\r\nEX\r\n$%d\r\n%b\r\n" % (len(digits), digits)
    return made
