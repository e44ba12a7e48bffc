"""What stages do that ask another query in the place of a client's."""

from __future__ import annotations

from typing import Any

from dotchain.api import DROP, SERVFAIL, Answer, Query
from dotchain.contract.guard import coreOf
from dotchain.stages.decidingcore import Decisions
from dotchain.stages.instead import InsteadCore, Other
from dotchain.testing import StageCase, both, makeQuery

ASKED, OTHER = makeQuery("a.example."), makeQuery("b.example.")


class Asking(InsteadCore):
    """Asks for another name, and fails at one type's answers."""

    def replace(self, query: Query) -> Other | Answer | None:
        """See L{InsteadCore.replace}."""
        return Other(OTHER, "how") if query.key == ASKED.key else None

    def restore(self, query: Query, other: Other, answer: Answer) -> Answer:
        """See L{InsteadCore.restore}."""
        if answer.rcode == SERVFAIL:
            raise KeyError("bug")
        return answer.having(errors=((0, str(other.how)),))


@both
class InsteadTests(StageCase):
    """Queries and their answers."""

    def asking(self, *script: Any) -> Asking:
        """One of these before a resolver that says this."""
        self.next = self.scripted(*script)
        return Asking(coreOf(self.next), Decisions())

    def test_replaced(self) -> None:
        """The other query is asked, and its answer is made one of the client's."""
        answer = self.answered(self.asking(""), ASKED)
        self.assertEqual(self.next.asked, [OTHER])
        self.assertEqual(answer.errors, ((0, "how"),))

    def test_passed(self) -> None:
        """Any other one is asked as it came."""
        self.assertEqual(self.answered(self.asking(""), OTHER).errors, ())

    def test_dropped(self) -> None:
        """What is dropped on purpose stays so, and is no answer that anything could be made of."""
        result = self.settling(self.asking(DROP), ASKED)
        self.next.fireAll()
        self.assertIs(self.successResultOf(result), DROP)

    def test_bug(self) -> None:
        """A stage that fails with an answer leaves nobody waiting."""
        core = self.asking("SERVFAIL")
        if self.later:
            result = self.settling(core, ASKED)
            self.next.fireAll()
            self.failureResultOf(result, KeyError)
        else:
            self.assertRaises(KeyError, self.settling, core, ASKED)
