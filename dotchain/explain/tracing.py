"""The way of one query: resolvers that stand before those of the running chain and note what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from zope.interface import implementer

from ..contract.containment import Containment
from ..contract.faults import BUGS, blame, fault
from ..contract.guard import Guard, PromptGuard
from ..contract.nextwatch import NextWatch
from ..contract.sectionview import Parts
from ..contract.terms import SERVFAIL
from ..coroutine import AwaitingResolver, CoroutineGuard
from ..interfaces import IPromptResolver
from ..naming import Naming
from ..node import Later
from ..resolver import Result, Stage, Upstream
from ..stages.behind import following
from ..stages.deciding import Deciding
from ..upstreams.forward import Forward
from ..upstreams.groups.group import Group
from ..upstreams.zone import Zone
from ..wire import Answer, Query
from .outcome import Noting, Step, begun, reason, settle
from .tracedforward import TracedForward
from .tracedgroup import DryGroup, TracedGroup
from .unasked import Unasked


class Call:
    """
    One call of a resolver.

    @ivar resolver: whom.
    @ivar part: the stage or upstream that it is, without what guards it.
    @ivar query: what it was asked.
    @ivar step: what is told of it.
    @ivar outcome: what came of it; None as long as there is nothing.
    """

    def __init__(self, resolver: Any, part: Any, query: Query, step: Step) -> None:
        self.resolver = resolver
        self.part = part
        self.query = query
        self.step = step
        self.outcome: Answer | Failure | None = None


class Trace:
    """
    One query of C{dotchain explain}.

    The running chain stays as it is: each stage is copied, and its copy, which shares all that
    the stage keeps, leads to the next one by way of a L{Traced}.

    @ivar now: a clock that never goes back, in seconds.
    @ivar steps: the calls of the first resolver.
    @ivar calls: all calls, as they began.
    @ivar dry: whether no upstream is to be asked that would send anything.
    @ivar unasked: the queries that so came to an upstream and wait there; to be cancelled in the end.
    """

    def __init__(self, parts: Parts, file: str, now: Callable[[], float], dry: bool = False) -> None:
        """
        @param parts: all of the running chain.
        @param file: the INI file, to be told where its code fails.
        """
        self.now = now
        self.steps: list[Step] = []
        self.calls: list[Call] = []
        self.dry = dry
        self.unasked: list[Later] = []
        self._file = file
        self._sections = {id(thing): section for section, thing in parts}

    def name(self, part: Any) -> str:
        """What the operator calls a part; one without a section by its class."""
        section = self._sections.get(id(part))
        return type(part).__name__ if section is None else section.name

    def told(self, part: Any, query: Query) -> str:
        """What a part itself says of a query, or how its code fails to."""
        try:
            explain = getattr(part, "explain", None)
            return str(explain(query) or "") if explain else ""
        except BUGS as error:
            section = self._sections.get(id(part))
            if section is None:
                return f"explain(): {blame(error)}"
            return fault(section, "explain()", error).at(self._file)

    def toldOf(self, part: Any, query: Query, answer: Answer) -> str:
        """What a part that only observes says of an answer that it has passed on."""
        return part.explainAnswer(query, answer) if isinstance(part, Deciding) else ""

    def traced(self, resolver: Any, before: Noting | None = None) -> Traced:
        """
        What stands before a resolver.

        @param before: the one that asks it, or None for the front.
        """
        return Traced(self, resolver, before)


@implementer(IPromptResolver)
class Traced:
    """
    Notes when a resolver is asked and what it answers.

    @ivar replays: see L{IResolver.replays}.
    @ivar step: its call that is under way, or was the last.
    """

    def __init__(self, trace: Trace, resolver: Any, before: Noting | None) -> None:
        self.replays = resolver.replays
        self.step: Step = {}
        self._trace = trace
        self._resolver = resolver
        self._containment = resolver if isinstance(resolver, Containment) else None
        inside = self._containment.stage if self._containment else resolver
        self._part = inside.stage if isinstance(inside, Guard) else inside
        self._before = before
        self._inner = self._contained() if self._containment else self._guarded(inside)

    def _contained(self) -> Containment:
        """A contained stage, by a copy that is contained as well."""
        assert self._containment is not None
        watch = NextWatch(self._tracedOf(self._containment.watch.next))
        stage = self._guarded(self._containment.stage, watch)
        return self._containment.around(stage, watch, self._failed, self._exceeded)

    def _failed(self, error: BaseException) -> None:
        """A contained stage has failed, and its section says what is done."""
        assert self._containment is not None
        onError = self._containment.terms.onError
        if onError != SERVFAIL:
            self._add(f"failed: {reason(Failure(error))}; on-error = {onError}")

    def _exceeded(self, seconds: float) -> None:
        """A contained stage has answered, but kept all others waiting for longer than it may."""
        assert self._containment is not None
        self._add(f"over its budget: {seconds:.3g} s of {self._containment.terms.limit:g} s")

    def _add(self, text: str) -> None:
        self.step["told"] = "; ".join(filter(None, [self.step["told"], text]))

    def _guarded(self, resolver: Any, watch: NextWatch | None = None) -> Guard:
        """
        The resolver, or a copy of it, that asks traced ones; guarded even where it is dotchain's own.

        @param watch: what it is to have as its next one, where that is known.
        """
        leading = self._leading(self._part, isinstance(resolver, CoroutineGuard), watch)
        if isinstance(resolver, Guard):
            return resolver.around(leading)
        who = f"{getattr(resolver, 'role', 'stage')} {self._trace.name(resolver)}"
        return (PromptGuard if hasattr(leading, "attempt") else Guard)(leading, who)

    def _leading(self, part: Any, coroutine: bool, watch: NextWatch | None) -> Any:
        if isinstance(part, Group):
            return (DryGroup if self._trace.dry else TracedGroup)(part, self._trace, self)
        if isinstance(part, Forward) and not self._trace.dry:
            return TracedForward(part, self)
        leading = part.through(lambda each: self._besideOf(each, watch)) if namesOthers(part) else part
        behind = following(part)
        if behind is None:
            return Unasked(self._trace.unasked) if self._mustRest(part, leading) else leading
        traced = watch or self._tracedOf(behind)
        return leading.before(AwaitingResolver(traced) if coroutine else traced)

    def _mustRest(self, part: Any, leading: Any) -> bool:
        """Whether it may send something, where nothing is to leave: whoever asks nobody else, zones aside."""
        return self._trace.dry and leading is part and not isinstance(part, Zone)

    def _besideOf(self, resolver: Any, watch: NextWatch | None) -> Any:
        """What stands before one that an option names."""
        if not isinstance(resolver, NextWatch):
            return self._tracedOf(resolver)
        return NextWatch(self._tracedOf(resolver.next), watch)

    def _tracedOf(self, resolver: Any) -> Any:
        return self._trace.traced(resolver, self)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        return self._ask(self._inner.resolve, query)

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt}."""
        return self._ask(getattr(self._inner, "attempt", self._inner.resolve), query)

    def _ask(self, resolve: Callable[[Query], Result], query: Query) -> Result:
        told = self._told(query)
        step = self.step = begun(self._trace.name(self._part), getattr(self._part, "kind", ""), told)
        steps = self._trace.steps if self._before is None else self._before.step["steps"]
        if self._trace.dry and isinstance(self._part, Forward):
            step["addresses"] = [str(each) for each in self._part.addresses]
        steps.append(step)
        call = Call(self._resolver, self._part, query, step)
        self._trace.calls.append(call)
        askedAt = self._trace.now()
        result = resolve(query)
        if isinstance(result, Deferred):
            result.addBoth(self._settled, call, askedAt)
        else:
            self._settled(result, call, askedAt)
        return result

    def _told(self, query: Query) -> str:
        told = self._trace.told(self._part, query)
        if self._containment and self._containment.bypassing:
            return "; ".join(filter(None, ["keeps failing: clients' queries go past it now", told]))
        return told

    def _settled(self, result: Answer | Failure, call: Call, askedAt: float) -> Answer | Failure:
        call.outcome = result
        if isinstance(result, Answer):
            words = [call.step["told"], self._trace.toldOf(call.part, call.query, result)]
            call.step["told"] = "; ".join(filter(None, words))
        settle(call.step, result, self._trace.now() - askedAt)
        return result


def namesOthers(part: object) -> bool:
    """Whether its options name resolvers that it asks."""
    if not isinstance(part, Stage | Upstream):
        return False
    return any(isinstance(option.read, Naming) for option in part.options.values())
