"""What machines that share a server leave there for each other: those who know the secret, and others."""

from __future__ import annotations

from datetime import datetime, timezone

from dotchain.control.fleet.beat import Beat, opened, sealed
from dotchain.control.fleet.machine import byMachine, machine
from dotchain.stages.shared.flushplace import FlushPlace
from dotchain.stages.shared.flushseal import FlushSeal
from dotchain.stages.shared.signature import Signature
from dotchain.stages.shared.values import Values
from dotchain.testing import SOA, makeAnswer, makeQuery
from dotchain.valkey.away import Away
from dotchain.wire import Hop, render
from dotchain.wire.codes import NXDOMAIN

from ..target import Target

_SIGNATURE = Signature(b"fuzz")
_KEY = b"dotchain:fuzz"
_QUERY = makeQuery("www.example.org.", "A")
_NOW = 1_800_000_000_000
_LIFE = 86_400
_NONCE = bytes(12)


def _signed(octets: bytes) -> bytes:
    """As one who knows the secret has it: without one that is anybody."""
    return _SIGNATURE.of(_KEY + octets) + octets


def _value(octets: bytes) -> None:
    """It is an answer that can be sent to a client, or none."""
    values = Values(_SIGNATURE, _LIFE)
    assert values.opened(_KEY, _QUERY.question, octets, _NOW) is None
    found = values.opened(_KEY, _QUERY.question, _signed(octets), _NOW)
    if found is not None:
        assert found.left(_NOW) <= _LIFE
        assert found.put <= _NOW + 5000
        render(_QUERY, found.answer, Hop(stream=True))


def _flush(octets: bytes) -> None:
    """It has a name, or is none."""
    seal = FlushSeal(_SIGNATURE, _KEY)
    assert seal.opened(octets) is None
    place = seal._place
    found = seal.opened(b"\1" + _NONCE + seal._cipher.encrypt(_NONCE, octets, place))
    if found is not None:
        assert 0 < len(found.name) <= 255
        assert found.name[-1] == 0
    try:
        assert FlushPlace.read(octets).generation < 1 << 64
    except Away:
        return


def _heartbeat(octets: bytes) -> None:
    """It makes a row of what operators see, or is none."""
    assert opened(_SIGNATURE, _KEY, octets) is None
    beat = opened(_SIGNATURE, _KEY, _signed(octets))
    if beat is not None:
        (beats,) = byMachine([beat, beat])
        row = machine(beats, 0.0, _NOW / 1000, False)
        assert row["machine"].isprintable()
        if beat.certificate is not None:
            datetime.fromtimestamp(beat.certificate, timezone.utc)


def _values() -> tuple[bytes, ...]:
    found = makeAnswer(_QUERY, "www.example.org. 300 IN A 192.0.2.1", errors=[(4, "x")])
    denied = makeAnswer(_QUERY, authority=[SOA], rcode=NXDOMAIN)
    values = Values(_SIGNATURE, _LIFE)
    return tuple(values.sealed(_KEY, each, _NOW, 300, 7)[16:] for each in (found, denied))


_BEAT = Beat("0123456789abcdef", 1, 2, "a", "0.1", _NOW / 1000, 0.1, 60.0, {"queries": 1.5}, _NOW / 1000)

TARGETS = (
    Target("value", _value, _values(), message=True),
    Target("flush", _flush, (bytes(9) + b"\7example\3org\0", bytes(7) + b"\1\1\0", b"1700000000000-3")),
    Target("heartbeat", _heartbeat, (sealed(_SIGNATURE, _KEY, _BEAT)[16:],)),
)
