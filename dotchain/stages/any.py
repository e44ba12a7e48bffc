"""The stage C{any}: questions for records of any type get little (RFC 8482)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..api import ANY, Option, OptionError, Options, one, seconds, several
from ..contract.guard import coreOf
from ..shell import StageShell
from .anycore import AnyCore

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor
    from ..node import Node


class AnyType(StageShell):
    """
    Answer QTYPE=ANY without all that there is.

    Hardly anybody but attackers asks so: the answer is the largest that a name has, and
    no resolver promises that it is complete.
    """

    kind = "any"
    options: ClassVar[Options] = {
        "answer": Option(
            one("hinfo", "subset"), "hinfo", "a made-up HINFO record, or one RRset of the real ones"
        ),
        "ttl": Option(seconds, "1h", "TTL of the HINFO record"),
        "transports": Option(
            several("udp", "tcp", "tls"), "udp tcp tls", "clients' transports for which this is so"
        ),
    }

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        answer: str = "hinfo",
        ttl: float = 3600.0,
        transports: frozenset[str] = frozenset(("udp", "tcp", "tls")),
    ) -> None:
        """@raise OptionError: where there is nothing to do."""
        super().__init__(next, reactor)
        if not transports:
            raise OptionError("transports", "without any it does nothing; leave the stage out of the path")
        # Each port of a front has one transport, and remembers for itself.
        self.replays = next.replays
        self._told = int(ttl), answer == "subset", transports
        self.core: AnyCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> AnyCore:
        """See L{StageShell.coreBefore}."""
        return AnyCore(next, *self._told)

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        _, subset, transports = self._told
        if query.type != ANY or query.client.transport not in transports:
            return ""
        if query.signed:
            return "a signed query is passed on"
        return "ANY: one RRset of what there is" if subset else "ANY: a made-up HINFO record"
