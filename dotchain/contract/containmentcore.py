"""How the chain goes through a stage whose section says what becomes of what it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twisted.python.failure import Failure

from ..node import Later, Node, Outcome, landed
from ..resolver import ResolveError
from ..toll import PASSAGE
from ..wire.answer import Answer
from ..wire.codes import REFUSED
from .asking import CURRENT
from .attempt import Attempt, Containing
from .terms import REFUSE, SERVFAIL, Terms
from .violations import ContractViolations, InvalidResult, OverBudget, accuse, bugAnswer

if TYPE_CHECKING:
    from ..clockwork.timers import Timers
    from ..wire.query import Query
    from .bypass import Bypass
    from .nextwatch import NextWatch


class ContainmentCore(Containing):
    """
    Asks the stage within its budget, and does what its section says where it fails.

    @ivar errors: queries that it has failed otherwise than by taking too long.
    @ivar overBudget: those for which it took too long.
    @ivar bypassed: those that went past it.
    @ivar bypass: says when it is left out, if ever.
    @ivar failed: is told what it failed with.
    @ivar exceeded: is told the seconds that an answer took it which is there, but over its budget.
    """

    def __init__(
        self,
        stage: Node,
        watch: NextWatch,
        terms: Terms,
        who: str,
        timers: Timers,
        now: Callable[[], float],
        bypass: Bypass | None,
        violations: ContractViolations,
    ) -> None:
        """
        @param watch: what the stage has as its next one.
        @param who: the title of its section.
        @param violations: tells the log of what it fails.
        """
        self.errors = self.overBudget = self.bypassed = 0
        self.bypass = bypass
        self.failed: Callable[[BaseException], None] | None = None
        self.exceeded: Callable[[float], None] | None = None
        self.limit, self.now, self.timers = terms.limit, now, timers
        self._stage = stage
        self._next = watch.core.next
        self._asking = watch.asking
        self._onError = terms.onError
        self._who = who
        self._violations = violations

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if self.bypass is not None and not self.bypass.admits():
            self.bypassed += 1
            PASSAGE.once = True
            return self._next.resolve(query)
        attempt = self._asking.attempts[query] = Attempt(self, self._asking, query)
        asked = self._ask(attempt)
        if isinstance(asked, Later) and asked.outcome is None:
            attempt.waits(asked)
            asked.tell(self, attempt)
            return attempt
        outcome = asked if isinstance(asked, Answer) else asked.outcome
        assert outcome is not None
        return self._made(attempt, outcome)

    def _ask(self, attempt: Attempt) -> Answer | Later:
        token = CURRENT.set(attempt)
        try:
            return self._stage.resolve(attempt.query)
        except BaseException as error:
            return landed(attempt.query, accuse(self._who, error))
        finally:
            CURRENT.reset(token)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}: the stage has answered, or failed."""
        assert isinstance(state, Attempt)
        if not state.ended:
            self._go(state, lambda: self._made(state, outcome))
        return outcome

    def late(self, attempt: Attempt) -> None:
        """See L{Containing.late}: what it has waited for is cancelled, as the client's going away would."""
        if self._asking.mayWait(attempt.query):
            attempt.again()
            return
        waited = attempt.waited
        self._end(attempt)
        try:
            if waited is not None:
                waited.cancel()
        except BaseException as error:
            self._violations.tell(Failure(accuse(self._who, error)))
        self._go(attempt, lambda: self._late(attempt))

    def left(self, attempt: Attempt) -> None:
        """See L{Containing.left}."""
        if not attempt.ended and self.bypass is not None:
            self.bypass.abandoned()
        self._end(attempt)

    def _end(self, attempt: Attempt) -> None:
        attempt.end()
        if self._asking.attempts.get(attempt.query) is attempt:
            del self._asking.attempts[attempt.query]

    def _go(self, attempt: Attempt, make: Callable[[], Answer | Later]) -> None:
        """Land as what is made does."""
        try:
            attempt.take(make())
        except BaseException as error:
            attempt.land(error)

    def _made(self, attempt: Attempt, outcome: Outcome) -> Answer | Later:
        """What becomes of what the stage has made of a query."""
        spent = attempt.spent
        self._end(attempt)
        if self._failed(attempt, outcome):
            assert isinstance(outcome, BaseException)
            self.errors += 1
            return self._instead(attempt, outcome)
        if spent > self.limit:
            # It is there all the same; what has kept all others waiting counts.
            self.overBudget += 1
            if self.exceeded is not None:
                self.exceeded(spent)
            if self.bypass is not None:
                self.bypass.failed()
        elif self.bypass is not None:
            self.bypass.succeeded()
        return outcome if isinstance(outcome, Answer) else landed(attempt.query, outcome)

    def _late(self, attempt: Attempt) -> Answer | Later:
        self.overBudget += 1
        error = OverBudget(f"{self._who} has not answered within {self.limit:g} s of its own")
        return self._instead(attempt, error)

    def _failed(self, attempt: Attempt, outcome: Outcome) -> bool:
        """Whether an outcome is the stage's own failure, and not that of somebody whom it has asked."""
        if isinstance(outcome, Answer) or outcome is attempt.trouble:
            return False
        return not (isinstance(outcome, ResolveError) and attempt.trouble is not None)

    def _instead(self, attempt: Attempt, error: BaseException) -> Answer | Later:
        """What a query gets that the stage has failed; no front is to remember it."""
        PASSAGE.once = True
        if self.failed is not None:
            self.failed(error)
        if self.bypass is not None:
            self.bypass.failed()
        if self._onError == SERVFAIL:
            return landed(attempt.query, error)
        self._tell(error)
        if self._onError == REFUSE:
            return bugAnswer(error, REFUSED)
        if attempt.heard is None:
            return self._next.resolve(attempt.query)
        return attempt.heard if isinstance(attempt.heard, Answer) else landed(attempt.query, attempt.heard)

    def _tell(self, error: BaseException) -> None:
        if isinstance(error, ResolveError):
            error = InvalidResult(f"{self._who} failed: {error.text}")
        self._violations.tell(Failure(error))
