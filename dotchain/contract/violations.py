"""What stages and upstreams must not do: whose fault it is, and what the log is told of it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..clockwork import boottime
from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..clockwork.turn import TurnEnd
from ..culprit import note, noted
from ..resolver import ResolveError
from ..wire.answer import Answer
from ..wire.codes import EDE_OTHER, SERVFAIL
from .loopless import lacksLoop

# Frames of a traceback that are told, from its begin and up to its end: recursion has a thousand.
_FIRST, _LAST = 5, 15
_INSTEAD = (
    "write 'await fromAsyncio(self.reactor, coroutine)' with dotchain.api's, or use deferLater or "
    "deferToThread of twisted.internet"
)


class InvalidResult(Exception):
    """
    Something that is no answer stands where one must be; its text says what, and whose it was.

    No traceback would help: it came by an ordinary return.
    """


class OverBudget(InvalidResult):
    """A stage has not answered within its budget."""


def bugAnswer(error: BaseException, rcode: int = SERVFAIL) -> Answer:
    """
    What a client gets where a stage has failed in a way that it must not: no more than what sort of failure.

    @param error: the failure, which is the log's to tell.
    """
    text = "a part of this server took too long" if isinstance(error, OverBudget) else "internal error"
    return Answer.bare(rcode, ((EDE_OTHER, text),))


def invalidResultOf(who: str, given: object) -> InvalidResult:
    """
    What to fail with where somebody gave what is no answer.

    A coroutine among them is closed, or Python itself would complain that nobody awaited it.

    @param who: a section's title, such as C{stage quiet}.
    """
    if iscoroutine(given):
        given.close()
        return InvalidResult(f"{who} returned a coroutine that nobody awaited")
    if isinstance(given, Deferred):
        # Its failure is nobody's any more, and must not be logged by the garbage collector.
        given.addErrback(lambda _: None)
        return InvalidResult(f"{who} returned a Deferred that nobody awaited")
    what = "None" if given is None else _named(type(given))
    return InvalidResult(f"{who} returned {what}, not an answer")


def _named(kind: type[Any]) -> str:
    """C{a str}, C{an int}."""
    return f"{'an' if kind.__name__[:1].lower() in set('aeiou') else 'a'} {kind.__name__}"


def accuse(who: str, error: BaseException) -> BaseException:
    """
    Note whose fault an error is, unless that is known: of those that pass it on, the last who could.

    @return: the same, or what tells in plain words that asyncio doesn't work so.
    """
    if lacksLoop(error) and noted(error) is None:
        return InvalidResult(f"{who} awaits asyncio where only Deferreds are awaited: {_INSTEAD}")
    if not isinstance(error, ResolveError | InvalidResult):
        note(error, who)
    return error


def isOf(error: BaseException, who: str) -> bool:
    """Whether an error that was L{accuse}d is put down to this section."""
    return str(error).startswith(f"{who} ") if isinstance(error, InvalidResult) else noted(error) == who


def culprit(failure: Failure) -> str | None:
    """Whose fault it is, as far as that was noted."""
    return noted(failure.value)


class ContractViolations:
    """Tells the log of violations: each sort of each culprit once a minute, whoever shares it."""

    _log = Logger()

    def __init__(self, who: str, now: Callable[[], float] = boottime.now) -> None:
        """
        @param who: what to call one whose section is not known, such as C{a stage}.
        @param now: a clock, in seconds.
        """
        self._who = who
        self._logRateLimit = LogRateLimit(now=now)

    def tell(self, failure: Failure) -> None:
        """Log a violation, unless the like was logged within a minute."""
        error = failure.value
        if isinstance(error, InvalidResult):
            held = self._logRateLimit.admit(str(error))
            if held is not None:
                more = suppressed(held)
                self._log.error("{violation}{more}", violation=str(error), more=more, suppressed=held)
            return
        section = culprit(failure)
        who = section or self._who
        held = self._logRateLimit.admit((who, failure.type))
        if held is not None:
            self._log.failure(
                "{who} failed in a way that it must not{more}",
                _shortened(failure),
                who=who,
                section=section,
                more=suppressed(held),
                suppressed=held,
            )


def turnEnd(reactor: IReactorTime) -> TurnEnd:
    """The end of a reactor's turn, where the log is told of what fails there."""
    return TurnEnd(reactor, ContractViolations("what the end of a turn runs").tell)


def _shortened(failure: Failure) -> Failure:
    """The same without most of the frames of an endless recursion."""
    frames = failure.frames
    if len(frames) > _FIRST + _LAST:
        left_out = (f"{len(frames) - _FIRST - _LAST} more", "left out", 0, (), ())
        failure = Failure(failure.value, failure.type)
        failure.frames = [*frames[:_FIRST], left_out, *frames[-_LAST:]]
    return failure
