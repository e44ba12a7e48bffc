"""What every resolver is made of: a result now or later, a stage with a next one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Union, cast

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from zope.interface import implementer, provider

from .interfaces import IKind, IRelay, IResolver
from .naming import Naming
from .reason import told
from .wire import Answer, given
from .wire.codes import EDE_NETWORK_ERROR, EDE_NO_REACHABLE_AUTHORITY, EDE_OTHER, SERVFAIL

if TYPE_CHECKING:
    from typing_extensions import Self

    from .interfaces import Reactor
    from .options import Option
    from .wire import Query

Result = Union[Answer, "Deferred[Answer]"]
"""An answer that is known now, or a Deferred of one."""

# A callback may return a Deferred; Deferred's types can't say both at once.
_After = Callable[..., Answer]
_Otherwise = Callable[[Failure], Answer]


def then(result: Result, after: Callable[..., Result], *args: object) -> Result:
    """after(answer, *args) as soon as there is an answer; a failure passes by."""
    if type(result) is Deferred:
        return result.addCallback(cast("_After", after), *args)
    return after(result, *args)


def rescue(result: Result, otherwise: Callable[[Failure], Result]) -> Result:
    """otherwise(failure) where there is a failure; an answer passes by."""
    if type(result) is Deferred:
        return result.addErrback(cast("_Otherwise", otherwise))
    return result


class ResolveError(Exception):
    """
    No answer could be had. The client gets SERVFAIL.

    @ivar code: the extended DNS error that says why (RFC 8914).
    @ivar text: the same in a few words, which carry no name that was asked for and no
        client's address.
    @ivar ofName: it is the name that can't be resolved: others were, by the same upstream meanwhile.
    """

    code = EDE_NETWORK_ERROR

    def __init__(self, text: str, code: int | None = None, ofName: bool = False) -> None:
        """
        @raise TypeError: for what is no text, such as another error, or no number.
        @raise ValueError: for a number that is no extended DNS error.
        """
        super().__init__(text)
        self.text = given.text(text, "text of an error")
        self.ofName = ofName
        self.code = given.code(self.code if code is None else code)

    @property
    def told(self) -> str:
        """What of L{text} the client may read: see L{Reason}. Characters that UTF-8 has none for are C{?}."""
        words = told(self.text)
        return words if words.isascii() else words.encode("utf-8", "replace").decode()


class NoAnswer(ResolveError):
    """The time was over before any upstream answered."""

    code = EDE_NO_REACHABLE_AUTHORITY


class NotNow(ResolveError):
    """
    Nobody could be asked at once, where waiting might have helped.

    See L{IPromptResolver <dotchain.interfaces.IPromptResolver>}.
    """


class NotAsked(ResolveError):
    """It was not asked, for a reason that is known already: nothing is learnt of how it is."""


class DownByProbes(NotAsked, NotNow):
    """It does not answer queries of our own."""


class OverRate(NotAsked):
    """It has had as many queries as it may have."""

    code = EDE_OTHER


def servfail(error: ResolveError) -> Answer:
    """The answer that a failure amounts to."""
    return Answer.bare(SERVFAIL, ((error.code, error.told),))


class _Kind:
    """What kinds of stages and upstreams have in common."""

    kind: ClassVar[str] = ""
    options: ClassVar[Mapping[str, Option]] = {}
    counters: ClassVar[Sequence[str]] = ()

    # An operator's own may decide by the client: False is the safe default.
    replays = False

    # Set once it is made.
    section = ""

    def __init__(self, reactor: Reactor, **options: Any) -> None:
        self.reactor = reactor
        for key, value in options.items():
            setattr(self, key.replace("-", "_"), value)

    def explain(self, query: Query) -> str:
        """In a few words, what it knows of a query that it is about to get; this changes nothing."""
        return ""

    def through(self, change: Callable[[Any], Any]) -> Self:
        """
        The same with something else in the place of each resolver that its options name: C{dotchain
        explain} so sees what it asks. To be extended by those that keep them elsewhere, too.
        """
        made = copy.copy(self)
        for key, option in self.options.items():
            name = key.replace("-", "_")
            value = getattr(self, name, None)
            if isinstance(option.read, Naming) and value is not None:
                setattr(made, name, option.read.through(value, change))
        return made


@implementer(IResolver)
@provider(IKind)
class Upstream(_Kind):
    """
    A resolver at the end of a path: override L{resolve}.

    Each option that the class declares becomes an attribute of that name. With one that is read by
    L{upstreams <dotchain.naming.upstreams>} it is a group.

    @cvar counters: names of attributes that are numbers, for C{dotchain stats}.
    """

    role: ClassVar[str] = "upstream"

    def resolve(self, query: Query) -> Result | Coroutine[Any, Any, Answer]:  # type: ignore[override]
        """See L{Stage.resolve}."""
        raise NotImplementedError


@implementer(IResolver)
@provider(IKind)
class Stage(_Kind):
    """
    A resolver that holds the next one: override L{resolve}.

    Each option that the class declares becomes an attribute of that name.

    @ivar next: the next resolver's C{resolve}: may be called no times, once or more
        often, now or later, with this query or with another.
    @ivar section: the title of its section, such as C{stage quiet}, once the chain is built.
    @cvar counters: names of attributes that are numbers, for C{dotchain stats}.
    """

    role: ClassVar[str] = "stage"

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        super().__init__(reactor, **options)
        self.next: Callable[[Query], Result] = next.resolve
        # Whose relay it hands on: the next one may ask another upstream tomorrow.
        self._handsOn: Any = next
        self._relay: IRelay | None = None

    @property
    def relay(self) -> IRelay | None:
        """What passes on the messages that never come to a stage, or None: the next one's, unless set."""
        return getattr(self._handsOn, "relay", None) if self._relay is None else self._relay

    @relay.setter
    def relay(self, relay: IRelay | None) -> None:
        self._relay = relay

    def resolve(self, query: Query) -> Result | Coroutine[Any, Any, Answer]:  # type: ignore[override]
        """
        See L{IResolver.resolve}. It may be an C{async def}: the chain then wraps the stage, so that
        others see a Deferred.
        """
        return self.next(query)

    def before(self, next: IResolver) -> Self:
        """
        The same stage before another resolver, sharing what it keeps: C{dotchain explain} so sees
        what it asks for. To be extended by those that keep C{next} elsewhere, too.
        """
        made = copy.copy(self)
        made.next, made._handsOn = next.resolve, next
        return made
