"""The stage C{rewrite}: some names are asked for under another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..api import REQUIRED, LineError, Match, Option, Options, Rule, Rules, Value, domain, rules
from ..contract.guard import coreOf
from ..match.names import NameWord, nameText
from .deciding import DECIDING, Deciding
from .rewritecore import Renaming, RewriteCore

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor
    from ..match.listed import ListWord
    from ..node import Node


def renamings(text: str) -> Rules:
    """
    Rules of a name before the arrow, perhaps with other words of a match, and a name behind it.

    @raise LineError: for one without a name, or with one too many.
    """
    made = rules(text, _name)
    if not made.rules:
        raise ValueError("is empty; a rule such as old.example -> new.example is right")
    for each in made.rules:
        each.what = _renaming(each)
    return made


def _name(text: Value) -> bytes:
    return domain(text).to_wire() or b""


def _renaming(rule: Rule) -> Renaming:
    names = [each for each in rule.match.words if isinstance(each, NameWord)]
    if len(names) != 1:
        problem = "no name" if not names else "more than one name"
        raise LineError(
            f"{rule.text!r} has {problem} before the arrow that another one could replace", rule.line
        )
    new = rule.what
    assert isinstance(new, bytes)
    if names[0].name == new.lower():
        raise LineError(f"{rule.text!r} rewrites the name to itself", rule.line)
    return Renaming(names[0].name, new, names[0].way)


class Rewrite(Deciding):
    """
    Ask for names under another suffix, and answer as if they were those that the client has asked for.

    The longest suffix wins, whatever the order of the file.
    """

    kind = "rewrite"
    options: ClassVar[Options] = {
        "rules": Option(renamings, REQUIRED, "one a line: what is asked for -> the suffix in its place"),
        **DECIDING,
    }

    def __init__(self, next: IResolver, reactor: Reactor, *, rules: Rules, **options: Any) -> None:
        super().__init__(next, reactor, **options)
        self._rules = rules
        self.replays = self.replays and not rules.ofClient
        self.core: RewriteCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> RewriteCore:
        """See L{StageShell.coreBefore}."""
        return RewriteCore(next, self.decisions, self._rules)

    def listWords(self) -> Sequence[ListWord]:
        """See L{Deciding.listWords}."""
        return [*super().listWords(), *self._rules.lists]

    def matches(self) -> Iterator[tuple[str, int, Match]]:
        """See L{Deciding.matches}."""
        yield from super().matches()
        for each in self._rules.rules:
            yield "rules", each.line, each.match

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        rule = self._rules.find(query)
        if rule is None or query.signed:
            return ""
        assert isinstance(rule.what, Renaming)
        return f"asks for {nameText(rule.what.forth(query.question[:-4]))}: {rule.text}"
