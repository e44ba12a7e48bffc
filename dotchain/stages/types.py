"""The stage C{types}: questions for some types are answered without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import dns.rdatatype

from ..api import Option, OptionError, Options, types
from ..contract.guard import coreOf
from .deciding import DECIDING, Deciding
from .typescore import TypesCore

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor
    from ..node import Node


class Types(Deciding):
    """
    Answer some types with no data, and refuse others.

    Such as AAAA in a network without IPv6, or ANY, HINFO and the like that nobody should ask for.
    """

    kind = "types"
    options: ClassVar[Options] = {
        "empty": Option(types, "", "types that are answered with no data, such as AAAA HTTPS"),
        "refuse": Option(types, "", "types that are answered REFUSED"),
        **DECIDING,
    }

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        empty: frozenset[int] = frozenset(),
        refuse: frozenset[int] = frozenset(),
        **options: Any,
    ) -> None:
        """@raise OptionError: where there is nothing to do, or a type is to be answered in both ways."""
        super().__init__(next, reactor, **options)
        if not empty and not refuse:
            raise OptionError(
                "empty", "without 'empty' or 'refuse' it does nothing; leave the stage out of the path"
            )
        if empty & refuse:
            both = dns.rdatatype.to_text(dns.rdatatype.RdataType.make(min(empty & refuse)))
            raise OptionError("refuse", f"{both} stands in 'empty', too")
        self._empty, self._refuse = empty, refuse
        self.core: TypesCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> TypesCore:
        """See L{StageShell.coreBefore}."""
        return TypesCore(next, self.decisions, self._empty, self._refuse)

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        kind = dns.rdatatype.to_text(dns.rdatatype.RdataType.make(query.type))
        if query.type in self._empty:
            return f"{kind} stands in empty"
        return f"{kind} stands in refuse" if query.type in self._refuse else ""
