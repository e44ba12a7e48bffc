"""Where NOTIFY, UPDATE and zone transfers go that come by a C{route}."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, fail
from zope.interface import implementer

from ..api import FORMERR, FormatError, ResolveError
from ..contract.notified import passesOn, responseOf
from ..interfaces import INotified, IRelay
from ..wire import Query
from ..wire.names import skipPlainName

if TYPE_CHECKING:
    from twisted.internet.interfaces import IConsumer

    from ..api import Client

# One question, and nothing else.
_HEADER = b"\0\0\0\0\0\1\0\0\0\0\0\0"


@implementer(INotified)
class RouteRelay:
    """
    Passes messages on to whomever a question for the name of their zone would go to, but for NOTIFY that
    anybody takes himself.
    """

    def __init__(self, asked: Callable[[Query], Any], everyone: Sequence[Any] = ()) -> None:
        """
        @param asked: the resolver that is asked a question.
        @param everyone: all whom it may be.
        """
        self._asked = asked
        self._everyone = everyone

    @property
    def _relays(self) -> list[Any]:
        """As they are now."""
        return [getattr(each, "relay", None) for each in self._everyone]

    @property
    def passesOn(self) -> bool:
        """See L{INotified}."""
        return any(passesOn(each) for each in self._relays)

    def notified(self, message: bytes, address: str) -> bytes | None:
        """See L{INotified.notified}."""
        return responseOf(self._relays, message, address)

    def converse(self, message: bytes, consumer: IConsumer, client: Client) -> Deferred[None]:
        """See L{IRelay.converse}."""
        try:
            question = _question(message, client)
        except FormatError as error:
            return fail(ResolveError(str(error)))
        relay: IRelay | None = getattr(self._asked(question), "relay", None)
        if relay is None:
            return fail(ResolveError("the upstream of this zone passes nothing on but questions"))
        done: Deferred[None] = relay.converse(message, consumer, client)
        return done


def _question(message: bytes, client: Client) -> Query:
    """
    The question of a NOTIFY or a transfer, or the zone of an UPDATE: all stand in the same place (RFC 2136
    section 2.3).

    @raise FormatError: where there is none.
    """
    try:
        end = skipPlainName(message, 12) + 4
    except IndexError:
        raise FormatError("question is cut off", FORMERR) from None
    return Query(_HEADER + message[12:end], client)
