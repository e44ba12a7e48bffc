"""NOTIFY messages for a policy zone (RFC 1996), among all that a chain passes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.tsig
from twisted.internet.defer import Deferred, fail
from zope.interface import implementer

from ...api import ResolveError
from ...contract.notified import passesOn, responseOf
from ...interfaces import INotified, IRelay
from ...wire.codes import NOTIFY

if TYPE_CHECKING:
    from twisted.internet.interfaces import IConsumer

    from ...api import Client


@implementer(INotified)
class NotifiedRelay:
    """
    Takes NOTIFY for one zone from its primary, and hands on all else.

    """

    def __init__(
        self,
        behind: Callable[[], IRelay | None],
        origin: dns.name.Name,
        primary: str,
        key: dns.tsig.Key | None,
        notified: Callable[[], object],
    ) -> None:
        """
        @param behind: gives what the chain behind the stage passes on messages by now, or None.
        @param origin: the zone.
        @param primary: the address that may say that it has changed.
        @param key: where it signs, what with.
        @param notified: is called then.
        """
        self._behind = behind
        self._origin = origin
        self._primary = primary
        self._key = key
        self._notified = notified

    @property
    def passesOn(self) -> bool:
        """See L{INotified}."""
        return passesOn(self._behind())

    def converse(self, message: bytes, consumer: IConsumer, client: Client) -> Deferred[None]:
        """See L{IRelay.converse}."""
        relay = self._behind()
        if relay is None:
            return fail(ResolveError("nobody to pass on to"))
        return relay.converse(message, consumer, client)

    def notified(self, message: bytes, address: str) -> bytes | None:
        """See L{INotified.notified}."""
        if address.partition("%")[0] == self._primary:
            response = self._response(message)
            if response is not None:
                return response
        return responseOf((self._behind(),), message, address)

    def _response(self, message: bytes) -> bytes | None:
        """The response, where it is for this zone."""
        if message[2] >> 3 & 15 != NOTIFY or message[2] & 0x80:
            return None
        try:
            return self._answered(*self._read(message))
        except (dns.exception.DNSException, ValueError):
            return None

    def _read(self, message: bytes) -> tuple[Any, dns.rcode.Rcode]:
        """What it says, and whether it is signed as it must be where it is signed."""
        keyring = None if self._key is None else {self._key.name: self._key}
        try:
            told = dns.message.from_wire(message, keyring=keyring, ignore_trailing=True)
        except (dns.message.UnknownTSIGKey, dns.tsig.BadSignature, dns.tsig.BadTime, dns.tsig.BadKey):
            told = dns.message.from_wire(message, keyring=False, ignore_trailing=True)
            return told, dns.rcode.Rcode.NOTAUTH
        return told, dns.rcode.Rcode.NOERROR

    def _answered(self, told: Any, rcode: dns.rcode.Rcode) -> bytes | None:
        if len(told.question) != 1 or told.question[0].name != self._origin:
            return None
        response = dns.message.make_response(told) if rcode == dns.rcode.NOERROR else _bare(told)
        response.set_rcode(rcode)
        response.flags |= dns.flags.AA
        if rcode == dns.rcode.NOERROR:
            self._notified()
        return response.to_wire()


def _bare(told: Any) -> Any:
    """A response that is not signed, as the key is not known (RFC 8945 section 5.3.2)."""
    made = dns.message.Message(told.id)
    made.flags = dns.flags.Flag(dns.flags.QR)
    made.set_opcode(dns.opcode.Opcode.NOTIFY)
    made.question = told.question
    return made
