"""One question for AAAA records, from the first query to the one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...node import Asker, Later, Node, Outcome
from ...resolver import ResolveError
from ...wire.answer import Answer
from ...wire.query import Query, about

if TYPE_CHECKING:
    from .synthesizer import Synthesizer

_A: Final = b"\0\1"


class Synthesis(Later):
    """
    Asks for the AAAA records of a name, and where it has none for its A records.

    Where nobody has answered in time it is as if there were no AAAA records (RFC 6147 section 5.1.3).
    """

    __slots__ = ("_asked", "_denial", "_next", "_other", "_synthesizer")

    def __init__(self, query: Query, next: Node, synthesizer: Synthesizer) -> None:
        super().__init__(query)
        self._next = next
        self._synthesizer = synthesizer
        self._asked: Later | None = None
        # The question for A records, once it has been asked.
        self._other: Query | None = None
        self._denial: Answer | None = None

    def begin(self, asked: Answer | Later) -> Answer | Later:
        """
        Go on from what the next node has said, or will; see L{Node.resolve}.

        @param asked: what it has for the query itself.
        """
        made = self._proceed(asked)
        if isinstance(made, Answer):
            return made
        return self

    def told(self, outcome: Outcome) -> None:
        """What was asked has ended."""
        self._asked = None
        if self.landed:
            return
        try:
            made = self._after(outcome)
        except BaseException as error:
            made = error
        if made is not None:
            self.land(made)

    def leave(self) -> None:
        """See L{Later.leave}."""
        if self._asked is not None:
            self._asked.cancel()

    def _proceed(self, asked: Answer | Later) -> Outcome | None:
        """What comes of something that was asked; None where that is not known yet."""
        if isinstance(asked, Answer):
            return self._after(asked)
        self._asked = asked
        asked.tell(_TELLING, self)
        return None

    def _after(self, outcome: Outcome) -> Outcome | None:
        """The same of its outcome."""
        if self._other is not None:
            return self._last(outcome)
        if isinstance(outcome, Answer):
            good = self._synthesizer.sufficient(self.query, outcome)
            if good is not None:
                return good
            self._denial = outcome
        elif not isinstance(outcome, ResolveError):
            return outcome
        if not self._synthesizer.begins():
            return outcome
        question = self.query.question
        self._other = about(self.query, question[:-4] + _A + question[-2:])
        return self._proceed(self._next.resolve(self._other))

    def _last(self, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Answer):
            return outcome
        return self._synthesizer.made(self.query, self._denial, outcome)


class _Telling(Asker):
    """Tells a synthesis what has come of its query."""

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the state is the synthesis."""
        assert isinstance(state, Synthesis)
        state.told(outcome)
        return outcome


_TELLING: Final = _Telling()
