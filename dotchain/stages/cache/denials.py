"""Names that don't exist: an NXDOMAIN is about all types of its name, and may be about all names below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...wire.codes import AD
from ...wire.shift import shifted

if TYPE_CHECKING:
    from ...wire import Answer
    from .entry import Entry

NO: Final = "no"
SECURE: Final = "secure"
YES: Final = "yes"
"""Which denials are about names below, too: none, those that the upstream has validated, all."""


class Denials:
    """
    The entries that say of their own name that it doesn't exist, by name, class, DO and CD.

    Only a query that has no entry of its own looks here. The key is that of an entry
    without the type (RFC 2308 section 5), so that those who want DNSSEC records, or want
    them unchecked, find only what was asked for alike.

    @ivar known: the entries; where there is none there is nothing to look for.
    """

    def __init__(self, cut: str = NO) -> None:
        self._cut = cut
        self.known: dict[bytes, Entry] = {}

    def add(self, entry: Entry) -> None:
        """Know a negative entry, if it is a denial."""
        if entry.denies:
            self.known[_typeless(entry.key)] = entry

    def discard(self, entry: Entry) -> None:
        """Know a negative entry no more."""
        if entry.denies:
            key = _typeless(entry.key)
            if self.known.get(key) is entry:
                del self.known[key]

    def answer(self, key: bytes, second: int) -> Answer | None:
        """The answer that follows for a question from those to others, or None."""
        found = _typeless(key)
        entry = self.known.get(found)
        if entry is not None and second < entry.expires:
            entry.used = True
            return entry.age(second)
        return None if self._cut == NO else self._below(found, second)

    def _below(self, key: bytes, second: int) -> Answer | None:
        """
        The answer that a denied name above leaves (RFC 8020 section 2). It has AD clear,
        since nobody has validated it for this name; the NSEC or NSEC3 records in it
        prove it to those who do.
        """
        offset = 0
        while length := key[offset]:
            offset += length + 1
            entry = self.known.get(key[offset:])
            if entry is not None and second < entry.expires:
                if self._cut == SECURE and not entry.current.flags & AD:
                    continue
                entry.used = True
                made = shifted(entry.age(second), offset)
                return made and made.having(flags=made.flags & ~AD)
        return None


def _typeless(key: bytes) -> bytes:
    """A key without its QTYPE."""
    return key[:-6] + key[-4:]
