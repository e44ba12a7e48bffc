"""Messages on a stream: two octets of length before each (RFC 1035 section 4.2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .errors import FormatError

if TYPE_CHECKING:
    from mypy_extensions import i64


def split(octets: bytes, most: int) -> tuple[list[bytes], bytes]:
    """
    Cut whole messages off the front of what has arrived.

    @param most: how many messages to cut off.
    @return: the messages, and what is left behind them.
    @raise FormatError: where the first message is less than a header, behind which
        nothing can be trusted; messages before such a one are given first.
    """
    messages: list[bytes] = []
    offset: i64 = 0
    end: i64 = len(octets)
    high: i64
    while offset + 2 <= end and len(messages) < most:
        high = octets[offset]
        stop = offset + 2 + (high << 8 | octets[offset + 1])
        if stop - offset < 14:
            if messages:
                break
            raise FormatError("frame of less than a header")
        if stop > end:
            break
        messages.append(octets[offset + 2 : stop])
        offset = stop
    return messages, octets[offset:] if offset else octets


def frame(message: bytes) -> bytes:
    """One message with its length, in one piece (RFC 7766 section 8)."""
    return len(message).to_bytes(2, "big") + message


def join(messages: Iterable[bytes]) -> bytes:
    """Many messages, each with its length, as one piece."""
    return b"".join([len(message).to_bytes(2, "big") + message for message in messages])
