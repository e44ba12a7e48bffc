"""A ClientHello, put together from the records that it comes in.

Nothing authenticates how it is cut: whoever stands in between may cut it anew. So what
can't be read is an error, never the absence of what a rule looks for; and OpenSSL gets
what was read in records made here, so that it can't read anything else.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

_record: Final = Struct("!BHH").unpack_from
# The same, and the header of a handshake message behind it: type and length.
_lone: Final = Struct("!BBxHBBH").unpack_from

_HANDSHAKE: Final = 22
_CLIENT_HELLO: Final = 1
# Alerts, application data and the rest: all types that OpenSSL reads on for.
_KINDS = range(20, 24)
# A change_cipher_spec and early data.
_BEFORE = (20, 23)

# Octets in a record at the most, and in one that is encrypted (RFC 8446 sections 5.1 and 5.2).
_FRAGMENT: Final = 16384
_MOST: Final = 16640
_HEADER: Final = 5
_MESSAGE_HEADER: Final = 4
# What OpenSSL bears: octets of a ClientHello, and empty records in a row.
_LONGEST: Final = 131_396
_EMPTY: Final = 32


class UnreadableHello(Exception):
    """What has come is no ClientHello, or none that can be read."""


class HelloReader:
    """
    Reads one ClientHello.

    @ivar body: it, without its header, as soon as it is all there.
    @ivar more: what stands behind it in its own records, where nothing may (RFC 8446 section 5.1).
    @ivar rest: the records behind it.
    """

    __slots__ = ("_again", "_empty", "_message", "_octets", "body", "more", "rest")

    def __init__(self, again: bool = False) -> None:
        """
        @param again: it follows a HelloRetryRequest, so that a change_cipher_spec (RFC 8446
            appendix D.4) or early data (section 4.2.10) may stand before it.
        """
        self._again = again
        self._empty = 0
        self._message = bytearray()
        self._octets = bytearray()
        self.body: bytes | None = None
        self.more = False
        self.rest = b""

    def feed(self, octets: bytes | memoryview) -> bytes | memoryview:
        """
        Take octets of the wire.

        @return: those that are OpenSSL's: records of other types, and the ClientHello once
            it is whole.
        @raise UnreadableHello: where they can't belong to a ClientHello.
        """
        if not (self._octets or self._message) and _isLone(octets):
            self._message += octets[_HEADER:]
            self.body = bytes(self._message[_MESSAGE_HEADER:])
            return octets
        self._octets += octets
        others = self._readRecords()
        if self.body is None:
            return others
        self.rest = bytes(self._octets)
        return others + _wrapped(self._message)

    def _readRecords(self) -> bytes:
        """Take the message out of the records that are all there; those of other types."""
        others = b""
        while self.body is None and (record := self._next()):
            if record[0] == _HANDSHAKE:
                self._take(record[_HEADER:])
            else:
                others += record
        return others

    def _next(self) -> bytes:
        """The next record, or nothing where it is not all there."""
        octets = self._octets
        if len(octets) < _HEADER:
            return b""
        kind, version, length = _record(octets)
        end = _HEADER + length
        if kind not in _KINDS or version >> 8 != 3 or length > _MOST:
            raise UnreadableHello
        if len(octets) < end:
            return b""
        if not (kind == _HANDSHAKE and length <= _FRAGMENT) and not self._mayPrecede(kind):
            raise UnreadableHello
        record = bytes(octets[:end])
        del octets[:end]
        return record

    def _mayPrecede(self, kind: int) -> bool:
        return self._again and not self._message and kind in _BEFORE

    def _take(self, fragment: bytes) -> None:
        message = self._message
        message += fragment
        self._empty = 0 if fragment else self._empty + 1
        if self._empty > _EMPTY or (message and message[0] != _CLIENT_HELLO):
            raise UnreadableHello
        if len(message) < _MESSAGE_HEADER:
            return
        end = _MESSAGE_HEADER + int.from_bytes(message[1:_MESSAGE_HEADER], "big")
        if end > _LONGEST + _MESSAGE_HEADER:
            raise UnreadableHello
        if len(message) >= end:
            self.body = bytes(message[_MESSAGE_HEADER:end])
            self.more = len(message) > end

    @property
    def unread(self) -> bytes:
        """All that came and was not given to OpenSSL, in records."""
        return _wrapped(self._message) + bytes(self._octets)


def _isLone(octets: bytes | memoryview) -> bool:
    """Whether they are one ClientHello in one record and nothing else, as most are."""
    if len(octets) < _HEADER + _MESSAGE_HEADER:
        return False
    kind, major, length, message, high, low = _lone(octets)
    alike = len(octets) == _HEADER + length and length == _MESSAGE_HEADER + (high << 16) + low
    return alike and length <= _FRAGMENT and (kind, major, message) == (_HANDSHAKE, 3, _CLIENT_HELLO)


def _wrapped(message: bytearray) -> bytes:
    """A message in as few records as it takes."""
    parts = [bytes(message[start : start + _FRAGMENT]) for start in range(0, len(message), _FRAGMENT)]
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in parts)
