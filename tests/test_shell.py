"""Shells, cores and what operators wrote are asked alike, in any order."""

from __future__ import annotations

from typing import Any

from dotchain.api import Answer, Query, ResolveError, Result, Stage, then
from dotchain.contract.guard import Guard, coreOf
from dotchain.node import Node
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.stages.special import Special
from dotchain.testing import Line, StageCase, both, makeAnswer, makeQuery

QUERY = makeQuery()
ANSWER = makeAnswer(QUERY, "foo.example.org. 300 IN A 192.0.2.1")


class Own(Stage):
    """What an operator wrote."""

    def resolve(self, query: Query) -> Result:
        """Ask, and see the answer."""
        return then(self.next(query), lambda answer: answer.having(errors=((29, "seen"),)))


@both
class ShellTests(StageCase):
    """L{Shell<dotchain.shell.Shell>}, its core, and a Guard."""

    def chain(self, *line: Line, kinds: tuple[type[Any], ...]) -> Any:
        """Stages of these kinds, the first that is asked first, before a resolver that says this."""
        self.next = self.scripted(*line)
        made: Any = self.next
        for kind in reversed(kinds):
            made = kind(made, self.clock)
            made = Guard(made, "stage own") if kind is Own else made
        return made

    def test_alike(self) -> None:
        """A shell, and its core alone, come to the same."""
        for line in (ANSWER, ResolveError("down")):
            said: list[Answer] = []
            for asked in (lambda stage: stage, lambda stage: stage.core):
                stage = self.chain(line, kinds=(Special, Coalesce))
                said.append(self.answered(asked(stage), QUERY))
            self.assertEqual((said[0].rcode, said[0].errors), (said[1].rcode, said[1].errors))

    def test_mixed(self) -> None:
        """What an operator wrote may stand before, between and behind those that came with dotchain."""
        for kinds in ((Own, Cache, Coalesce), (Cache, Own, Coalesce), (Cache, Coalesce, Own), (Own, Own)):
            stage = self.chain(ANSWER, kinds=kinds)
            answer = self.answered(stage, QUERY)
            self.assertEqual((answer.body, answer.errors), (ANSWER.body, ((29, "seen"),)))

    def test_coreOf(self) -> None:
        """A query goes through the core of what has one, and to C{resolve} of all others."""
        stage = self.chain(ANSWER, kinds=(Coalesce,))
        self.assertIs(coreOf(stage), stage.core)
        self.assertIsInstance(coreOf(self.next), Node)
        self.assertIs(self.answered(coreOf(self.next), QUERY), ANSWER)

    def test_noCore(self) -> None:
        """An attribute of that name that is something else is the author's own."""
        self.next = self.scripted(ANSWER)
        own = Own(self.next, self.clock)
        own.core = "hard"  # type: ignore[attr-defined]
        self.assertEqual(self.answered(coreOf(own), QUERY).errors, ((29, "seen"),))
