"""Which of several certificates a client gets: by the server name that its TLS asks for."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from .pair import Pair, besides, wildcard
from .servercontext import ServerSettings, newContext


class ContextsByName:
    """
    The contexts of a front.

    One has a certificate of each algorithm, and OpenSSL chooses among these by those that the client
    can verify.

    @ivar default: for a name that no certificate is for, and for clients without one: that of the first pair.
    """

    def __init__(self, pairs: Sequence[Pair], settings: ServerSettings) -> None:
        """
        @raise TLSFileError: where OpenSSL does not take one.
        """
        self._settings = settings
        self._made: dict[tuple[Pair, ...], ssl.SSLContext] = {}
        self.default = self._context(besides(pairs[0], pairs))
        self._byName = {
            name: self._context(_for(name, pairs))
            for name in sorted({name for each in pairs for name in each.names})
        }

    def _context(self, pairs: Sequence[Pair]) -> ssl.SSLContext:
        found = self._made.get(tuple(pairs))
        if found is None:
            found = self._made[tuple(pairs)] = newContext(self._settings)
            for each in pairs:
                each.serve(found)
        return found

    def of(self, name: str) -> ssl.SSLContext | None:
        """
        The context for a server name; None where none is for that name alone.

        @param name: in lower case, without a final dot.
        """
        found = self._byName.get(name)
        return self._byName.get(wildcard(name)) if found is None else found

    def serving(self) -> set[Pair]:
        """The pairs that any client can get."""
        return {each for pairs in self._made for each in pairs}


def _for(name: str, pairs: Sequence[Pair]) -> list[Pair]:
    """Of each algorithm the first pair that is for a name, those first that name it as it stands."""
    found: dict[object, Pair] = {}
    for each in sorted(pairs, key=lambda pair: name not in pair.names):
        if each.covers(name):
            found.setdefault(each.algorithm, each)
    return list(found.values())
