"""The group C{spread}: each domain has an upstream of its own, so that none sees everything."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from ...options import Option, Options
from ...share import Share
from .group import Group
from .groupcore import GroupCore
from .publicsuffix import registrable

if TYPE_CHECKING:
    from ...wire.query import Query
    from .member import Member


class SpreadCore(GroupCore):
    """Orders members by a hash of the domain."""

    # Names whose order is remembered.
    _NAMES = 16384

    def __init__(self, key: bytes, *rules: Any) -> None:
        """@param key: what makes the choice unpredictable to others."""
        super().__init__(*rules)
        self._key = key
        self._ordered = lru_cache(self._NAMES)(self._rendezvous)

    def order(self, query: Query) -> Sequence[Member]:
        """By the hash of the domain."""
        # Type, class and two flags stand behind the folded name.
        return self.healthyFirst(self._ordered(query.key[:-6]))

    def _rendezvous(self, name: bytes) -> tuple[Member, ...]:
        domain = registrable(name)

        def weight(member: Member) -> bytes:
            return blake2b(domain + b"\0" + member.name.encode(), digest_size=8, key=self._key).digest()

        return tuple(sorted(self.members, key=weight))


class Spread(Group):
    """
    Ask the upstream that a keyed hash of the name's registrable domain chooses.

    All names of a domain go to the same one as long as it works. By rendezvous hashing
    an outage moves only its own domains, each to its own second choice, and back.
    """

    kind: ClassVar[str] = "spread"
    options: ClassVar[Options] = {
        **Group.options,
        "key": Option(
            str,
            None,
            "a text; the same makes the same choices after a restart; by default random",
            Share.drawn,
            automatic=True,
        ),
    }

    def __init__(self, reactor: Any, *, key: str | None, **options: Any) -> None:
        """
        @param key: what makes the choice unpredictable to others.
        @raise OptionError: see L{Group}.
        """
        self._key = blake2b(key.encode()).digest() if key else secrets.token_bytes(64)
        super().__init__(reactor, **options)

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore}."""
        return SpreadCore(self._key, *rules)
