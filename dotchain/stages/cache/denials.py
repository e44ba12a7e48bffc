"""Names that don't exist: an NXDOMAIN is about all types of its name, and may be about all names below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...wire.codes import AD
from ...wire.shift import shifted
from .deniednames import typeless

if TYPE_CHECKING:
    from ...wire import Answer
    from .store import Store

NO: Final = "no"
SECURE: Final = "secure"
YES: Final = "yes"
"""Which denials are about names below, too: none, those that the upstream has validated, all."""


class Denials:
    """
    Answers from those that say of their own name that it doesn't exist.

    Only a query that has no entry of its own looks here.

    @ivar known: their keys; where there is none there is nothing to look for.
    """

    def __init__(self, store: Store, cut: str = NO) -> None:
        self._store = store
        self._cut = cut
        self.known = store.denied.known

    def answer(self, key: bytes, second: int) -> Answer | None:
        """The answer that follows for a question from those to others, or None."""
        found = typeless(key)
        denying = self.known.get(found)
        entry = None if denying is None else self._store.find(denying, second)
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
            denying = self.known.get(key[offset:])
            entry = None if denying is None else self._store.find(denying, second)
            if entry is not None and second < entry.expires:
                if self._cut == SECURE and not entry.current.flags & AD:
                    continue
                entry.used = True
                made = shifted(entry.age(second), offset)
                return made and made.having(flags=made.flags & ~AD)
        return None
