"""The seams: what a resolver is, and what a kind of resolver tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IConsumer

    from .client import Client
    from .options import Option
    from .wire import Answer, Query


class DelayedCall(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None:
        """Let it not come."""

    def active(self) -> bool:
        """Whether it is still to come."""


class Reactor(Protocol):
    """
    What a stage needs of Twisted's reactor, in words that type checkers know without a plugin.

    A test gives L{Clock <twisted.internet.task.Clock>}.
    """

    def seconds(self) -> float:
        """The time by a clock of its own, in seconds."""

    def callLater(self, delay: float, callable: Any, /, *args: Any, **kwargs: Any) -> DelayedCall:
        """Call it in so many seconds."""


class Resolver(Protocol):
    """L{IResolver} as far as others ask it, in words that type checkers know without a plugin."""

    def resolve(self, query: Query, /) -> Answer | Deferred[Answer]:
        """See L{IResolver.resolve}."""


class IAfterReads(Interface):
    """A reactor that tells when what was ready in a turn has been read."""

    def callAfterReads(call: Callable[[], object]) -> None:
        """
        Call it once, when the rest of what is ready has been read, or before the next wait; a
        failure is the caller's own.
        """


class IForgetting(Interface):
    """What a reactor may also be."""

    def forget(descriptor: object) -> None:
        """
        Watch a descriptor no more whose file is closed next: the system forgets it by itself then, without
        a call of its own.
        """


class IResolver(Interface):
    """Everything that answers: a stage, an upstream, a group, a chain, a test's fake."""

    replays: bool = Attribute(
        """
        An answer that L{resolve} gives at once depends on the query's octets alone and
        stays the same for the rest of this second, so that a front may remember it. Where
        it has no errors and all its TTLs are above 1, it may be given in the first tenth
        of the next second, too. Where a stage only counts who asks, it says so by
        L{PASSAGE<dotchain.toll.PASSAGE>} instead, and its answers replay.
        """
    )

    def resolve(query: Query) -> Answer | Deferred[Answer]:
        """
        Answer one query.

        @return: an L{Answer <dotchain.wire.Answer>} when it is known now, else a
            Deferred of one. A failure is always a failed Deferred, never raised;
            L{ResolveError <dotchain.resolver.ResolveError>} carries the reason that
            the client is told.
        """


class IPromptResolver(IResolver):
    """An upstream that lets a group ask the next one as soon as it can't be reached itself."""

    def attempt(query: Query) -> Answer | Deferred[Answer]:
        """
        Answer one query as L{resolve} does, but fail at once where nobody can be asked now.

        Where L{resolve} would have waited for somebody who can be asked again in time,
        the failure is L{NotNow <dotchain.resolver.NotNow>}.
        """


class IRelay(Interface):
    """
    What passes on messages that are no questions about records: NOTIFY, UPDATE, zone transfers.

    They go octet for octet, and past every stage, which could make no sense of them: L{Stage
    <dotchain.resolver.Stage>} hands on, as its attribute C{relay}, what the upstream at the end of
    the path has there.
    """

    def converse(message: bytes, consumer: IConsumer, client: Client) -> Deferred[None]:
        """
        Send one message, never twice, and write all that comes back for it, message by message.

        The consumer is registered with an L{IPushProducer
        <twisted.internet.interfaces.IPushProducer>} as soon as the message may have been sent: a
        transfer is larger than what anyone can hold. Both messages may have any ID.

        @param client: who sent it.
        @return: fires when the last message has been written. Fails with a L{ResolveError
            <dotchain.resolver.ResolveError>} where they end before; where that is before the
            first, the client can be told. To cancel it is to close the connection.
        @raise FormatError: where a transfer is asked for in a way that makes no sense.
        """


class INotified(IRelay):
    """A relay that takes some NOTIFY messages (RFC 1996) itself, as for a zone that a stage has."""

    passesOn: bool = Attribute("Whether there is anybody whom it passes other messages on to.")

    def notified(message: bytes, address: str) -> bytes | None:
        """
        Take one message, if it is for this one.

        @param address: who sent it.
        @return: the response; None where the message is for others.
        """


class IKind(Interface):
    """
    A kind of stage or upstream that an INI file can name. Classes provide it.

    A stage is made by C{kind(next, reactor, **options)}, an upstream by
    C{kind(reactor, **options)}. Where the object made provides
    L{IService <twisted.application.service.IService>}, it starts and stops with the daemon.
    """

    kind: str = Attribute("The word that stands in the INI file.")

    role: str = Attribute("C{stage}, which has a next resolver, or C{upstream}, which has none.")

    options: Mapping[str, Option] = Attribute("The keys that the section knows, by name.")

    def __call__(*args: Any, **options: Any) -> Any:
        """Make a resolver of this kind."""
