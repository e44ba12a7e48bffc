"""DS, CA, NG: what is kept, for whom and how long."""

from __future__ import annotations

import itertools
import random
import time
from contextlib import ExitStack
from typing import Any

import pytest

from .client import datagrams
from .message import CD, NXDOMAIN, OPT, RD, RRSIG, SERVFAIL, SOA, TC, A, Message, labels, optrr, query, sign
from .misbehavior import AMISS
from .replies import RIGHT, addressOf
from .roles import CACHED, PATIENT, Meanwhile, Way, slowly, through

ALL = ["P-tls", "A-udp", "A-tcp", "F-udp", "F-tls", "Fu-udp"]
SLOW = ["A-udp", "F-tls", "Fu-udp"]


@through(ALL)
def test_DS01(way: Way, token: str) -> None:
    """Signatures come for those who set DO alone, in any order; DO is echoed (RFC 4035 section 3.2.1)."""
    opts = {True: [optrr(do=True)], False: [b"", optrr()]}
    everyone = [*opts[True], *opts[False]]
    for number, order in enumerate(itertools.permutations(everyone)):
        for opt in order:
            got = way.ask(query(f"sec.z{number}z.{token}.t", opt=opt))
            do = opt in opts[True]
            assert (RRSIG in got.types, got.do, got.answer[0]) == (do, do, RIGHT)
        if way.role.caches:
            asked = [Message(logged.wire).do for logged in way.seen(f"z{number}z\6{token}")]
            assert sorted(asked) == [False, True]


@through(ALL)
@pytest.mark.parametrize("order", [(0, CD, 0, CD), (CD, 0, CD, 0)], ids=["checked", "unchecked"])
def test_DS02(way: Way, token: str, order: tuple[int, ...]) -> None:
    """What was had with CD is for those who set CD alone, and vice versa (RFC 4035 section 3.2.2)."""
    for flag in order:
        got = way.ask(query(f"bogus.{token}.t", flags=RD | flag))
        assert got.flags & CD == flag
        assert (got.rcode, got.answer) == ((0, [RIGHT]) if flag else (SERVFAIL, []))


@through(["A-udp", "A-tcp", "F-udp", "F-tls", "Fu-udp"])
def test_CA01(way: Way, token: str) -> None:
    """Class, DO and CD are of the key: each combination primed, each other asked."""
    every = list(itertools.product((1, 3), (False, True), (0, CD)))
    for number, primed in enumerate(every):
        for dnsClass, do, flag in (primed, *every, *every):
            opt = optrr(do=True) if do else b""
            got = way.ask(query(f"combo.{number}.{token}.t", A, dnsClass, flags=RD | flag, opt=opt))
            assert got.answer == [bytes([10, dnsClass, do, bool(flag)])]
    assert len(way.seen(token)) == len(every) ** 2


@through(CACHED)
def test_CA02(way: Way, token: str) -> None:
    """Keys are made of labels, and only A-Z fold (RFC 4343 section 3)."""
    tail = token.encode(), b"t"
    names = [
        labels(b"hash", *middle, *tail)
        for middle in (
            (b"a.b",),
            (b"a", b"b"),
            (b"a\0b",),
            (b"a\\.b",),
            (b"\xdd",),
            (b"\xfd",),
            (b"\xc9",),
            (b"\xe9",),
            (b"@[",),
            (b"`{",),
        )
    ]
    for _ in range(2):
        for name in names:
            assert way.ask(query(name)).answer == [addressOf(name)]
    assert len(way.seen(token)) == len(names)
    assert way.ask(query(labels(b"HASH", b"A.B", *tail))).answer == [addressOf(names[0])]
    assert len(way.seen(token)) == len(names)


@slowly(SLOW)
def countDown(way: Way) -> None:
    """Ask for what lives three seconds until it's asked for again."""
    name = f"ttl3.countdown.{way.role.name}.{way.transport}.t"
    start = time.monotonic()
    for do in (False, True):
        assert {record.ttl for record in way.ask(query(name, opt=optrr(do=do))).rest} == {3}
    kept = time.monotonic()
    for wait in (0.0, 1.05, 2.05):
        time.sleep(max(0.0, kept + wait - time.monotonic()))
        for do in (False, True):
            before = time.monotonic() - kept
            got = way.ask(query(name, opt=optrr(do=do)))
            after = time.monotonic() - start
            assert [record.ttl for record in got.records if record.type == OPT] == [0x8000 if do else 0]
            # Whole seconds are counted: an entry may live nearly one less than it says.
            assert after > 2 or _asked(way, name) == 2
            for record in got.rest:
                assert _asked(way, name) > 2 or 2 - int(after) <= record.ttl <= 3 - int(before)
    time.sleep(max(0.0, kept + 3.1 - time.monotonic()))
    for do in (False, True):
        way.ask(query(name, opt=optrr(do=do)))
    assert _asked(way, name) >= 4


def _asked(way: Way, name: str) -> int:
    part = name.lower().encode()
    return sum(Message(each.wire).question.lower().startswith(_name(part)) for each in way.role.server.log)


