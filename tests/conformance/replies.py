"""What the scripted nameserver answers: the first label of the name says it."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from hashlib import sha256

from ..interop.asked import Asked
from .message import (
    AA,
    AD,
    CD,
    CNAME,
    ECS,
    NS,
    NSEC,
    NXDOMAIN,
    RA,
    RD,
    RRSIG,
    SERVFAIL,
    SOA,
    TC,
    TXT,
    A,
    Message,
    eopt,
    optrr,
    rr,
    tsig,
)

SELF = b"\xc0\x0c"
"""A pointer to the question's name."""

RIGHT, WRONG = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 66])
"""The data of the right A record, and of one that no client must ever get."""


def reply(
    asked: Asked,
    answer: tuple[bytes, ...] = (),
    authority: tuple[bytes, ...] = (),
    additional: tuple[bytes, ...] = (),
    *,
    rcode: int = 0,
    flags: int = 0x8000 | AA | RA,
    asks: bytes | None = None,
    options: bytes = b"",
    bare: bool = False,
) -> bytes:
    """
    A response to a query, with an OPT if that had one.

    @param asks: the question section in place of the query's own.
    @param bare: without OPT, whatever the query had.
    """
    got = Message(asked.wire)
    opt = b""
    if got.opt is not None and not bare:
        opt = optrr(options, do=got.do, extended=rcode >> 4)
    flags |= got.flags & (RD | CD) | rcode & 15
    counts = (len(answer), len(authority), len(additional) + bool(opt))
    header = asked.wire[:2] + struct.pack("!HHHHH", flags, 1, *counts)
    asks = got.question if asks is None else asks
    return header + asks + b"".join((*answer, *authority, *additional)) + opt


def address(data: bytes = RIGHT, ttl: int = 300) -> bytes:
    """An A record of the name asked for."""
    return rr(SELF, A, data, ttl)


def soa(ttl: int, minimum: int) -> bytes:
    """An SOA record of the root's."""
    return rr(b"\0", SOA, b"\1m\0\1h\0" + struct.pack("!IIIII", 1, 2, 3, 4, minimum), ttl)


