"""What the site asks the daemon: the verbs of the control socket that change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from twisted.internet.defer import Deferred, FirstError, gatherResults, maybeDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..control.running import CommandError
from .kept import Kept

T = TypeVar("T")

JSON = "application/json"


class Said(NamedTuple):
    """
    What a page sends.

    @ivar code: the status.
    @ivar kind: the media type.
    """

    code: int
    octets: bytes
    kind: str


def asJson(found: Any, code: int = 200) -> Said:
    """The same for programs."""
    return Said(code, json.dumps(found).encode() + b"\n", JSON)


class Asking:
    """The daemon, as its site asks it."""

    _log = Logger()

    def __init__(self, carryOut: Callable[[bytes], Any], now: Callable[[], float]) -> None:
        """
        @param carryOut: does what a line of the control socket wants.
        @param now: a clock.
        """
        self._carryOut = carryOut
        self._now = now
        self._logRateLimit = LogRateLimit(now=now)

    def kept(self, verb: str, render: Callable[[Any], T]) -> Kept[T | Said]:
        """
        The answer to a verb, as a page shows it; where there is none, the page that says why.

        @param render: makes what is kept of the verb's result.
        """
        line = json.dumps({"verb": verb}).encode()

        def ask() -> Deferred[T | Said]:
            asked: Deferred[Any] = maybeDeferred(self._carryOut, line)
            return asked.addCallback(render).addErrback(self._failed)

        return Kept(ask, self._now)

    def together(self, verbs: Sequence[str], render: Callable[[dict[str, Any]], T]) -> Kept[T | Said]:
        """
        The same of several verbs.

        @param render: makes what is kept of their results, by their names.
        """

        def ask() -> Deferred[T | Said]:
            asked = [maybeDeferred(self._carryOut, json.dumps({"verb": verb}).encode()) for verb in verbs]
            found: Deferred[Any] = gatherResults(asked, consumeErrors=True)
            found.addCallback(lambda results: dict(zip(verbs, results, strict=True))).addCallback(render)
            return found.addErrback(self._failed)

        return Kept(ask, self._now)

    def _failed(self, failure: Failure) -> Said:
        if isinstance(failure.value, FirstError):
            return self._failed(failure.value.subFailure)
        if failure.check(CommandError):
            return asJson({"error": failure.getErrorMessage()}, 503)
        held = self._logRateLimit.admit(failure.type)
        if held is not None:
            self._log.failure(
                "a page of the web site failed in a way that it must not{more}",
                failure,
                more=suppressed(held),
                suppressed=held,
            )
        return asJson({"error": "internal error; the log has more"}, 500)
