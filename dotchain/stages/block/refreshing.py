"""When a list at a URL is fetched: at the start, every day, and soon again where that failed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from .reading import NotUsable

if TYPE_CHECKING:
    from .core import Listed
    from .remote import RemoteList


class Refreshing:
    """
    Has one list renewed, and tells what came of it, where that is new.

    @ivar list: this list.
    @ivar section: the title of the section, for the log.
    @ivar failures: times that it could not be renewed.
    """

    _log = Logger()

    # Seconds before the first and the last tries after one that failed; each time twice as many.
    SOON, LATE = 5.0, 3600.0
    # Seconds in which those begin that are due at the start: without a list, and with one.
    AT_ONCE, AT_LEISURE = 1.0, 30.0
    # How much earlier or later than others a worker is.
    APART = 0.1

    def __init__(self, list: RemoteList, every: float, reactor: Any, changed: Callable[[], None]) -> None:
        """
        @param every: seconds from one time to the next.
        @param changed: called when it has been renewed.
        """
        self.list = list
        self.section = ""
        self.failures = 0
        self._every = every
        self._reactor = reactor
        self._changed = changed
        self._wait = self.SOON
        self._told = ""
        self._taken: Listed | None = None
        self._call: Any = None
        self._work: Deferred[None] | None = None

    def start(self) -> None:
        """Begin; those that have a list need not hurry."""
        self._tell(self.list.trouble)
        if self.list.listed is None:
            self._schedule(random.uniform(0, self.AT_ONCE))  # noqa: S311 - not a secret
        else:
            left = max(self._every - self.list.age, 0.0)
            self._schedule(left + random.uniform(0, min(self.AT_LEISURE, self._every)))  # noqa: S311 - not a secret

    def stop(self) -> None:
        """End, whatever is under way."""
        call, self._call = self._call, None
        if call is not None:
            call.cancel()
        work, self._work = self._work, None
        if work is not None:
            work.cancel()

    def hurry(self) -> None:
        """Do it now, unless that is under way."""
        if self._call is not None:
            self._call.reset(0)

    def _schedule(self, seconds: float) -> None:
        self._call = self._reactor.callLater(seconds, self._begin)

    def _begin(self) -> None:
        self._call = None
        work = self._work = Deferred.fromCoroutine(self.list.renew())
        work.addCallbacks(self._renewed, self._failed)
        work.addErrback(self._ended)

    def _renewed(self, _: None) -> None:
        self._wait = self.SOON
        self._changed()
        self._tell(self.list.trouble)
        self._again(self._every)

    def _failed(self, failure: Failure) -> None:
        failure.trap(NotUsable)
        self.failures += 1
        kept = "nothing is on it yet" if self.list.listed is None else "the list of before stays in use"
        self._tell(f"{failure.value}; {kept}")
        self._again(min(self._wait, self._every))
        self._wait = min(2 * self._wait, self.LATE)

    def _ended(self, failure: Failure) -> None:
        """It was stopped, or there is a bug; the list is to be renewed all the same."""
        if failure.check(CancelledError):
            return
        self._log.failure("[{section}] {name}", failure, section=self.section, name=self.list.source.name)
        self._again(self.LATE)

    def _again(self, seconds: float) -> None:
        self._work = None
        self._schedule(seconds * random.uniform(1 - self.APART, 1 + self.APART))  # noqa: S311 - not a secret

    def _tell(self, trouble: str) -> None:
        """Log what is new, be it every hour the same that goes wrong."""
        listed = self.list.listed
        if listed is not None and listed is not self._taken:
            self._log.info("{line}", line=self._line(listed.told))
        self._taken = listed
        if trouble and trouble != self._told:
            self._log.warn("{line}", line=self._line(trouble))
        self._told = trouble

    def _line(self, text: str) -> str:
        return f"[{self.section}] {self.list.source.name}: {text}"
