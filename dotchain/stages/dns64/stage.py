"""The stage C{dns64}: hosts of networks without IPv4 reach names that have nothing else."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, ClassVar

from ...api import AAAA, Option, Options, items
from ...contract.guard import coreOf
from ..deciding import DECIDING, Deciding
from .core import DNS64Core
from .prefix import Prefix
from .synthesizer import Synthesizer

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...node import Node


def prefix(text: str) -> Prefix:
    """The prefix of a NAT64, such as C{64:ff9b::/96}."""
    return Prefix(_network(text))


def exclude(text: str) -> tuple[IPv6Network, ...]:
    """Networks of IPv6, separated by blanks or new lines."""
    return tuple(_network(word) for word in items(text))


def _network(word: str) -> IPv6Network:
    try:
        found = ip_network(word)
    except ValueError as error:
        raise ValueError(f"{word!r} is no network of IPv6 such as 64:ff9b::/96: {error}") from None
    if not isinstance(found, IPv6Network):
        raise ValueError(f"{word!r} is a network of IPv4; one of IPv6 such as 64:ff9b::/96 is right")
    return found


class DNS64(Deciding):
    """
    Make AAAA records of A records, for names that have none (RFC 6147).

    A NAT64 with the same prefix takes what is sent to such addresses to those of IPv4.
    """

    kind = "dns64"
    options: ClassVar[Options] = {
        "prefix": Option(prefix, "64:ff9b::/96", "the prefix of the NAT64"),
        "exclude": Option(exclude, "::ffff:0:0/96", "networks whose AAAA records are as good as none"),
        **DECIDING,
    }

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        prefix: Prefix,
        exclude: tuple[IPv6Network, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(next, reactor, **options)
        self._prefix, self._exclude = prefix, exclude
        self.core: DNS64Core = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> DNS64Core:
        """See L{StageShell.coreBefore}."""
        synthesizer = Synthesizer(self._prefix, self._exclude, self.decisions.observed)
        return DNS64Core(next, self.decisions, self._prefix, synthesizer)

    @property
    def decided(self) -> int:
        """Questions that were answered with something made up, be it only observed."""
        return self.core.decided + self.core.synthesizer.synthesized

    def made(self, address: bytes) -> bytes | None:
        """What an IPv4 address becomes; None where nothing is made of it. Both in octets."""
        return self._prefix.embed(address) if self._prefix.represents(address) else None

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        if self.core.replace(query) is not None:
            return "the name is one of the prefix"
        return "asks for A records where there are no AAAA records" if query.type == AAAA else ""
