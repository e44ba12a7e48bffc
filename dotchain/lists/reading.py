"""Reads a list as it comes in, whatever format it has."""

from __future__ import annotations

from typing import Final

from ..options import LineError
from .adblock import AdblockLines
from .dnsmasq import DnsmasqLines
from .entries import Entries
from .hosts import HostsLines
from .lines import Lines, uncommented
from .namelist import NameList
from .plain import PlainLines
from .rpz import RpzLines

FORMATS: Final = ("auto", "hosts", "domains", "adblock", "dnsmasq", "rpz")
"""The formats, by the names that operators give them."""

PIECE: Final = 8192
"""Octets that are read in about a millisecond."""

_LONGEST: Final = 8192
_MARK: Final = b"\xef\xbb\xbf"
_COMPRESSED: Final = b"\x1f\x8b"
_COMMENTS: Final = b"#!;["
# What is in rules of Adblock alone.
_MARKS: Final = b"#$^|,"


class Parsed:
    """
    A list that was read.

    @ivar names: the names that it lists.
    @ivar allowed: the names that it makes exceptions for.
    @ivar format: the format that most of its lines have.
    @ivar entries: how many names, exceptions and expressions it has.
    @ivar skipped: lines that say nothing about names, or not what can be kept.
    @ivar firstSkipped: the first of these, from 1; 0 for none.
    """

    def __init__(self, entries: Entries, format: str) -> None:
        self.names: NameList = entries.names
        self.allowed: NameList = entries.allowed
        self.format = format
        self.entries = entries.count
        self.skipped = entries.skipped
        self.firstSkipped = entries.firstSkipped


class Reading:
    """
    One list on its way: L{feed} it in pieces, L{settle} until nothing is left to do, and L{done} has it.

    Pieces of L{PIECE} octets, and each call of L{settle}, take a millisecond or two: between them a caller
    may leave time for others. Lines over 8 KiB are skipped.
    """

    def __init__(self, format: str = "auto") -> None:
        """
        @param format: one of L{FORMATS}; C{auto} tells it by each line.
        @raise ValueError: where it is none of them.
        """
        if format not in FORMATS:
            raise ValueError(f"{format!r} is none of {', '.join(FORMATS)}")
        self._entries = Entries()
        self._hosts = HostsLines()
        self._plain = PlainLines()
        self._adblock = AdblockLines()
        self._dnsmasq = DnsmasqLines()
        self._rpz = RpzLines()
        self._all: list[Lines] = [self._hosts, self._plain, self._adblock, self._dnsmasq, self._rpz]
        self._only: Lines | None = next((each for each in self._all if each.format == format), None)
        self._rest = b""
        self._tooLong = False

    def feed(self, octets: bytes) -> None:
        """
        Read what came.

        @raise LineError: where it is none of a list: a web page, a compressed file.
        """
        lines = (self._rest + octets).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._line(line)
        if len(self._rest) > _LONGEST:
            self._tooLong = True
            self._rest = b""

    def settle(self) -> bool:
        """After all was fed, put some of the names in their places; False where all are."""
        self._end()
        return self._entries.settle()

    def done(self, bare: bool = False) -> Parsed:
        """
        The list, after what is left to do.

        @param bare: whether comments alone are a list, as in a file that its owner has begun.
        @raise ValueError: where it is none: it names nothing, or most of its lines are no entries.
        """
        self._end()
        entries = self._entries
        if not entries.count and not (bare and entries.line and not entries.skipped):
            raise ValueError("no name stands in it")
        if entries.invalid > entries.count:
            raise ValueError(
                f"it is no list of names: {entries.invalid} lines are no entries of a format that is known"
                f" (such as line {entries.firstSkipped}), and {entries.count} are"
            )
        while entries.settle():
            pass
        return Parsed(entries, max(self._all, key=_taken).format)

    def _end(self) -> None:
        if self._rest or self._tooLong:
            self._line(self._rest)
            self._rest = b""

    def _line(self, line: bytes) -> None:
        entries = self._entries
        entries.line += 1
        if entries.line == 1 and line.startswith(_MARK):
            line = line[3:]
        if self._tooLong or len(line) > _LONGEST:
            self._tooLong = False
            entries.refuse()
            return
        self._check(line)
        line = line.rstrip()
        if not line:
            return
        reader = self._only
        if reader is self._rpz or self._rpz.isNext(line):
            self._rpz.read(line, entries)
            return
        line = line.lstrip()
        if line[0] not in _COMMENTS:
            (self._reader(line) if reader is None else reader).read(line, entries)

    def _check(self, line: bytes) -> None:
        entries = self._entries
        if b"\0" in line or (entries.line == 1 and line.startswith(_COMPRESSED)):
            raise LineError("it is no text (compressed, perhaps)", entries.line)
        if not entries.count and line.lstrip().startswith(b"<"):
            raise LineError("it is a web page, and no list of names", entries.line)

    def _reader(self, line: bytes) -> Lines:
        """Who reads a line."""
        if line[0] in b"|/" or line.startswith(b"@@"):
            return self._adblock
        if b" " in line or b"\t" in line:
            if self._hosts.isOne(line):
                return self._hosts
            if line[0] in b"$@":
                return self._rpz
            line = uncommented(line)
            if b" " in line or b"\t" in line:
                return self._adblock if b"#" in line else self._rpz
        if self._dnsmasq.isOne(line):
            return self._dnsmasq
        return self._plain if line.translate(None, _MARKS) == line else self._adblock


def _taken(lines: Lines) -> int:
    return lines.taken
