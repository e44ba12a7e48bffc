"""What the primary of a policy zone sends: the zone itself, and word that it has changed."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

import dns.message

from dotchain.stages.rpz.inbound import Inbound, TransferRefused
from dotchain.stages.rpz.notify import NotifiedRelay
from dotchain.stages.rpz.signature import Signatures
from dotchain.wire import FormatError, framing
from tests.stages.rpz.primary import KEY, ORIGIN, message, soa, whole
from tests.stages.rpz.test_notify import notify

from ..target import Target

_FRAMES = 8
_SECOND = 1_800_000_000
_PRIMARY = "192.0.2.53"
_DENIED, _OTHER = "bad.example.org 60 IN CNAME .", "other.example.org 60 IN MX 10 mail.example.org."
_CHANGES = [soa(6), soa(5), _DENIED, soa(6), _OTHER, soa(6)]


def _inbound(octets: bytes) -> None:
    """A transfer brings a zone or differences, or is none, whether it must be signed or not."""
    with suppress(FormatError):
        messages = framing.split(octets, _FRAMES)[0]
        for key in (None, KEY):
            for serial in (None, 5):
                with suppress(FormatError, TransferRefused):
                    _taken(Inbound(ORIGIN.to_digestable(), 7, serial, _signatures(key), 1000), messages)


def _signatures(key: object) -> Signatures:
    return Signatures(key, b"", lambda: float(_SECOND))  # type: ignore[arg-type]


def _taken(inbound: Inbound, messages: list[bytes]) -> None:
    for each in messages:
        if inbound.done:
            assert inbound.soa is not None
            return
        deque(inbound.steps(each), 0)


def _notified(octets: bytes) -> None:
    """Word of a change is answered, or is none; only what is signed as it must be counts."""
    if len(octets) < 12:
        # A front takes no shorter ones.
        return
    heard: list[None] = []
    for key in (None, KEY):
        relay = NotifiedRelay(lambda: None, ORIGIN, _PRIMARY, key, lambda: heard.append(None))
        answered = relay.notified(octets, _PRIMARY)
        if answered is not None:
            assert answered[:2] == octets[:2]
            assert answered[2] & 0x80
            dns.message.from_wire(answered, keyring=False)
        relay.notified(octets, "192.0.2.54")


def _sent(*records: str) -> bytes:
    made: bytes = message(7, records).to_wire()
    return made


def _word(name: str) -> bytes:
    made = notify(name)
    made.id = 7
    octets: bytes = made.to_wire()
    return octets


_REFUSED: bytes = message(7, (), rcode=5).to_wire()

TARGETS = (
    Target(
        "inbound",
        _inbound,
        tuple(
            framing.join(messages)
            for messages in (
                [_sent(*whole(5, _DENIED, "@ 60 IN NS ns", _OTHER, "x.example.org 60 IN TXT a b"))],
                [_sent(soa(6), _DENIED), _sent(_OTHER, soa(6))],
                [_sent(*_CHANGES)],
                [_sent(soa(5))],
                [_REFUSED],
            )
        ),
    ),
    Target("notify", _notified, (_word("policy.example"), _word("example.org"))),
)
