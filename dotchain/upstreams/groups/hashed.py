"""The group C{hash}: equal names, or a client's queries, always go to the same member."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from math import log
from typing import TYPE_CHECKING, Any, ClassVar

from ...options import Option, Options, one
from ...share import Share
from .weighted import Weighted, WeightedCore

if TYPE_CHECKING:
    from ...wire.query import Query
    from .groupcore import GroupCore
    from .member import Member


class HashCore(WeightedCore):
    """
    Orders members by a hash, each first for a part of all names or clients that fits its weight.

    By weighted rendezvous hashing, one that is out moves its own part and no other.
    """

    # Names or clients whose order is remembered.
    _KNOWN = 16384

    def __init__(self, key: bytes, ofClients: bool, *rules: Any) -> None:
        """@param key: what makes the choice unpredictable to others."""
        super().__init__(*rules)
        self._key = key
        self._ofClients = ofClients
        self._ordered = lru_cache(self._KNOWN)(self._rendezvous)

    def order(self, query: Query) -> Sequence[Member]:
        """By the hash of the name or of the client's address."""
        # Type, class and two flags stand behind the folded name.
        what = query.client.address.encode() if self._ofClients else query.key[:-6]
        return self.healthyFirst(self._ordered(what))

    def _rendezvous(self, what: bytes) -> tuple[Member, ...]:
        def wait(member: Member) -> float:
            digest = blake2b(what + b"\0" + member.name.encode(), digest_size=6, key=self._key).digest()
            return -log((int.from_bytes(digest, "big") + 1) / (1 << 48)) / self.weights[member]

        return tuple(sorted(self.members, key=wait))


class Hash(Weighted):
    """
    Ask the upstream that a keyed hash of the name, or of the client's address, chooses.

    So each upstream's cache has names of its own, or a client has one upstream, as long as that works.
    """

    kind: ClassVar[str] = "hash"
    options: ClassVar[Options] = {
        **Weighted.options,
        "by": Option(
            one("name", "client"), "name", "what is hashed: the name that is asked for, or the client"
        ),
        "key": Option(
            str,
            None,
            "a text; the same makes the same choices after a restart; by default random",
            Share.drawn,
            automatic=True,
        ),
    }

    def __init__(self, reactor: Any, *, by: str, key: str | None, **options: Any) -> None:
        """
        @param key: what makes the choice unpredictable to others.
        @raise OptionError: see L{Weighted}.
        """
        self._key = blake2b(key.encode()).digest() if key else secrets.token_bytes(64)
        self._ofClients = by == "client"
        super().__init__(reactor, **options)

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore<.group.Group.makeCore>}."""
        return HashCore(self._key, self._ofClients, *rules)
