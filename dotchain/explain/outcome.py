"""What came of a call of a resolver, for programs to read."""

from __future__ import annotations

from typing import Any, Protocol

import dns.edns
import dns.rcode
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure

from ..contract.violations import InvalidResult
from ..resolver import ResolveError
from ..wire import DROP, Answer

WAITS, ANSWERED, DROPPED, FAILED = "waits", "answered", "dropped", "failed"
"""What a call may have come to; C{waits} as long as there is nothing."""

UNASKED = "unasked"
"""The same of a dry run: it would be asked, or waits for who would be."""


Step = dict[str, Any]
"""One call of a resolver: see L{begun}."""


class Noting(Protocol):
    """
    Who notes what a resolver is asked and answers.

    @ivar step: its call that is under way, or was the last.
    """

    step: Step


def begun(name: str, kind: str, told: str) -> Step:
    """
    A call that has just begun. Its C{steps} are the calls that it makes of those behind.

    @param told: what the part itself says of the query.
    """
    return {
        "name": name,
        "kind": kind,
        "told": told,
        "outcome": WAITS,
        "answer": None,
        "error": None,
        "ms": None,
        "steps": [],
    }


def settle(step: Step, result: Answer | Failure, seconds: float) -> None:
    """A call is over, after so many seconds."""
    step["ms"] = round(seconds * 1000, 3)
    if isinstance(result, Failure):
        step["outcome"] = WAITS if result.check(CancelledError) else FAILED
        step["error"] = reason(result)
    elif result is DROP:
        step["outcome"] = DROPPED
    else:
        step["outcome"] = ANSWERED
        step["answer"] = described(result)


def unasked(step: Step) -> None:
    """A dry run is over: what waits, in this call and those that it made, waits for who was not asked."""
    if step["outcome"] == WAITS:
        step["outcome"], step["error"] = UNASKED, None
    for each in step["steps"]:
        unasked(each)


def reason(failure: Failure) -> str:
    """Why there is no answer, in a few words; texts of bugs may hold names, and so stay in the log."""
    error = failure.value
    if isinstance(error, CancelledError):
        return "no answer yet"
    if isinstance(error, InvalidResult):
        return str(error)
    return error.text if isinstance(error, ResolveError) else f"bug: {type(error).__name__}"


def described(answer: Answer) -> dict[str, Any]:
    """An answer without its data."""
    return {
        "rcode": dns.rcode.to_text(dns.rcode.Rcode.make(answer.rcode)),
        "records": int.from_bytes(answer.counts[:2], "big"),
        "ttl": answer.ttl if answer.ttls else None,
        "errors": [{"code": code, "name": _errorName(code), "text": text} for code, text in answer.errors],
    }


def _errorName(code: int) -> str:
    """C{Network Error} of 23 (RFC 8914 section 4)."""
    try:
        return dns.edns.EDECode(code).name.replace("_", " ").title()
    except ValueError:
        return f"EDE {code}"
