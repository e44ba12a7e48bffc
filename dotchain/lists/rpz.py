"""Lists that are response policy zones, as master files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .lines import Lines
from .namelist import BELOW, ITSELF

if TYPE_CHECKING:
    from .entries import Entries

# A text may come to its end without a closing quote: else each of its quotes would be tried.
_QUOTED: Final = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?$)')
_TTL: Final = re.compile(rb"[0-9]+(?:[SMHDWsmhdw][0-9]+)*[SMHDWsmhdw]?").fullmatch

_LOCAL: Final = frozenset(b"A AAAA TXT MX SRV PTR HTTPS SVCB CAA NAPTR LOC HINFO".split())
_OF_ZONE: Final = frozenset(b"SOA NS DNSKEY RRSIG NSEC NSEC3 NSEC3PARAM CDS CDNSKEY ZONEMD".split())
_OTHER_TRIGGERS: Final = (b".rpz-client-ip", b".rpz-ip", b".rpz-nsdname", b".rpz-nsip")


class RpzLines(Lines):
    """
    Records whose owner is a name, or C{*.} and a name for what is below it.

    Their actions count as listed, but for C{rpz-passthru}, which makes an exception, and C{rpz-tcp-only},
    which says nothing here. Other triggers than the name that is asked for are skipped. A name of the zone is
    read without the zone's own, which C{$ORIGIN} or the owner of its SOA tells.

    @ivar continues: whether the line before is not at its end.
    """

    def __init__(self) -> None:
        super().__init__("rpz")
        self.continues = False
        self._depth = 0
        self._apex = b""
        self._origin = b""
        self._owner = b""

    def isNext(self, line: bytes) -> bool:
        """Whether a line belongs to what came before, and to no other format."""
        return self.continues or (bool(self._owner) and line[:1] in (b" ", b"\t"))

    def read(self, line: bytes, entries: Entries) -> None:
        """See L{Lines.read}; blanks that a line begins with have a meaning."""
        line = _QUOTED.sub(b'"', line).partition(b";")[0]
        opened = line.count(b"(") - line.count(b")")
        words = line.split()
        if self.continues:
            self._continue(self._depth + opened)
        elif words and words[0].startswith(b"$"):
            self._control(words, entries)
        elif words:
            if line[0] in b" \t":
                words.insert(0, self._owner)
            known = self._record(words, entries)
            # What is no record says nothing about the lines after it.
            self._owner = words[0] if known else b""
            self._continue(opened if known else 0)

    def _continue(self, depth: int) -> None:
        self._depth = depth
        self.continues = depth > 0

    def _control(self, words: list[bytes], entries: Entries) -> None:
        if words[0].upper() == b"$ORIGIN" and len(words) > 1:
            self._origin = self._absolute(words[1])
            self._apex = self._apex or self._origin
        elif words[0].upper() != b"$TTL":
            entries.skip()

    def _absolute(self, name: bytes) -> bytes:
        """A name with its final dot; without one, where no origin is known."""
        name = name.lower()
        if name == b"@":
            return self._origin
        if name.endswith(b".") or not self._origin:
            return name
        return name + b"." + self._origin.lstrip(b".")

    def _record(self, words: list[bytes], entries: Entries) -> bool:
        """Take a record; whether it is one."""
        owner = self._absolute(words[0])
        at = 1
        while at < len(words) - 1 and (words[at].upper() == b"IN" or _TTL(words[at])):
            at += 1
        kind = words[at].upper() if at < len(words) else b""
        if kind == b"SOA":
            self._apex = owner
        if kind == b"CNAME" and at + 1 < len(words):
            self._alias(self._trigger(owner), self._absolute(words[at + 1]), entries)
        elif kind in _LOCAL and owner != self._apex:
            self._take(self._trigger(owner), False, entries)
        elif kind not in _OF_ZONE and kind not in _LOCAL:
            entries.refuse()
            return False
        return True

    def _trigger(self, owner: bytes) -> bytes:
        """The owner of a record without the zone's name; nothing where it is none of the zone's."""
        apex = self._apex
        if len(apex) < 2 or not owner.endswith(b"."):
            return owner
        return owner[: -len(apex) - 1] if owner.endswith(b"." + apex) else b""

    def _alias(self, trigger: bytes, target: bytes, entries: Entries) -> None:
        if target == b"rpz-tcp-only.":
            entries.skip()
        else:
            # To name itself was how exceptions were written first.
            self._take(trigger, target in (b"rpz-passthru.", trigger.rstrip(b".") + b"."), entries)

    def _take(self, trigger: bytes, allowed: bool, entries: Entries) -> None:
        below = trigger.startswith(b"*.")
        name = trigger[2:] if below else trigger
        if name.rstrip(b".").endswith(_OTHER_TRIGGERS):
            entries.skip()
        elif trigger.rstrip(b".") == b"*":
            entries.takeAll(BELOW, allowed)
            self.taken += 1
        elif entries.take(name, BELOW if below else ITSELF, allowed):
            self.taken += 1
        else:
            entries.refuse()
