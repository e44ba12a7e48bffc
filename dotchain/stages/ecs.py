"""The stage C{ecs}: what upstreams are told of clients' addresses (RFC 7871)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from ..api import Option, OptionError, Options, networks, one
from ..contract.guard import coreOf
from .deciding import DECIDING, Deciding
from .ecscore import EcsCore, Subnet

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor
    from ..networks import Network
    from ..node import Node


def lengths(text: str) -> tuple[int, int]:
    """Two lengths of prefixes, of IPv4 and of IPv6: C{/24 /56}."""
    found = re.fullmatch(r"/([0-9]{1,2})\s+/([0-9]{1,3})", text.strip())
    if not found:
        raise ValueError(f"{text!r} is not two lengths, of IPv4 and of IPv6, such as /24 /56")
    four, six = int(found[1]), int(found[2])
    if four > 32 or six > 128:
        raise ValueError(f"{text!r} is more than there are bits: /32 and /128 are the most")
    return four, six


class Ecs(Deciding):
    """
    Send on less of a client's network than he tells, something else, or just that.

    Servers that answer by where a client is then know, or don't. Without this stage nothing is sent on.
    """

    kind = "ecs"
    options: ClassVar[Options] = {
        "mode-of": Option(
            one("strip", "set", "truncate", "pass"),
            "strip",
            "strip: tell nothing; set: 'prefix'; truncate: the client's network; pass: what he tells",
        ),
        "prefix": Option(networks, "", "for set: the network to tell, or one of IPv4 and one of IPv6"),
        "truncate": Option(lengths, "/24 /56", "for truncate: bits that are told of IPv4 and of IPv6"),
        **DECIDING,
    }

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        mode_of: str = "strip",
        prefix: tuple[Network, ...] = (),
        truncate: tuple[int, int] = (24, 56),
        **options: Any,
    ) -> None:
        """@raise OptionError: for a prefix too many, or too few."""
        super().__init__(next, reactor, **options)
        if bool(prefix) != (mode_of == "set"):
            wrong = "is for 'mode-of = set' alone" if prefix else "is missing: 'mode-of = set' tells it"
            raise OptionError("prefix", wrong)
        if len({each.version for each in prefix}) != len(prefix):
            raise OptionError("prefix", "has two of one family; one of IPv4 and one of IPv6 is the most")
        self.mode_of = mode_of
        # What is told depends on who asks, and so does the answer.
        self.replays = self.replays and mode_of != "truncate"
        self._told = mode_of, _subnets(prefix), truncate
        self.core: EcsCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> EcsCore:
        """See L{StageShell.coreBefore}."""
        return EcsCore(next, self.decisions, *self._told)

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        return self.mode_of if not query.signed and self.core.replace(query) is not None else ""


def _subnets(prefix: tuple[Network, ...]) -> dict[int, Subnet]:
    """By family."""
    made = [
        Subnet(1 if each.version == 4 else 2, each.prefixlen, each.network_address.packed) for each in prefix
    ]
    return {each.family: each for each in made}