def strings(size: int) -> bytes:
    """TXT data of exactly so many octets."""
    return b"".join(
        bytes([piece - 1]) + b"x" * (piece - 1)
        for piece in [256] * (size // 256) + ([size % 256] if size % 256 else [])
    )


def filled(asked: Asked, size: int, *, rcode: int = 0, bare: bool = False, type: int = TXT) -> bytes:
    """A response of exactly so many octets; over UDP cut as the client wants it."""
    empty = reply(asked, (rr(SELF, type, b""),), rcode=rcode, bare=bare)
    data = strings(size - len(empty))
    section = ((rr(SELF, type, data),), ()) if not rcode else ((), (rr(SELF, type, data),))
    whole = reply(asked, *section, rcode=rcode, bare=bare)
    assert len(whole) == size
    opt = Message(asked.wire).opt
    if asked.transport == "udp" and size > (opt.dnsClass if opt else 512):
        return reply(asked, flags=0x8000 | RA | TC)
    return whole


def plain(asked: Asked, _: int) -> None:
    """C{ok} and whatever is unknown: one address."""
    asked.send(reply(asked, (address(),)))


def negative(rcode: int) -> Callable[[Asked, int], None]:
    """C{nxN} and C{ndN}: SOA of TTL 300 and MINIMUM N; with DO a proof."""

    def script(asked: Asked, minimum: int) -> None:
        proof = (rr(SELF, NSEC, b"\0\0\1\x40"), rr(SELF, RRSIG, bytes(40))) if Message(asked.wire).do else ()
        asked.send(reply(asked, (), (soa(300, minimum), *proof), rcode=rcode))

    return script


def truncated(asked: Asked, _: int) -> None:
    """C{tc}: truncated over UDP, whole over TCP."""
    cut = asked.transport == "udp"
    asked.send(reply(asked, flags=0x8000 | RA | TC) if cut else reply(asked, (address(),)))


def truncatedDead(asked: Asked, _: int) -> None:
    """C{tcdead}: truncated over UDP, with a record; TCP connections are closed."""
    if asked.transport == "udp":
        asked.send(reply(asked, (address(WRONG),), flags=0x8000 | RA | TC))
    else:
        asked.close()


def echo(asked: Asked, _: int) -> None:
    """C{echo}: the query as it came."""
    pieces = [asked.wire[at : at + 255] for at in range(0, len(asked.wire), 255)]
    data = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    asked.send(reply(asked, (rr(SELF, TXT, data, 0),)))


def secured(asked: Asked, delay: int) -> None:
    """C{secN}: a signature for those who set DO, after N ms."""
    more = (rr(SELF, RRSIG, bytes(40)),) if Message(asked.wire).do else ()
    asked.send(reply(asked, (address(), *more)), delay / 1000)


def bogus(asked: Asked, _: int) -> None:
    """C{bogus}: SERVFAIL unless CD is set."""
    checked = not Message(asked.wire).flags & CD
    asked.send(reply(asked, rcode=SERVFAIL) if checked else reply(asked, (address(),)))


def combination(asked: Asked, _: int) -> None:
    """C{combo}: another address for each class, DO and CD."""
    got = Message(asked.wire)
    data = bytes([10, got.question[-1], got.do, bool(got.flags & CD)])
    asked.send(reply(asked, (rr(SELF, A, data, dnsClass=got.question[-1]),)))


def hashed(asked: Asked, _: int) -> None:
    """C{hash}: an address made of the name's octets."""
    asked.send(reply(asked, (address(addressOf(Message(asked.wire).question[:-4])),)))


def addressOf(name: bytes) -> bytes:
    """An address made of a name's octets, A-Z folded."""
    return sha256(name.lower()).digest()[:4]


def tailored(asked: Asked, _: int) -> None:
    """C{ecs}: an address made of the client's network, where it is told."""
    subnet = dict(Message(asked.wire).options).get(ECS)
    if subnet is None:
        asked.send(reply(asked, (address(),)))
    else:
        scoped = eopt(ECS, subnet[:3] + b"\x18" + subnet[4:])
        asked.send(reply(asked, (address(subnet[4:7] + b"\x63"),), options=scoped))


def signed(asked: Asked, _: int) -> None:
    """C{signed}: a signature of the message, for a query that has one."""
    tail = tsig(int.from_bytes(asked.wire[:2], "big"))
    asked.send(reply(asked, (address(),), (), (tail,), bare=True))


def lowered(asked: Asked, _: int) -> None:
    """C{lower}: the question in lower case."""
    asks = Message(asked.wire).question
    asked.send(reply(asked, (address(),), asks=asks[:-4].lower() + asks[-4:]))


def typed(asked: Asked, _: int) -> None:
    """C{rdata}: data of the type asked for that must not be touched, and a record without data."""
    kind, dnsClass = struct.unpack("!HH", Message(asked.wire).question[-4:])
    data = (b"\xc0\x0c\x00\xff", b"\0\1\0\0\0\1\0\3\2h2", b"\0\1\0\2\0\x35\3WwW\2Ok\0", b"")
    asked.send(reply(asked, tuple(rr(SELF, kind, each, dnsClass=dnsClass) for each in data)))


def noEdns(asked: Asked, rcode: int) -> None:
    """C{noednsN}: an error without OPT for queries with one."""
    asked.send(
        reply(asked, rcode=rcode, bare=True) if Message(asked.wire).opt else reply(asked, (address(),))
    )


def talkative(asked: Asked, _: int) -> None:
    """C{talk}: all options that a server may volunteer, an OPT that nobody asked for among them."""
    options = (
        eopt(3, b"ns1"),
        eopt(10, bytes(24)),
        eopt(18, b"\2er\0"),
        eopt(19, b"\0\0"),
        eopt(65001, b"x"),
    )
    told = reply(asked, (address(),), bare=True)
    told = told[:10] + b"\0\1" + told[12:] + optrr(*options, size=65535)
    asked.send(told)


def combined(asked: Asked, _: int) -> None:
    """C{multi}: another record for whoever asks for several types at once (RFC 10029)."""
    more = (rr(SELF, 28, bytes(16)),) if {13, 20} & set(Message(asked.wire).codes) else ()
    asked.send(reply(asked, (address(), *more)))


def compact(asked: Asked, _: int) -> None:
    """C{compact}: NXDOMAIN for whoever sets the CO flag (RFC 9824 section 5.1), else no error."""
    opt = Message(asked.wire).opt
    asked.send(reply(asked, rcode=NXDOMAIN if opt and opt.ttl & 0x4000 else 0))


def authenticated(asked: Asked, _: int) -> None:
    """C{auth}: always with AD."""
    asked.send(reply(asked, (address(),), flags=0x8000 | AD | RA))


def explained(asked: Asked, rcode: int) -> None:
    """C{whyN}: two extended errors."""
    asked.send(reply(asked, rcode=rcode, options=eopt(15, b"\0\x06bogus") + eopt(15, b"\0\x09")))


def ordered(asked: Asked, _: int) -> None:
    """C{order}: records of two names and types that take turns, with other TTLs each."""
    records = (
        rr(SELF, A, RIGHT, 300),
        rr(SELF, 28, bytes(16), 200),
        rr(SELF, A, WRONG, 100),
        rr(SELF, A, RIGHT, 300),
        rr(SELF, 5, SELF, 50),
    )
    asked.send(reply(asked, records))


def uneven(asked: Asked, _: int) -> None:
    """C{uneven}: one RRset of two TTLs."""
    asked.send(reply(asked, (address(ttl=60), address(WRONG, 5))))


def alias(asked: Asked, ttl: int) -> None:
    """C{aliasN}: an alias of TTL 100 for an address of TTL N."""
    target = b"\5there" + SELF
    asked.send(reply(asked, (rr(SELF, CNAME, target, 100), rr(target, A, RIGHT, ttl))))


def dangling(asked: Asked, _: int) -> None:
    """C{gone}: an alias for a name that is not there."""
    found = rr(SELF, CNAME, b"\5there" + SELF)
    if Message(asked.wire).question[-4:-2] == b"\0\5":
        asked.send(reply(asked, (found,)))
    else:
        asked.send(reply(asked, (found,), (soa(300, 300),), rcode=NXDOMAIN))


def burdened(asked: Asked, count: int) -> None:
    """C{moreN}: N address records in the additional section."""
    more = tuple(rr(b"\1x" + SELF, A, WRONG) for _ in range(count))
    asked.send(reply(asked, (address(),), (), more))


Sender = Callable[[Asked, int], None]

_PLAIN: dict[str, Sender] = {
    "ok": plain,
    "ttl": lambda asked, n: asked.send(reply(asked, (address(ttl=n),), (soa(n, 9),))),
    "d": lambda asked, n: asked.send(reply(asked, (address(),)), n / 1000),
    "size": lambda asked, n: asked.send(filled(asked, n)),
    "bignx": lambda asked, n: asked.send(filled(asked, n, rcode=NXDOMAIN, type=50)),
    "tc": truncated,
    "tcdead": truncatedDead,
    "tcalways": lambda asked, n: asked.send(reply(asked, (address(),), flags=0x8000 | RA | TC)),
    "nx": negative(NXDOMAIN),
    "nd": negative(0),
    "nxs": lambda asked, n: asked.send(reply(asked, (), (soa(n, 300),), rcode=NXDOMAIN)),
    "rc": lambda asked, n: asked.send(reply(asked, rcode=n)),
    "drop": lambda asked, n: None,
    "late": lambda asked, n: asked.send(reply(asked, (address(WRONG),)), n / 1000),
    "echo": echo,
    "sec": secured,
    "bogus": bogus,
    "combo": combination,
    "hash": hashed,
    "ecs": tailored,
    "signed": signed,
    "lower": lowered,
    "noedns": noEdns,
    "formerr": lambda asked, n: asked.send(reply(asked, rcode=1)),
    "talk": talkative,
    "multi": combined,
    "compact": compact,
    "auth": authenticated,
    "why": explained,
    "order": ordered,
    "more": burdened,
    "uneven": uneven,
    "alias": alias,
    "gone": dangling,
    "fleeting": lambda asked, n: asked.send(reply(asked, (address(ttl=0),)), n / 1000),
    "brief": lambda asked, n: asked.send(reply(asked, (address(),), (), (rr(b"\1x" + SELF, A, WRONG, 0),))),
    "bare": lambda asked, n: asked.send(filled(asked, n, bare=True)),
    "denied": lambda asked, n: asked.send(reply(asked, rcode=NXDOMAIN)),
    "referral": lambda asked, n: asked.send(reply(asked, (), (rr(SELF, NS, b"\2ns" + SELF),))),
    "stray": lambda asked, n: asked.send(reply(asked, (address(), rr(b"\2ok" + _behind(asked), A, WRONG)))),
    "rdata": typed,
    "padded": lambda asked, n: asked.send(reply(asked, (address(),), options=eopt(12, bytes(300)))),
    "alive": lambda asked, n: asked.send(reply(asked, (address(),), options=eopt(11, b"\0\x64"))),
    "extra": lambda asked, n: asked.send(
        reply(asked, (address(),), (), (rr(b"\2ok" + _behind(asked), A, WRONG),))
    ),
}


def _behind(asked: Asked) -> bytes:
    """The name asked for without its first label."""
    name = Message(asked.wire).question[:-4]
    return name[1 + name[0] :]


def byLabel(more: dict[str, Sender]) -> Callable[[Asked], None]:
    """The script of a nameserver that knows all labels of this module, and more."""
    known = {**_PLAIN, **more}

    def script(asked: Asked) -> None:
        word, number = re.fullmatch(r"([a-z]*)(\d*).*", asked.label, re.DOTALL).groups()  # type: ignore[union-attr]
        known.get(word, plain)(asked, int(number or 0))

    return script
