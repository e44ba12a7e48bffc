"""Groups over upstreams that follow a script, on a clock that the test winds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import REQUIRED, Value
from dotchain.resolver import ResolveError, Result
from dotchain.testing import Line, Scripted, makeAnswer, makeQuery
from dotchain.upstreams.groups.group import Group
from dotchain.upstreams.groups.member import Member
from dotchain.wire import Answer, Query
from dotchain.wire.codes import NXDOMAIN, REFUSED, SERVFAIL

QUERY = makeQuery()
GOOD = makeAnswer(QUERY, "foo.example.org. 300 IN A 192.0.2.1")
OTHER = makeAnswer(QUERY, "foo.example.org. 300 IN A 192.0.2.2")
NOWHERE = Answer.bare(NXDOMAIN)
BROKEN = Answer.bare(SERVFAIL)
REJECTED = Answer.bare(REFUSED)
DOWN = ResolveError("connection refused")

Of = TypeVar("Of", bound=Group)


class GroupCase(SynchronousTestCase):
    """
    Makes groups.

    @ivar upstreams: the last group's upstreams.
    @ivar drawn: what the group's source of random numbers gives, the last for ever.
    """

    def setUp(self) -> None:
        """A clock that does not start at 0, as no clock does."""
        self.clock = Clock()
        self.clock.advance(1000)
        self.upstreams: list[Scripted] = []
        self.drawn = [0.5]

    def over(self, kind: type[Of], *upstreams: Scripted, **options: str) -> Of:
        """A group over upstreams named a, b and so on; its options are text as in a file."""
        self.upstreams = list(upstreams)
        return kind(
            self.clock,
            **{**valuesOf(kind, **options), "over": dict(zip("abcdefgh", upstreams, strict=False))},
            now=self.clock.seconds,
            random=lambda: self.drawn[0] if len(self.drawn) == 1 else self.drawn.pop(0),
        )

    def asked(self) -> list[int]:
        """How many queries each upstream got."""
        return [len(upstream.asked) for upstream in self.upstreams]

    def answer(self, result: Result) -> Answer:
        """The answer of a result, which must be there."""
        return self.successResultOf(result) if isinstance(result, Deferred) else result

    def pending(self, result: Result) -> Deferred[Answer]:
        """The Deferred of a result that has not come."""
        assert isinstance(result, Deferred)
        self.assertNoResult(result)
        return result

    def error(self, result: Result) -> ResolveError:
        """The failure of a result."""
        assert isinstance(result, Deferred)
        error = self.failureResultOf(result).value
        assert isinstance(error, ResolveError)
        return error

    def assertQuiet(self) -> None:
        """Nothing waits in the reactor."""
        self.assertEqual(self.clock.getDelayedCalls(), [])


def valuesOf(kind: type[Group], **options: str) -> dict[str, Any]:
    """What a group is made of besides its members, by default or of text as in a file."""
    values: dict[str, Any] = {}
    for key, option in kind.options.items():
        text = options.get(key.replace("-", "_"), option.default)
        if text is not REQUIRED:
            values[key.replace("-", "_")] = None if text is None else option.read(Value(text))
    return values


def later(*script: Line) -> Scripted:
    """An upstream that answers when the test says so."""
    return Scripted(*script, later=True)


def now(*script: Line) -> Scripted:
    """An upstream that answers at once."""
    return Scripted(*script)


def counts(members: list[Member]) -> list[tuple[int, int, int]]:
    """What each member was asked, won and failed."""
    return [(member.asked, member.won, member.failed) for member in members]


Ask = Callable[[Query], Result]
