"""What all groups have in common: their keys and their members."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from zope.interface import implementer, provider

from ...clockwork import boottime
from ...clockwork.timers import Timers
from ...contract.guard import Guard
from ...interfaces import IKind, IPromptResolver, IResolver
from ...naming import upstreams
from ...options import REQUIRED, Option, OptionError, Options, seconds
from ...shell import PromptShell
from ..nexton import rcodes
from .groupcore import GroupCore
from .grouprelay import GroupRelay, relayOf
from .member import Member


@implementer(IPromptResolver)
@provider(IKind)
class Group(PromptShell):
    """
    An upstream over upstreams: kinds say in which order, and when the next one is asked.

    @ivar members: whom it asks, as the key C{over} has them.
    @ivar relay: passes on what is no question, where a member does; else None.
    """

    role: ClassVar[str] = "upstream"
    options: ClassVar[Options] = {
        "over": Option(upstreams, REQUIRED, "the upstreams to ask, best first: names of sections or kinds"),
        "next-on": Option(
            rcodes,
            "servfail refused",
            "RCODEs after which the next one is asked; not where an EDE says that it is meant so",
        ),
        "patience": Option(seconds, "1.5s", "the next one is asked as well after so long without an answer"),
        "timeout": Option(seconds, "4.5s", "how long a query may take in all"),
    }

    # Which member is asked depends on what came before.
    replays = False

    def __init__(
        self,
        reactor: Any,
        *,
        over: Mapping[str, IResolver],
        next_on: frozenset[int],
        patience: float,
        timeout: float,
        now: Callable[[], float] = boottime.now,
        random: Callable[[], float] = random.random,
    ) -> None:
        """
        @param over: the upstreams by their names, best first.
        @param now: a clock, in seconds.
        @param random: a number from 0 up to 1; no secret depends on it.
        @raise OptionError: where no time is left for an answer.
        """
        if timeout <= 0:
            raise OptionError("timeout", "must be above 0")
        self.members = [Member(name, resolver, now, random) for name, resolver in over.items()]
        passing = any(relayOf(each) is not None for each in self.members)
        self.relay = GroupRelay(self.members) if passing else None
        self.core: GroupCore = self.makeCore(
            self.members, next_on, patience, timeout, Timers(reactor, now), now, random
        )

    def mayFollow(self, over: Sequence[Any]) -> bool:
        """Whether others could take the place of its members, as if they had always been there."""
        relays = any(getattr(each, "relay", None) is not None for each in over)
        guarded = any(isinstance(each, Guard) for each in over)
        return relays is (self.relay is not None) and guarded is self.core.guarded

    def follow(self, over: Sequence[Any]) -> None:
        """Ask these from now on, in the same order, and keep what it knows of each: see L{mayFollow}."""
        for member, resolver in zip(self.members, over, strict=True):
            member.follow(resolver)

    def makeCore(self, *rules: Any) -> GroupCore:
        """
        What asks the members.

        @param rules: what L{GroupCore} is made of.
        """
        return GroupCore(*rules)
