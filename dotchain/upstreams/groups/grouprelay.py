"""Which member of a group passes on NOTIFY, UPDATE and zone transfers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred, fail
from zope.interface import implementer

from ...interfaces import IRelay
from ...resolver import ResolveError
from .health import DRAINED, HEALTHY

if TYPE_CHECKING:
    from twisted.internet.interfaces import IConsumer

    from ...client import Client
    from .member import Member


@implementer(IRelay)
class GroupRelay:
    """Has the first member that works pass a message on, in the order of the file, and nobody else."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members

    def converse(self, message: bytes, consumer: IConsumer, client: Client) -> Deferred[None]:
        """See L{IRelay.converse}."""
        members = sorted(self._members, key=lambda member: (member.state == DRAINED, member.state != HEALTHY))
        relays = (relayOf(member) for member in members)
        relay = next((each for each in relays if each is not None), None)
        if relay is None:
            return fail(ResolveError("no member passes anything on but questions"))
        done: Deferred[None] = relay.converse(message, consumer, client)
        return done


def relayOf(member: Member) -> IRelay | None:
    """What a member passes messages on by."""
    return getattr(member.resolver, "relay", None)
