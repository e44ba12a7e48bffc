"""What a stage's outcome comes to: an answer, or a bug that the daemon would log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.python.failure import Failure

from ..contract.faults import blame
from ..contract.violations import InvalidResult, culprit, invalidResultOf
from ..resolver import ResolveError, servfail
from ..wire import Answer, render
from ..wire.query import again
from ..wire.reply import Hop

# A query that has room in its response for all that an answer may have.
_ANY = again(b"\0\0\1\0\1\0\0")
_STREAM = Hop(stream=True)


def titleOf(stage: Any) -> str:
    """What to call a stage that no section names, such as C{stage Quiet}."""
    return f"{getattr(stage, 'role', 'stage')} {type(stage).__name__}"


def verdict(who: str, outcomes: Sequence[Any]) -> Answer:
    """
    The answer that a client gets.

    @param outcomes: what the stage's Deferred has fired with, if it has.
    @raise AssertionError: for a bug of the stage, in the words that the daemon has for it.
    """
    if not outcomes:
        raise AssertionError(
            f"{who} has not answered, though the next resolver has; where it waits for time to pass or "
            "for somebody else, take settling(), and turn self.clock or have that one answer"
        )
    (outcome,) = outcomes
    if isinstance(outcome, Failure):
        if not isinstance(outcome.value, ResolveError):
            raise AssertionError(_told(who, outcome)) from outcome.value
        outcome = servfail(outcome.value)
    if not isinstance(outcome, Answer):
        raise AssertionError(str(invalidResultOf(who, outcome)))
    try:
        render(_ANY, outcome, _STREAM)
    except Exception as error:
        raise AssertionError(f"{who} returned an answer that can't be sent: {blame(error)}") from error
    return outcome


def _told(who: str, failure: Failure) -> str:
    error = failure.value
    assert error is not None
    if isinstance(error, InvalidResult):
        return str(error)
    return f"{culprit(failure) or who} failed in a way that it must not: {blame(error)}"
