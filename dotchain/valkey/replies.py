"""
Octets in, replies out, in their order (RESP 2).

hiredis would do, but for what a liar can have it do: it makes each list as long as it is announced to be, and
to let go of one that was to have two thousand million elements takes it seconds, in which nobody is answered.
Here nothing takes more than has come.
"""

from __future__ import annotations

from typing import Final

# Of a value; of a line; elements of a list, and lists within lists.
VALUE: Final = 1 << 20
LINE: Final = 4096
ELEMENTS: Final = 1 << 16
DEPTH: Final = 8

_SIMPLE: Final = 0x2B
_ERROR: Final = 0x2D
_INTEGER: Final = 0x3A
_BULK: Final = 0x24
_LIST: Final = 0x2A
# What nearly all look-ups of new names come to, and all values.
_NOTHING: Final = b"$-1\r\n"
_DONE: Final = b"+OK\r\n"
_SHOWN: Final = 200
_CR: Final = 13
_LF: Final = 10
_ZERO: Final = 48
_DIGITS: Final = 7


class ReplyError(Exception):
    """What a server replies in the place of what it was asked for."""


class Replies:
    """
    The replies of one connection.

    What was not whole when it came is looked at once more when the rest is there, not whenever some comes.
    """

    def __init__(self) -> None:
        self._data = b""
        self._at = 0
        self._parts: list[bytes] = []
        self._missing = self._size = 0
        self._lists: list[list[object]] = []
        self._wanted: list[int] = []

    def feed(self, data: bytes) -> None:
        """Octets have come."""
        if self._missing > len(data):
            self._missing -= len(data)
            self._parts.append(data)
            return
        if self._at < len(self._data):
            data = b"".join((self._data[self._at :], *self._parts, data))
            self._parts.clear()
        self._data = data
        self._at = 0
        self._missing = 0

    def gets(self) -> object:
        """
        The next reply.

        @return: octets, a number, None for nothing, a L{ReplyError}, a list; False while it is not whole.
        @raise ValueError: where what has come is no reply, or too much of one.
        """
        head = self._data[self._at : self._at + 5]
        if head in (_NOTHING, _DONE) and not self._missing and not self._lists:
            self._at += 5
            return None if head == _NOTHING else b"OK"
        value = self._next()
        return self._within(value) if self._lists else value

    def _within(self, value: object) -> object:
        """A list, once it has all of its elements; this is the next one, or the list itself, just begun."""
        while value is not False:
            if value is not self._lists[-1]:
                value = self._added(value)
                if not self._lists:
                    return value
            value = self._next()
        return False

    def _added(self, value: object) -> object:
        """What a value ends: the outermost list that is whole by it, else the value."""
        while self._lists:
            self._lists[-1].append(value)
            if len(self._lists[-1]) < self._wanted[-1]:
                break
            self._wanted.pop()
            value = self._lists.pop()
        return value

    def _next(self) -> object:
        """The next one that is no list, or a list that has begun; False for none."""
        data, at = self._data, self._at
        if self._missing or at >= len(data):
            return False
        if data[at] == _BULK:
            begin = self._sized(data, at + 1)
            if begin:
                return self._bulk(begin, self._size)
        end = data.find(b"\r\n", at, at + LINE)
        if end < 0:
            if len(data) - at >= LINE:
                raise ValueError("a line without an end")
            return False
        kind, line = data[at], data[at + 1 : end]
        if kind == _BULK:
            return self._bulk(end + 2, _number(line))
        self._at = end + 2
        if kind == _SIMPLE:
            return line
        if kind == _INTEGER:
            return _number(line)
        if kind == _ERROR:
            return ReplyError(_shown(line[:_SHOWN]))
        if kind == _LIST:
            return self._list(_number(line))
        raise ValueError("it has no type")

    def _sized(self, data: bytes, at: int) -> int:
        """
        Read the size of a value in a hurry.

        @return: where the value begins; 0 where it takes more thought.
        """
        size, place, last = 0, at, min(at + _DIGITS, len(data) - 2)
        while place < last and _ZERO <= data[place] < _ZERO + 10:
            size = 10 * size + data[place] - _ZERO
            place += 1
        if not at < place <= len(data) - 2 or data[place] != _CR or data[place + 1] != _LF:
            return 0
        self._size = size
        return place + 2

    def _bulk(self, begin: int, size: int) -> object:
        if size == -1:
            self._at = begin
            return None
        if not 0 <= size <= VALUE:
            raise ValueError("a value that is too long")
        end = begin + size
        missing = end + 2 - len(self._data)
        if missing > 0:
            self._missing = missing
            return False
        if self._data[end] != _CR or self._data[end + 1] != _LF:
            raise ValueError("a value without an end")
        self._at = end + 2
        return self._data[begin:end]

    def _list(self, size: int) -> object:
        if size == -1:
            return None
        if not 0 <= size <= ELEMENTS or len(self._lists) >= DEPTH:
            raise ValueError("a list that is too long, or too deep")
        made: list[object] = []
        if size:
            self._lists.append(made)
            self._wanted.append(size)
        return made


def _number(digits: bytes) -> int:
    if not (digits[1:] if digits[:1] == b"-" else digits).isdigit() or len(digits) > 20:
        raise ValueError("no number")
    return int(digits)


def _shown(octets: bytes) -> str:
    """As a log line may have it: it is a stranger's."""
    text = octets.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(each if each.isprintable() else "?" for each in text)
