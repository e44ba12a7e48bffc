"""The IP addresses of an upstream's own name."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, cast

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ...clockwork.logratelimit import LogRateLimit, suppressed
from ...reason import Reason, joined, phrase
from ...resolver import ResolveError
from ...wire.query import ask
from .hosts import NoAddress, hostsIn

if TYPE_CHECKING:
    from ...wire import Answer, Query
    from ..upstreamcommon import UpstreamCommon
    from .bootstrap import Bootstrap


class Lookup:
    """
    The addresses of one name, used past their TTL until newer ones can be had.

    A and AAAA are asked side by side, and what one of them brings is used at once.

    @ivar name: the name.
    @ivar hosts: its IP addresses; families alternate, IPv4 first.
    @ivar trouble: why nothing is known, or nothing new; empty after a success.
    """

    _log = Logger()

    # Seconds that an answer is used at the least and at the most, whatever its TTL.
    FLOOR, CEILING = 5.0, 86400.0
    # Seconds before the next try when one brought nothing (RFC 8767 section 5).
    RETRY = 30.0
    # Seconds between the starts of two at the least; jittered upwards.
    PAUSE = 2.0
    # The families, and how many addresses of each are used.
    KINDS, MOST = ("A", "AAAA"), 4

    def __init__(
        self, name: str, bootstrap: Bootstrap, common: UpstreamCommon, changed: Callable[[], None]
    ) -> None:
        """
        @param changed: called when there may be other addresses, and when a lookup ends.
        """
        self.name = name
        self.hosts: tuple[str, ...] = ()
        self.trouble: str = self._named("is not resolved yet")
        self._bootstrap = bootstrap
        self._common = common
        self._changed = changed
        self._logRateLimit = LogRateLimit(now=common.now)
        self._dueAt = self._mayAt = 0.0
        self._known: dict[str, tuple[str, ...]] = dict.fromkeys(self.KINDS, ())
        self._asking: set[str] = set()
        self._ttls: list[float] = []
        self._reasons: dict[str, str] = {}
        self._empty: set[str] = set()
        self._told: set[str] = set()

    def look(self) -> bool:
        """
        Ask, unless that was done a moment ago.

        @return: whether an answer is awaited.
        """
        now = self._common.now()
        if not self._asking and now >= self._mayAt:
            self._mayAt = now + self.PAUSE * random.uniform(1.0, 1.5)  # noqa: S311 - not a secret
            self._ttls, self._reasons, self._empty = [], {}, set()
            self._asking.update(self.KINDS)
            for kind in self.KINDS:
                self._ask(kind)
        return bool(self._asking)

    def lookWhenDue(self) -> None:
        """Ask where the TTL is over."""
        if self._common.now() >= self._dueAt:
            self.look()

    def stop(self) -> None:
        """Wait for no answer any more."""
        self._asking.clear()

    def expire(self) -> None:
        """Let what is known count as old, and what failed be tried again."""
        self._dueAt = self._mayAt = 0.0

    def _ask(self, kind: str) -> None:
        query = ask(self.name, kind)
        result = cast("Deferred[Answer]", self._bootstrap.resolve(query))
        result.addCallback(self._answered, query, kind)
        result.addErrback(self._failed, kind)
        result.addCallback(self._done, kind)

    def _answered(self, answer: Answer, query: Query, kind: str) -> None:
        """@raise ResolveError: see L{hostsIn}."""
        found, ttl = hostsIn(answer, query, self._bootstrap.local)
        self._ttls.append(ttl)
        # Those known stay in front, so that a server that shuffles moves nobody.
        known = [each for each in self._known[kind] if each in found]
        fresh = [each for each in found if each not in known]
        self._take(kind, tuple([*known, *fresh][: self.MOST]))

    def _failed(self, failure: Failure, kind: str) -> None:
        failure.trap(ResolveError)
        assert isinstance(failure.value, ResolveError)
        self._reasons[kind] = failure.value.text
        if isinstance(failure.value, NoAddress):
            self._empty.add(kind)

    def _take(self, kind: str, hosts: tuple[str, ...]) -> None:
        self._known[kind] = hosts
        families = zip_longest(*(self._known[each] for each in self.KINDS))
        self.hosts = tuple(filter(None, chain.from_iterable(families)))

    def _done(self, _: object, kind: str) -> None:
        if kind not in self._asking:
            return
        self._asking.remove(kind)
        if not self._asking:
            self._finish()
        self._changed()

    def _finish(self) -> None:
        """Both have been answered, or have failed."""
        if self._ttls:
            wait = min(max(min(self._ttls), self.FLOOR), self.CEILING)
            self.trouble = ""
            for kind in self._empty:
                self._take(kind, ())
            self._tell()
        else:
            wait = self.RETRY
            reasons = joined(", ", dict.fromkeys(self._reasons.values()))
            text = phrase("could not be resolved: {}", reasons)
            self.trouble = self._named(text)
            self._complain(text)
        self._dueAt = self._common.now() + wait

    def _named(self, text: str) -> Reason:
        return phrase("the upstream's own name{} {}", Reason(f" {self.name}", ""), text)

    def _tell(self) -> None:
        """Log what the name is, where that is new."""
        held = self._logRateLimit.admit("found") if set(self.hosts) != self._told else None
        if held is not None:
            self._told = set(self.hosts)
            self._log.info(
                "upstream {upstream} ({name}): is at {hosts}{more}",
                upstream=self._common.name,
                name=self.name,
                hosts=" ".join(self.hosts),
                more=suppressed(held),
                suppressed=held,
            )

    def _complain(self, text: str) -> None:
        held = self._logRateLimit.admit("failed")
        if held is not None:
            # Once it is known again that is told, be it the same.
            self._told = set()
            self._log.warn(
                "upstream {upstream} ({name}): {text}{going}{more}",
                upstream=self._common.name,
                name=self.name,
                text=text,
                going=f"; {' '.join(self.hosts)} stays in use" if self.hosts else "",
                more=suppressed(held),
                suppressed=held,
            )
