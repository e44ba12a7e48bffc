"""Records of a master file (RFC 1035 section 5), read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import dns.name
import dns.rdatatype
import dns.ttl
from dns.exception import DNSException

from ...wire.codes import CNAME, SOA
from ...zones.rdata import rdata
from .policyzone import Record

_SPECIAL = re.compile(r'["();\\]').search
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[;()]|[^"\\;()]+|.')
# TTL where neither the file nor an SOA in it gives one.
_TTL = 300
# The octets before labels, by their length.
_LENGTHS = [bytes((length,)) for length in range(64)]


class ZoneError(ValueError):
    """
    What is wrong with a file.

    @ivar line: in which line of it.
    """

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


class MasterFile:
    """
    A master file without $INCLUDE and $GENERATE.

    Nearly all lines of a policy zone are a name, CNAME and a target, which are read without dnspython: in a
    tenth of its time.

    @ivar origin: what relative names are below, in wire form.
    """

    def __init__(self, lines: Iterable[str], origin: dns.name.Name) -> None:
        """@param origin: unless the file says another one."""
        self.origin = origin.to_wire() or b""
        self._name = origin
        self._lines = enumerate(lines, 1)
        self._number = 0
        self._owner = b""
        self._ttl: int | None = None

    def __iter__(self) -> Iterator[Record]:
        """@raise ZoneError: at the first line that is wrong."""
        try:
            for number, line in self._lines:
                self._number = number
                text = self._whole(line) if _SPECIAL(line) else line
                if not text or text.isspace():
                    continue
                if text.startswith("$"):
                    self._directive(text.split())
                else:
                    yield self._record(text)
        except UnicodeDecodeError:
            raise
        except (DNSException, ValueError) as error:
            raise ZoneError(str(error), self._number) from None

    def _whole(self, line: str) -> str:
        """A line without comments, with those that parentheses add to it."""
        kept, depth = [], 0
        while True:
            for piece in _PIECES.findall(line.rstrip("\r\n")):
                if piece == ";":
                    break
                depth += (piece == "(") - (piece == ")")
                kept.append(" " if piece in "()" else piece)
            if depth <= 0:
                return "".join(kept)
            kept.append(" ")
            following = next(self._lines, None)
            if following is None:
                raise ValueError("a parenthesis that is not closed")
            line = following[1]

    def _directive(self, words: list[str]) -> None:
        if words[0] == "$ORIGIN" and len(words) == 2:
            self._name = dns.name.from_text(words[1], self._name)
            self.origin = self._name.to_wire() or b""
        elif words[0] == "$TTL" and len(words) == 2:
            self._ttl = dns.ttl.from_text(words[1])
        else:
            raise ValueError(f"{' '.join(words[:2])} is not known here; $ORIGIN and $TTL are")

    def _record(self, text: str) -> Record:
        words = text.split()
        at = 0
        if not text[0].isspace():
            self._owner = self._named(words[0]).lower()
            at = 1
        elif not self._owner:
            raise ValueError("a record without an owner")
        ttl = self._ttl
        while at < len(words) and (words[at][0].isdigit() or words[at].upper() == "IN"):
            if words[at].upper() != "IN":
                ttl = (
                    int(words[at])
                    if words[at].isdecimal() and len(words[at]) < 10
                    else dns.ttl.from_text(words[at])
                )
            at += 1
        if at >= len(words):
            raise ValueError(f"{' '.join(words)!r} is no record such as bad.example CNAME .")
        ttl = _TTL if ttl is None else ttl
        if words[at].upper() == "CNAME" and len(words) == at + 2:
            return self._owner, CNAME, ttl, self._named(words[at + 1])
        return self._owner, *self._typed(words[at], ttl, text.split(None, at + 1)[at + 1 :])

    def _typed(self, word: str, ttl: int, rest: list[str]) -> tuple[int, int, bytes]:
        kind = dns.rdatatype.from_text(word)
        text = "".join(rest).strip()
        try:
            wire = rdata(kind, text, self._name).to_wire() or b""
        except (DNSException, ValueError) as error:
            raise ValueError(f"{word} {text!r}: {error}") from None
        if kind == SOA and self._ttl is None:
            self._ttl = int.from_bytes(wire[-4:], "big")
        return int(kind), ttl, wire

    def _named(self, word: str) -> bytes:
        """A name in wire form."""
        if word == ".":
            return b"\0"
        if word == "@":
            return self.origin
        if "\\" in word or not word.isascii() or ".." in word or word[0] == "." or len(word) > 63:
            return dns.name.from_text(word, self._name).to_wire() or b""
        absolute = word.endswith(".")
        labels = word.encode().split(b".")
        if absolute:
            labels.pop()
        made = b"".join([_LENGTHS[len(label)] + label for label in labels])
        made += b"\0" if absolute else self.origin
        if len(made) > 255:
            raise ValueError(f"{word!r} is longer than a name can be")
        return made
