"""The stage C{answers}: no answer has what the operator denies, such as private addresses."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ...api import AAAA, NOERROR, NXDOMAIN, REFUSED, A, Option, OptionError, Options, one
from ...contract.guard import coreOf
from ...match.names import WITHIN, NameWord
from ..deciding import DECIDING, Deciding
from .core import AnswersCore
from .denied import Denied
from .deniednames import DeniedNames
from .reading import PRIVATE_WORD, Words, allowances, denials
from .reason import Reason

if TYPE_CHECKING:
    from ...api import Answer, IResolver, Query, Reactor
    from ...match.listed import ListWord
    from ...networks import Network
    from ...node import Node

_RCODES: Final = {"nodata": NOERROR, "nxdomain": NXDOMAIN, "refused": REFUSED, "strip": None}

# This host's own name leads to this host (RFC 6761 section 6.3).
_LOCALHOST: Final = NameWord("localhost", b"\x09localhost\0", WITHIN)


class Answers(Deciding):
    """
    Deny answers by the addresses and names in them.

    By default those with private addresses: a name of somebody else's that leads to a machine of yours has a
    browser speak to that machine for him (DNS rebinding).
    """

    kind = "answers"
    options: ClassVar[Options] = {
        "deny": Option(
            denials, "private", "networks, 'private', names and list:FILE that no answer may have"
        ),
        "allow": Option(
            allowances, "", "names that may be answered so, and networks that are fine all the same"
        ),
        "action": Option(one(*_RCODES), "nodata", "what is answered instead; strip: the rest of the records"),
        **DECIDING,
    }

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        deny: Words,
        allow: Words,
        action: str = "nodata",
        **options: Any,
    ) -> None:
        """@raise OptionError: for what is denied and allowed, and for exceptions from nothing."""
        super().__init__(next, reactor, **options)
        _check(deny, allow)
        fine = [(each, Reason(word, fine=True)) for each, word in allow.networks]
        denied = [(each, Reason(word)) for each, word in deny.networks]
        self._lists = (*deny.lists, *allow.lists)
        names = DeniedNames([(each, Reason(word)) for each, word in deny.names], deny.lists)
        self._denied = Denied([*fine, *denied], names)
        allowed = [(_LOCALHOST, "localhost"), *allow.names]
        self._allowed = DeniedNames([(each, Reason(word, fine=True)) for each, word in allowed], allow.lists)
        self._rcode = _RCODES[action]
        self.core: AnswersCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> AnswersCore:
        """See L{StageShell.coreBefore}."""
        return AnswersCore(next, self.decisions, self._denied, self._allowed, self._rcode)

    def listWords(self) -> Sequence[ListWord]:
        """See L{Deciding.listWords}."""
        return (*super().listWords(), *self._lists)

    def why(self, query: Query) -> str:
        """See L{Deciding.why}: of the answer nothing is known yet."""
        found = self._allowed.find(query.key[:-6])
        return f"any answer will do: {found.word} stands in allow" if found is not None else ""

    def whyNot(self, query: Query, answer: Answer) -> str:
        """See L{Deciding.whyNot}."""
        made = self.core.judge(query, answer)
        if made is None:
            return ""
        texts = [text for code, text in made.errors if (code, text) not in answer.errors]
        return "; ".join(texts) or "additional records are taken out"

    def denies(self, address: bytes) -> bool:
        """Whether no answer may have this address, in octets, but those for names that are allowed."""
        kind = A if len(address) == len(IPv4Address(0).packed) else AAAA
        return self._denied.inRecord(kind, address, 0, len(address)) is not None


def _check(deny: Words, allow: Words) -> None:
    written = [each for each, word in deny.networks if word != PRIVATE_WORD]
    for network, word in allow.networks:
        if network in written:
            raise OptionError("allow", f"{word} stands in 'deny', too")
        if not any(_within(network, each) for each, _ in deny.networks):
            raise OptionError("allow", f"{word} is fine anyway: it is within no network that is denied")


def _within(network: Network, wide: Network) -> bool:
    if network.version != wide.version:
        return False
    return network.prefixlen >= wide.prefixlen and network.overlaps(wide)