def _name(part: bytes) -> bytes:
    return labels(*part.split(b"."))


@through(SLOW)
def test_CA03(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Every TTL counts down, OPT's is none, and at zero it's asked again (RFC 1035 section 3.2.1)."""
    meanwhile.outcome(countDown, ways, SLOW, way.name)


UNCACHEABLE: dict[str, dict[str, Any]] = {
    "tcalways": {},
    **{f"ok{kind}": {"type": kind} for kind in (130, 249, 253, 254)},
    "ok0": {"flags": 0},
}


@pytest.mark.parametrize("label", UNCACHEABLE)
@through(CACHED)
def test_CA07(way: Way, token: str, label: str) -> None:
    """Truncated answers, meta types and RD=0 are asked anew each time (RFC 1035 section 7.4)."""
    for count in (1, 2, 3):
        got = way.ask(query(f"{label}.{token}.t", opt=optrr(), **UNCACHEABLE[label]))
        assert not got.flags & TC or way.datagrams
        assert len(way.seen(token)) >= count


@through(CACHED)
def test_CA07_signed(way: Way, token: str) -> None:
    """What is signed is not kept, and what is kept is not for the signed."""
    way.ask(query(f"ok.{token}.t"))
    for _ in range(2):
        way.ask(sign(query(f"ok.{token}.t")))
    signed = [logged for logged in way.seen(token) if b"hmac-sha256" in logged.wire]
    assert len(signed) in {0, 2}


@through(CACHED)
def test_CA07_unsolicited(way: Way, token: str) -> None:
    """What nobody asked for is not kept: neither further records nor answers to other questions."""
    way.ask(query(f"extra.{token}.t"))
    for what in AMISS:
        way.ask(query(f"wrong{what}.{token}.t"))
    before = len(way.seen(token))
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]
    assert len(way.seen(token)) == before + 1


def differently(name: str, number: int) -> bytes:
    """A query as nobody else asks it: its case, DO, CD, OPT and size."""
    mixed = "".join(random.choice((str.lower, str.upper))(letter) for letter in name)
    do, flag = bool(number & 1), CD if number & 2 else 0
    opt = optrr(do=do, size=512 + number) if do or number & 4 else b""
    return query(mixed, flags=RD | flag, opt=opt)


@pytest.mark.parametrize("role", ["A", "F"])
def test_CA10(role: str, ways: dict[str, Way], token: str) -> None:
    """Two hundred ask the same, fifty leave: at most one question each for DO and CD (RFC 5452 section 5)."""
    each = [way for name, way in ways.items() if name.startswith(f"{role}-")]
    wires = [differently(f"sec900.mixed.{token}.t", number) for number in range(200)]
    with ExitStack() as closing:
        clients: list[Any] = []
        for number in range(200):
            way = each[number % len(each)]
            client = datagrams(way.port(PATIENT)) if way.datagrams else way.stream(PATIENT)
            clients.append(closing.enter_context(client))
        for wire, client in zip(wires, clients, strict=True):
            client.send(wire)
        for client in clients[:50]:
            client.__exit__(None, None, None)
        for wire, client in list(zip(wires, clients, strict=True))[50:]:
            octets = client.octets() if hasattr(client, "octets") else client.recv(4096)
            got, asked = Message(octets), Message(wire)
            assert (got.id, got.question, got.answer[0]) == (asked.id, asked.question, RIGHT)
            assert (got.opt is None, got.do, RRSIG in got.types) == (asked.opt is None, asked.do, asked.do)
            assert got.flags & CD == asked.flags & CD
    assert len(each[0].seen(token)) <= 4


@slowly(SLOW)
def negative(way: Way) -> None:
    """Ask for what is missing for two seconds until it's asked for again."""
    tail = f"negative.{way.role.name}.{way.transport}.t"
    kinds = {"nx2": NXDOMAIN, "nd2": 0, "nxs2": NXDOMAIN}
    start = kept = time.monotonic()
    for wait, most in ((0.0, 300), (0.0, 2), (1.05, 1)):
        time.sleep(max(0.0, kept + wait - time.monotonic()))
        for label, rcode in kinds.items():
            for do in (False, True):
                got = way.ask(query(f"{label}.{tail}", opt=optrr(do=do)))
                assert (got.rcode, got.answer) == (rcode, [])
                assert SOA in got.types
                assert _asked(way, f"{label}.{tail}") > 2 or max(record.ttl for record in got.rest) <= most
        if most == 300:
            kept = time.monotonic()
        elif not wait:
            asked = [_asked(way, f"{label}.{tail}") for label in kinds]
            assert time.monotonic() - start > 1 or asked == [2, 2, 2]
    time.sleep(max(0.0, kept + 2.1 - time.monotonic()))
    for label in kinds:
        way.ask(query(f"{label}.{tail}"))
        assert _asked(way, f"{label}.{tail}") >= 3


@through(SLOW)
def test_NG01(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """What is missing stays so for the lesser of SOA TTL and MINIMUM, and says it (RFC 2308 section 5)."""
    meanwhile.outcome(negative, ways, SLOW, way.name)
