"""An answer: what goes back behind a question, the same for everyone who asks it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

import dns.message
import dns.rcode
from dns.exception import DNSException

from . import edns as _edns
from . import given as _given
from .codes import AA, AD, EDE, KEEPALIVE, NOERROR, NXDOMAIN, RA, SERVFAIL, SUBNET, TC
from .compress import across
from .errors import FormatError
from .given import LONGEST_TTL
from .names import skipPlainName
from .records import Records, negativeTTL, walk

if TYPE_CHECKING:
    from mypy_extensions import i64

_TTL: Final = Struct("!I")
_COUNT: Final = Struct("!H")
_KEPT: Final = AA | RA | AD | TC

Errors = tuple[tuple[int, str], ...]
"""Extended DNS errors as (INFO-CODE, EXTRA-TEXT)."""


class Answer:
    """
    The part of a response that belongs to the question, not to one asker or one hop.

    ID, question and OPT are re-made for each client; the rest stays the octets that
    the upstream sent. Never changed once made.

    @ivar flags: AA, RA, AD and TC, as far as they were set.
    @ivar rcode: all twelve bits (RFC 6891 section 6.1.3).
    @ivar counts: ANCOUNT, NSCOUNT and ARCOUNT as on the wire, OPT not counted.
    @ivar body: the records, OPT not among them.
    @ivar ttls: where in the body each TTL stands, in their order.
    @ivar errors: extended DNS errors (RFC 8914).
    @ivar keepalive: seconds that the connection it came by may stay unused (RFC 7828),
        where it said so; of this hop only, and so not kept by what is made from it.
    @ivar subnet: the data of its EDNS Client Subnet option (RFC 7871), of this hop only, too.
    @ivar told: EDNS options for its client, put to it by a stage; no answer made from it has them.
    @ivar verbatim: the whole response, where it is signed and must not be touched.
    """

    __slots__ = (
        "body",
        "counts",
        "errors",
        "flags",
        "keepalive",
        "rcode",
        "subnet",
        "told",
        "ttls",
        "verbatim",
    )

    def __init__(
        self,
        flags: int,
        rcode: int,
        counts: bytes = bytes(6),
        body: bytes = b"",
        ttls: tuple[int, ...] = (),
        errors: Errors = (),
        verbatim: bytes | None = None,
    ) -> None:
        self.flags = flags
        self.rcode = rcode
        self.counts = counts
        self.body = body
        self.ttls = ttls
        self.errors = errors
        self.verbatim = verbatim
        self.keepalive: float | None = None
        self.subnet: bytes | None = None
        self.told = b""

    def __await__(self) -> Generator[Any, None, Answer]:
        """It is there already: C{await} takes what a resolver returns, be it an answer or a Deferred."""
        yield from ()
        return self

    @classmethod
    def bare(cls, rcode: int, errors: Sequence[tuple[int, str]] = ()) -> Answer:
        """
        An answer of our own without records.

        @raise TypeError: see L{Answer.having}.
        @raise ValueError: see L{Answer.having}.
        """
        return cls(RA, _given.rcode(rcode), errors=_given.errors(errors) if errors else ())

    @classmethod
    def parse(cls, wire: bytes, asked: bytes = b"") -> Answer:
        """
        Take a response apart. Octets behind its last record are left out.

        @param asked: the question that was sent: most bring it back in the same octets, whose
            end is known then.
        @raise FormatError: where it is malformed anywhere, which is never passed on
            (RFC 1035 section 7.3).
        """
        try:
            flags, questions = wire[2] << 8 | wire[3], wire[4] << 8 | wire[5]
            end = 12 + len(asked)
            if not questions:
                end = 12
            elif not asked or wire[12:end] != asked:
                end = skipPlainName(wire, 12) + 4
        except IndexError:
            raise FormatError("response is cut off") from None
        if questions > 1 or (not questions and wire[6:10] != bytes(4)):
            raise FormatError("response without its one question")
        found = walk(wire, end)
        if found.end != len(wire):
            wire = wire[: found.end]
            # A name that led behind the end leads nowhere.
            found = walk(wire, end)
        if found.signed:
            return Answer(flags & _KEPT, flags & 15, verbatim=wire)
        made = _dissected(wire, flags, end, found)
        # Records behind no question could not be put behind the client's.
        return made if questions else Answer(made.flags, made.rcode, errors=made.errors)

    @property
    def ttl(self) -> int:
        """The least TTL of all records, in seconds; 0 where there is none."""
        body = self.body
        return min((_TTL.unpack_from(body, at)[0] for at in self.ttls), default=0)

    @property
    def negative(self) -> bool:
        """NXDOMAIN, or no record in the answer section (RFC 2308 section 2)."""
        return self.rcode == NXDOMAIN or self.counts[:2] == b"\0\0"

    @property
    def negativeTTL(self) -> int | None:
        """Seconds that a negative answer may be kept (RFC 2308 section 5), or None."""
        return negativeTTL(self.counts, self.body)

    def capped(self, most: int) -> Answer:
        """
        The same with no TTL above most, in seconds.

        @raise TypeError: for what is no whole number.
        @raise ValueError: for one that no TTL can be.
        """
        most = _given.ttl(most)
        body = bytearray(self.body)
        for at in self.ttls:
            _TTL.pack_into(body, at, min(_TTL.unpack_from(body, at)[0], most))
        return self.having(body=bytes(body))

    def lasting(self, seconds: int) -> Answer:
        """
        The same with every TTL set to this.

        @raise TypeError: for what is no whole number.
        @raise ValueError: for one that no TTL can be.
        """
        # The cache comes here each second for each name that is asked for.
        if type(seconds) is not int or not 0 <= seconds <= LONGEST_TTL:
            seconds = _given.ttl(seconds)
        body, ttl = self.body, seconds.to_bytes(4, "big")
        if len(self.ttls) == 1:
            at = self.ttls[0]
            made = body[:at] + ttl + body[at + 4 :]
        else:
            made = ttl.join(_between(body, self.ttls))
        return Answer(self.flags, self.rcode, self.counts, made, self.ttls, self.errors, self.verbatim)

    def having(
        self,
        flags: int | None = None,
        rcode: int | None = None,
        body: bytes | None = None,
        errors: Sequence[tuple[int, str]] | None = None,
    ) -> Answer:
        """
        The same but for what is given.

        @param body: records with their TTLs where they were, and as many of them.
        @raise TypeError: for what is of another type.
        @raise ValueError: for what a message has no room for.
        """
        return Answer(
            self.flags if flags is None else _given.flags(flags),
            self.rcode if rcode is None else _given.rcode(rcode),
            self.counts,
            self.body if body is None else body if type(body) is bytes else _given.octets(body, "body"),
            self.ttls,
            self.errors if errors is None else _given.errors(errors),
            self.verbatim,
        )

    def message(self, question: bytes) -> dns.message.Message:
        """
        The answer as dnspython's message (100-500 µs).

        @param question: the question that it belongs to, as on the wire; its length
            is what compression pointers rely on.
        @raise FormatError: where a record's RDATA is not what its type wants.
        """
        if self.verbatim is not None:
            return readMessage(self.verbatim)
        flags = 0x8000 | self.flags | (self.rcode & 15)
        header = bytes(2) + flags.to_bytes(2, "big") + b"\0\1" + self.counts
        made = readMessage(header + question + self.body)
        made.set_rcode(dns.rcode.Rcode(self.rcode))
        return made


def _between(body: bytes, ttls: tuple[int, ...]) -> list[bytes]:
    """The octets before, between and behind TTLs."""
    pieces = []
    behind: i64 = 0
    at: i64
    for at in ttls:
        pieces.append(body[behind:at])
        behind = at + 4
    pieces.append(body[behind:])
    return pieces


def _dissected(wire: bytes, flags: int, end: int, found: Records) -> Answer:
    """
    What a response says that is not signed.

    @param end: the end of the question.
    """
    rcode, start, ttls = flags & 15, found.start, found.ttls
    errors: Errors = ()
    keepalive: float | None = None
    subnet: bytes | None = None
    if start:
        opt = _edns.parse(wire[start : found.stop])
        rcode |= opt.extended << 4
        if opt.options:
            errors, keepalive = _readErrors(opt), _readKeepalive(opt)
            subnet = opt.option(SUBNET) if SUBNET in opt.codes else None
        body = wire[end:start]
        left = (wire[10] << 8 | wire[11]) - 1
        if found.stop != found.end:
            body, ttls = across(wire, end, found)
            left -= len(found.ttls) - len(ttls)
        counts = wire[6:10] + (left.to_bytes(2, "big") if left else b"\0\0")
    else:
        counts, body = wire[6:12], wire[end:]
    kept = flags & _KEPT
    if kept & AD and rcode not in (NOERROR, NXDOMAIN):
        # Our own AD come back: an error has nothing authentic (RFC 4035 section 3.2.3).
        kept &= ~AD
    made = Answer(kept, rcode, counts, body, ttls, errors)
    made.keepalive = keepalive
    made.subnet = subnet
    return made


def readMessage(wire: bytes) -> dns.message.Message:
    """
    Octets as dnspython's message; signatures are not looked at.

    @raise FormatError: where dnspython can't read them.
    """
    try:
        return dns.message.from_wire(wire, keyring=False)
    except (DNSException, ValueError):
        raise FormatError("a record is malformed") from None


def _readErrors(opt: _edns.Edns) -> Errors:
    """The well-formed extended DNS errors among the options of an OPT record."""
    if EDE not in opt.codes:
        return ()
    return tuple(
        (_COUNT.unpack_from(data)[0], data[2:].rstrip(b"\0").decode("utf-8", "replace"))
        for code, data in _edns.eachOption(opt.options)
        if code == EDE and len(data) >= 2
    )


def _readKeepalive(opt: _edns.Edns) -> float | None:
    """The timeout in seconds of an edns-tcp-keepalive option with one (RFC 7828 section 3.1)."""
    if KEEPALIVE not in opt.codes:
        return None
    data = opt.option(KEEPALIVE)
    return int.from_bytes(data, "big") / 10 if data and len(data) == 2 else None


DROP: Final = Answer(0, SERVFAIL)
"""No answer on purpose: the front sends nothing, and counts it."""
