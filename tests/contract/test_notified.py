"""Relays that take some NOTIFY messages themselves."""

from __future__ import annotations

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from dotchain.contract.notified import passesOn, responseOf
from dotchain.interfaces import INotified, IRelay


@implementer(IRelay)
class Passing:
    """Passes all on."""

    def converse(self, message: bytes, consumer: object, client: object) -> Deferred[None]:
        """See L{IRelay.converse}."""
        return succeed(None)


@implementer(INotified)
class Taking(Passing):
    """Takes messages that begin with a letter."""

    def __init__(self, letter: bytes, passesOn: bool = False) -> None:
        self.letter = letter
        self.passesOn = passesOn

    def notified(self, message: bytes, address: str) -> bytes | None:
        """See L{INotified.notified}."""
        return message.upper() + address.encode() if message.startswith(self.letter) else None


class NotifiedTests(SynchronousTestCase):
    """Who takes a message, and who passes on the others."""

    def test_response(self) -> None:
        """The first that takes it answers; those that take none are asked nothing."""
        relays = (None, Passing(), Taking(b"x"), Taking(b"a"), Taking(b""))
        self.assertEqual(responseOf(relays, b"abc", "192.0.2.1"), b"ABC192.0.2.1")
        self.assertIsNone(responseOf(relays[:3], b"abc", "192.0.2.1"))

    def test_passesOn(self) -> None:
        """A relay does, unless it says that there is nobody; None is no relay."""
        found = [passesOn(each) for each in (None, Passing(), Taking(b"x"), Taking(b"x", True))]
        self.assertEqual(found, [False, True, False, True])
