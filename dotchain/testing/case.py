"""Tests of a stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, TypeVar, cast

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from ..api import NOBODY, REQUIRED, Answer, Client, Option, Query, Result, Stage, Value
from ..asyncthread import THREAD
from ..contract.guard import guarded
from ..contract.loopless import forbid
from ..coroutine import AwaitingResolver, CoroutineGuard
from ..deferring import resultOf
from ..naming import Naming
from ..node import Node
from .messages import Asked, Line, queryOf
from .reactor import VirtualReactor
from .script import Scripted
from .verdict import titleOf, verdict

Made = TypeVar("Made", bound=Stage)


class StageCase(SynchronousTestCase):
    """
    Tests of a stage; decorated with L{both} they run with either sort of next resolver.

    @ivar later: whether the next resolver answers later.
    @ivar next: the next resolver of the stage that was L{made} last.
    @ivar named: by their names, the resolvers that options of stages name. One that is not there when a
        stage is L{made} has nothing to say but NODATA.
    """

    later = False
    next: Scripted

    if TYPE_CHECKING:
        # Twisted's own have no types, which strict type checkers complain of.
        assertAlmostEqual: Any
        assertApproximates: Any
        assertEqual: Any
        assertFalse: Any
        assertIn: Any
        assertIs: Any
        assertIsInstance: Any
        assertIsNone: Any
        assertIsNot: Any
        assertNoResult: Any
        assertNotEqual: Any
        assertNotIn: Any
        assertNotIsInstance: Any
        assertRaises: Any
        assertTrue: Any
        failureResultOf: Any
        flushLoggedErrors: Any
        mktemp: Any
        patch: Any

    @cached_property
    def named(self) -> dict[str, Scripted]:
        """See the class."""
        return {}

    @cached_property
    def clock(self) -> VirtualReactor:
        """The reactor of the stages."""
        made = VirtualReactor()
        self.addCleanup(THREAD.abandon, made)
        return made

    def made(self, kind: type[Made], *script: Line, **options: str) -> Made:
        """
        A stage, made as the daemon makes it: the values are text as in an INI file, read by its options.

        Where they name resolvers, these are those of L{named}.

        @param script: what the next resolver says.
        @raise ValueError: for a value that is refused, or one that is missing.
        """
        self.next = self.scripted(*script or ("",))
        values = {}
        for key, option in kind.options.items():
            text = options.pop(key.replace("-", "_"), option.default)
            if text is REQUIRED:
                raise ValueError(f"the option {key!r} is missing")
            values[key.replace("-", "_")] = None if text is None else self._value(option, text)
        if options:
            raise ValueError(f"{kind.__name__} has no option {' or '.join(map(repr, options))}")
        awaits = iscoroutinefunction(kind.resolve)
        return kind(AwaitingResolver(self.next) if awaits else self.next, self.clock, **values)

    def _value(self, option: Option, text: Any) -> Any:
        value = option.read(Value(text))
        if isinstance(option.read, Naming):
            return option.read.through(value, self._resolver)
        return value

    def _resolver(self, name: str) -> Scripted:
        return self.named.setdefault(name, self.scripted(""))

    def answered(self, stage: Stage | Node, asked: Asked, client: Client = NOBODY) -> Answer:
        """
        What a client gets of a stage once next, and all that are named, have said what they have to say:
        where the stage fails, the SERVFAIL that this comes to.

        @raise AssertionError: for what the daemon would put down to the stage as a bug, in the daemon's
            words, and where the stage does not answer.
        """
        query = queryOf(asked, client)
        outcomes: list[Any] = []
        self.settling(stage, query).addBoth(outcomes.append)
        self._fireAll()
        while THREAD.pending(self.clock):
            self.clock.settleThreads()
            self._fireAll()
        return verdict(titleOf(stage), outcomes)

    def _fireAll(self) -> None:
        """Have all others answer, and those that are asked by it."""
        others = [self.next, *self.named.values()]
        while any(each.pending for each in others):
            for each in others:
                each.fireAll()

    def settling(self, stage: Stage | Node, asked: Asked, client: Client = NOBODY) -> Deferred[Answer]:
        """
        The same before it is settled, for tests that turn the clock meanwhile.

        What the daemon would put down to the stage as a bug is a failure here. At the end of the test
        it is cancelled.
        """
        forbid(self.clock)
        result = self._asked(stage)(queryOf(asked, client))
        if not isinstance(result, Deferred):
            return succeed(result)
        self.addCleanup(_end, result)
        return result

    def _asked(self, stage: Stage | Node) -> Callable[[Query], Result]:
        """How a stage is asked, or the core of one that comes with dotchain."""
        if isinstance(stage, Node):
            core = stage
            return lambda query: resultOf(core.resolve(query))
        awaits = iscoroutinefunction(stage.resolve)
        return (CoroutineGuard if awaits else guarded)(stage, titleOf(stage)).resolve

    def scripted(self, *script: Line, replays: bool = True) -> Scripted:
        """A next resolver of the sort that this run is about."""
        return Scripted(*script, later=self.later, replays=replays)

    def settled(self, result: Result, next: Scripted) -> Answer:
        """The answer that a result comes to once next has said all it has to say."""
        next.fireAll()
        answer = self.successResultOf(result) if isinstance(result, Deferred) else result
        return verdict("the stage", [answer])

    def failed(self, result: Result, next: Scripted, *kinds: type[BaseException]) -> BaseException:
        """The exception that a result comes to."""
        next.fireAll()
        assert isinstance(result, Deferred)
        return cast("BaseException", self.failureResultOf(result, *kinds).value)


Case = TypeVar("Case", bound=type[StageCase])


def both(case: Case) -> Case:
    """Run each test of a class twice: C{test_x} answered at once, C{test_x_later} later."""
    for name, test in list(vars(case).items()):
        if name.startswith("test_"):
            setattr(case, f"{name}_later", _later(test))
    return case


def _later(test: Callable[[Any], None]) -> Callable[[Any], None]:
    @wraps(test)
    def run(self: Any) -> None:
        self.later = True
        test(self)

    return run


def _end(result: Deferred[Answer]) -> None:
    """Leave nothing of a stage that has not answered to the tests behind."""
    if not result.called:
        result.addErrback(lambda _: None)
        result.cancel()
