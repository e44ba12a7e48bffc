"""What C{rpz} does with each query, and with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from twisted.internet.defer import CancelledError

from ...node import Asker, Later, Node, Outcome, landed
from ...wire.answer import DROP, Answer
from ...wire.codes import ANY, CNAME, EDE_INVALID_DATA, SERVFAIL
from ...wire.errors import FormatError
from .action import DROPPED, PASSTHRU, REDIRECT, TCP_ONLY
from .fiction import TRUNCATED, Fiction
from .redirect import joined, redirected
from .seen import aliases, hasAlias, isSigned

if TYPE_CHECKING:
    from ...wire.query import Query
    from .policy import Hit, Policy

_IN: Final = b"\0\1"
_UNREADABLE: Final = Answer.bare(SERVFAIL, ((EDE_INVALID_DATA, "names in the answer can't be read"),))


class RpzCore(Node):
    """
    Decides by policy zones, the first that has a trigger for it.

    Stages C{rpz} that follow each other are one, so that what the first zone exempts the second one does not
    see, and an address that the first one has counts before a name of the second: as in BIND.
    """

    def __init__(self, next: Node, policies: tuple[Policy, ...]) -> None:
        self._next = next
        self._policies = policies

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        if query.question[-2:] != _IN:
            return self._next.resolve(query)
        name = query.key[:-6]
        ofClient = waits = False
        hit: Hit | None = None
        for policy in self._policies:
            if not policy.holds(query):
                continue
            zone = policy.zone
            ofClient = ofClient or zone.clients.size > 0
            found = policy.ofQuestion(query, name)
            if found is not None and not policy.observes:
                hit = found
                break
            if found is not None:
                policy.note(query, found)
            waits = waits or zone.looksAtAnswers
        outcome = self._outcome(query, hit, waits)
        # What depends on the client must not be remembered by the front: it comes later.
        return landed(query, outcome) if ofClient and isinstance(outcome, Answer) else outcome

    def _outcome(self, query: Query, hit: Hit | None, waits: bool) -> Answer | Later:
        """
        @param hit: what was found by the question.
        @param waits: whether an earlier policy may find more in the answer.
        """
        if hit is not None and not waits and (hit.policy.breaks or not _wantsSignatures(query)):
            return self._applied(query, hit, None)
        asked = self._next.resolve(query)
        if isinstance(asked, Answer):
            return self._judged(query, asked, hit)
        return _Judging(self, query, hit, asked)

    def _judged(self, query: Query, answer: Answer, hit: Hit | None) -> Answer | Later:
        try:
            return self._decided(query, answer, hit)
        except FormatError:
            # Names that pointers make too long to follow: nobody sends such by mistake.
            return _UNREADABLE

    def _decided(self, query: Query, answer: Answer, hit: Hit | None) -> Answer | Later:
        if answer.verbatim is None:
            hit = self._ofAnswer(query, answer, hit)
        if hit is None:
            return answer
        if not hit.policy.breaks and _wantsSignatures(query) and isSigned(query, answer):
            return answer
        return self._applied(query, hit, answer)

    def _ofAnswer(self, query: Query, answer: Answer, hit: Hit | None) -> Hit | None:
        """What counts now that the answer is known."""
        places = 0
        if query.type not in (CNAME, ANY) and hasAlias(answer):
            if hit is not None:
                return hit
            names = aliases(query, answer)
            hit, places = self._ofAliases(query, names), len(names)
            if hit is not None and hit.place < places:
                return hit
        for policy in self._policies:
            if hit is not None and hit.policy is policy:
                break
            if policy.zone.looksAtAnswers and policy.holds(query):
                found = policy.ofAnswer(query, answer, places)
                if found is not None and not policy.observes:
                    return found
                if found is not None:
                    policy.note(query, found)
        return hit

    def _ofAliases(self, query: Query, names: list[bytes]) -> Hit | None:
        for place, name in enumerate(names, 1):
            folded = name.lower()
            for policy in self._policies:
                found = policy.ofName(folded, place) if policy.holds(query) else None
                if found is not None and not policy.observes:
                    return found
                if found is not None:
                    policy.note(query, found)
        return None

    def _applied(self, query: Query, hit: Hit, answer: Answer | None) -> Answer | Later:
        """
        Do what was decided.

        @param answer: the real one, where it is known.
        """
        hit.policy.note(query, hit)
        kind = hit.action.kind
        if kind == DROPPED:
            return DROP
        if kind == TCP_ONLY and query.client.transport == "udp":
            return TRUNCATED
        if kind in (PASSTHRU, TCP_ONLY):
            return self._next.resolve(query) if answer is None else answer
        fiction = Fiction(query, hit, answer)
        made = fiction.made()
        if kind != REDIRECT or query.type in (CNAME, ANY) or made.rcode:
            return made
        return self._followed(query, made, hit.action.target(fiction.name))

    def _followed(self, query: Query, made: Answer, target: bytes | None) -> Answer | Later:
        """The answer with what its CNAME leads to."""
        assert target is not None
        other = redirected(query, target)
        asked = self._next.resolve(other)
        return (
            joined(query, made, other, asked) if isinstance(asked, Answer) else _Following(query, made, asked)
        )

    def answered(self, judging: _Judging, outcome: Outcome) -> None:
        """The answer has come, or none."""
        hit = judging.hit
        try:
            if isinstance(outcome, Answer):
                made = self._judged(judging.query, outcome, hit)
            elif hit is not None and not isinstance(outcome, CancelledError):
                made = self._applied(judging.query, hit, None)
            else:
                judging.land(outcome)
                return
        except BaseException as error:
            judging.land(error)
            return
        if isinstance(made, Answer):
            judging.land(made)
        else:
            judging.follow(made)


class _Judging(Later):
    """A query whose answer is to be looked at."""

    __slots__ = ("_asked", "_core", "hit")

    def __init__(self, core: RpzCore, query: Query, hit: Hit | None, asked: Later) -> None:
        super().__init__(query)
        self.hit = hit
        self._core = core
        self._asked = asked
        asked.tell(_JUDGES, self)

    def come(self, outcome: Outcome) -> None:
        """What was asked for has come."""
        if not self.landed:
            self._core.answered(self, outcome)

    def follow(self, asked: Later) -> None:
        """Wait for what a CNAME leads to."""
        self._asked = asked
        asked.tell(_ENDS, self)

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._asked.cancel()


class _Following(Later):
    """A query whose CNAME leads to a name that was asked for."""

    __slots__ = ("_asked", "made")

    def __init__(self, query: Query, made: Answer, asked: Later) -> None:
        super().__init__(query)
        self.made = made
        self._asked = asked
        asked.tell(_JOINS, self)

    def leave(self) -> None:
        """See L{Later.leave}."""
        self._asked.cancel()


class _Judges(Asker):
    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        assert isinstance(state, _Judging)
        state.come(outcome)
        return outcome


class _Joins(Asker):
    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}: the query is the one for the CNAME's target."""
        assert isinstance(state, _Following)
        if isinstance(outcome, Answer):
            state.land(joined(state.query, state.made, query, outcome))
        else:
            state.land(outcome)
        return outcome


class _Ends(Asker):
    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        assert isinstance(state, Later)
        state.land(outcome)
        return outcome


_JUDGES: Final = _Judges()
_JOINS: Final = _Joins()
_ENDS: Final = _Ends()


def _wantsSignatures(query: Query) -> bool:
    return query.edns is not None and query.edns.do
