"""Lists are read in small pieces, since somebody may be served meanwhile."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from gzip import GzipFile
from typing import Any, BinaryIO, cast

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from ...lists.reading import PIECE, Parsed, Reading
from ...options import LineError
from ...readahead import Steps

_GZIP = b"\x1f\x8b"
# Octets of a list, once it is unpacked.
_MOST = 512 << 20


class NotUsable(ValueError):
    """
    What was to be a list is none; the text says why, and has no name of it.

    @ivar line: the line that tells that; 0 where it is none alone.
    """

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


class ListReader:
    """
    Reads lists of one format, packed by gzip or not.

    @ivar format: one of L{FORMATS<dotchain.lists.reading.FORMATS>}.
    """

    # Seconds between two pieces, where nobody waits for them.
    PAUSE = 0.001

    def __init__(self, format: str, reactor: Any) -> None:
        self.format = format
        self._reactor = reactor

    def steps(self, file: BinaryIO, own: bool = False) -> Steps[Parsed]:
        """
        A list, in steps of a millisecond or two.

        @param file: it stands where the list begins.
        @param own: it is the operator's, so that comments alone are one; an empty file never is.
        @raise NotUsable: where it is none.
        """
        reading = Reading(self.format)
        yield from _steps(file, reading)
        return _done(reading, own)

    async def slowly(self, file: BinaryIO, pause: float = PAUSE, own: bool = False) -> Parsed:
        """
        The same, so that queries that come meanwhile don't wait.

        @param pause: seconds between two pieces; with 0 each has a turn of the reactor.
        """
        reading = Reading(self.format)
        for _ in _steps(file, reading):
            rest: Deferred[None] = deferLater(self._reactor, pause)
            await rest
        return _done(reading, own)


def _steps(file: BinaryIO, reading: Reading) -> Iterator[None]:
    """Read all of it; its last line may have no end."""
    try:
        for piece in _pieces(file):
            reading.feed(piece)
            yield
        while reading.settle():
            yield
    except LineError as error:
        raise NotUsable(str(error), error.line) from None


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    unpacked = plain(file)
    total = 0
    try:
        while piece := unpacked.read(PIECE):
            total += len(piece)
            if total > _MOST:
                raise NotUsable("it is too large")
            yield piece
    except (EOFError, zlib.error) as error:
        raise NotUsable(f"it is damaged: {error}") from None
    except OSError as error:
        raise NotUsable(f"it can't be read: {error.strerror or error}") from None


def plain(file: BinaryIO) -> BinaryIO:
    """A file as its list is written, from where it stands."""
    start = file.tell()
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(start)
    return cast("BinaryIO", GzipFile(fileobj=file)) if packed else file


def _done(reading: Reading, own: bool) -> Parsed:
    try:
        return reading.done(own)
    except ValueError as error:
        raise NotUsable(str(error)) from None
