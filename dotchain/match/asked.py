"""Words about the rest of the question, and how it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .word import Not, Word

if TYPE_CHECKING:
    from ..wire.query import Query


class ChoiceWord(Word):
    """
    One of some things that a query has one of.

    @ivar subject: what stands before the colon.
    @ivar choices: what stands behind it.
    """

    def __init__(self, text: str, subject: str, choices: frozenset[str], ofClient: bool = False) -> None:
        super().__init__(text, ofClient)
        self.subject = subject
        self.choices = choices

    def implies(self, other: Word) -> bool:
        """See L{Word.implies}."""
        if isinstance(other, ChoiceWord):
            return self.subject == other.subject and self.choices <= other.choices
        return isinstance(other, Not) and self.excludes(other.word)

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}."""
        if isinstance(other, ChoiceWord):
            return self.subject == other.subject and not self.choices & other.choices
        return isinstance(other, Not) and self.implies(other.word)


class NumberWord(ChoiceWord):
    """
    QTYPE or QCLASS: C{type:A,AAAA}, C{class:CH}.

    @ivar numbers: the same in numbers.
    """

    def __init__(self, text: str, subject: str, numbers: frozenset[int]) -> None:
        super().__init__(text, subject, frozenset([str(each) for each in numbers]))
        self.numbers = numbers
        self._ofType = subject == "type"

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return (query.type if self._ofType else query.dnsClass) in self.numbers


class FrontWord(ChoiceWord):
    """The front that took the query: C{front:lan}."""

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return query.client.front in self.choices


class TransportWord(ChoiceWord):
    """How the query came: C{transport:tls}."""

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return query.client.transport in self.choices

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}: only TLS has names of servers and clients' certificates."""
        if isinstance(other, ChoiceWord) and other.subject in ("sni", "identity"):
            return "tls" not in self.choices
        return super().excludes(other)


class ServerNameWord(ChoiceWord):
    """The server name that the TLS client asked for: C{sni:kids.dot.example}."""

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return query.client.sni in self.choices

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}."""
        return other.excludes(self) if isinstance(other, TransportWord) else super().excludes(other)


class IdentityWord(ChoiceWord):
    """The name in the client's certificate: C{identity:laptop.example}."""

    def holds(self, query: Query) -> bool:
        """See L{Word.holds}."""
        return query.client.identity in self.choices

    def excludes(self, other: Word) -> bool:
        """See L{Word.excludes}."""
        return other.excludes(self) if isinstance(other, TransportWord) else super().excludes(other)
