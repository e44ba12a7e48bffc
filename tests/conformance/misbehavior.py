"""What the scripted nameserver does wrong, by the first label of the name asked for."""

from __future__ import annotations

import random
import struct

from ..interop.asked import Asked
from .message import CNAME, EDE, NS, RA, SOA, TXT, A, Message, eopt, optrr, rr
from .replies import RIGHT, SELF, WRONG, Sender, address, reply, strings


def amiss(asked: Asked, what: str) -> bytes:
    """A response with the wrong address that belongs to another query in one respect."""
    asks = Message(asked.wire).question
    name, kind, dnsClass = asks[:-4], asks[-4:-2], asks[-2:]
    other = {
        "name": b"\2ok" + name[1 + name[0] :] + kind + dnsClass,
        "type": name + b"\0\x1c" + dnsClass,
        "class": name + kind + b"\0\3",
    }.get(what)
    flags = {"qr": RA, "opcode": 0xA000 | RA}.get(what, 0x8000 | RA)
    wrong = reply(asked, (rr(asks[:-4], A, WRONG),), asks=other, flags=flags)
    return bytes([wrong[0] ^ 0x55, wrong[1]]) + wrong[2:] if what == "id" else wrong


def _firstAmiss(what: str) -> Sender:
    def script(asked: Asked, _: int) -> None:
        asked.send(amiss(asked, what))
        asked.send(reply(asked, (address(),)), 0.1)

    return script


def forged(asked: Asked, _: int) -> None:
    """C{forge}: fifty forged datagrams, then the real one."""
    for _ in range(7):
        for what in ("id", "name", "type", "class", "qr", "opcode"):
            asked.send(amiss(asked, what))
    for _ in range(4):
        asked.forge(reply(asked, (address(WRONG),)))
        asked.forge(reply(asked, (address(WRONG),)), "127.0.0.2", asked.server.port)
    asked.send(reply(asked, (address(),)), 0.1)


def _malformed(asked: Asked) -> dict[str, bytes]:
    good = reply(asked, (address(WRONG),), bare=True)
    head, end = good[:12], 12 + len(Message(asked.wire).question)
    asks = good[12:end]
    here = struct.pack("!H", 0xC000 | end)
    data = struct.pack("!H", 0xC000 | end + 12)
    return {
        "owner": head + asks + rr(here, A, WRONG),
        "cname": head + asks + rr(SELF, CNAME, data),
        "soa": head + asks + rr(SELF, SOA, data + data + bytes(20)),
        "length": good[:-6] + b"\x01\x90" + WRONG,
        "count": head[:6] + b"\xff\xff" + head[8:] + asks,
    }


def _mutant(asked: Asked, number: int) -> None:
    """C{mutantN}: a good response with some octets changed, always the same for N."""
    records = (address(), rr(SELF, CNAME, b"\5there" + SELF))
    wire = bytearray(reply(asked, records, (rr(SELF, SOA, bytes(22)),)))
    changes = random.Random(number)
    for _ in range(changes.randint(1, 3)):
        wire[changes.randrange(2, len(wire))] ^= 1 << changes.randrange(8)
    asked.send(bytes(wire))
    asked.send(reply(asked, (address(),)), 0.05)


def _sends(what: str) -> Sender:
    return lambda asked, _: asked.send(_malformed(asked)[what])


def _header(asked: Asked, rcode: int) -> None:
    """C{headN}: a header and nothing else."""
    asked.send(asked.wire[:2] + bytes((0x80, rcode)) + bytes(8))


def _headerOnce(asked: Asked, rcode: int) -> None:
    """C{headonceN}: a header and nothing else to a query with EDNS, else a good response."""
    if Message(asked.wire).opt is None:
        asked.send(reply(asked, (address(),)))
    else:
        _header(asked, rcode)


def _behind(asked: Asked, _: int) -> None:
    """C{behind}: a good response, and octets behind its end."""
    asked.send(reply(asked, (address(),)) + b"junk")


def _behindOpt(asked: Asked, _: int) -> None:
    """C{behindopt}: a good response, and an OPT with an error that ARCOUNT does not count."""
    asked.send(reply(asked, (address(),), bare=True) + optrr(eopt(EDE, b"\0\x16junk")))


def _before(asked: Asked, _: int) -> None:
    """C{before}: a referral whose OPT stands before the addresses that it needs."""
    asks = len(Message(asked.wire).question)
    host = struct.pack("!H", 0xC000 | 12 + asks + 12)
    further = struct.pack("!H", 0xC000 | 12 + asks + 17 + 16 + 11)
    glue = (rr(host, A, RIGHT), rr(b"\2v6" + host, A, RIGHT), rr(further, A, RIGHT))
    authority = (rr(SELF, NS, b"\2ns" + SELF),)
    additional = (glue[0], optrr(), *glue[1:])
    asked.send(reply(asked, (), authority, additional, bare=True))


def _loose(asked: Asked, count: int) -> None:
    """C{looseN}: so many addresses, the name written out in front of each."""
    name = Message(asked.wire).question[:-4]
    asked.send(reply(asked, tuple(rr(name, A, RIGHT[:3] + bytes([each])) for each in range(count))))


def _twice(asked: Asked, _: int) -> None:
    """C{twice}: the response, and once more."""
    for _ in range(2):
        asked.send(reply(asked, (address(),)))


def _huge(asked: Asked, size: int) -> None:
    """C{hugeN}: so many octets, whatever the client takes."""
    empty = reply(asked, (rr(SELF, TXT, b""),))
    asked.send(reply(asked, (rr(SELF, TXT, strings(size - len(empty))),)))


MALFORMED = ["owner", "cname", "soa", "length", "count"]
"""Ways in which a response can be malformed; the label is C{bad} and the word."""

AMISS = ["name", "type", "class", "qr", "opcode"]
"""Respects in which a response can belong to another query; the label is C{wrong} and the word."""

MISBEHAVIOR: dict[str, Sender] = {
    **{f"bad{what}": _sends(what) for what in MALFORMED},
    **{f"wrong{what}": _firstAmiss(what) for what in AMISS},
    "forge": forged,
    "head": _header,
    "headonce": _headerOnce,
    "mutant": _mutant,
    "twice": _twice,
    "behind": _behind,
    "behindopt": _behindOpt,
    "before": _before,
    "loose": _loose,
    "huge": _huge,
}
