"""The answers that a policy zone has given instead of real ones."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from ...wire.answer import Answer
from ...wire.codes import (
    ANY,
    CNAME,
    EDE_BLOCKED,
    EDE_FORGED,
    MAXIMUM,
    NOERROR,
    NXDOMAIN,
    RA,
    SERVFAIL,
    TC,
    YXDOMAIN,
)
from .action import NXDOMAIN_ACTION, REDIRECT
from .seen import aliases

if TYPE_CHECKING:
    from ...wire.query import Query
    from .policy import Hit

_FIXED: Final = Struct("!HHIH").pack
_COUNTS: Final = Struct("!HHH").pack
_QNAME: Final = b"\xc0\x0c"
# TTL of the aliases that lead to a name that was decided on: others may be decided on soon.
_ALIAS_TTL: Final = 5

TRUNCATED: Final = Answer(RA | TC, NOERROR)
"""What has a client ask again over TCP."""


class Fiction:
    """
    An answer in the making: the aliases that were really there, then what the zone says.

    @ivar name: the name that it is about, in the case in which it was asked for or answered.
    """

    def __init__(self, query: Query, hit: Hit, answer: Answer | None) -> None:
        """@param answer: the real one, where it is known."""
        self._query = query
        self._hit = hit
        self._body: list[bytes] = []
        self._ttls: list[int] = []
        self._size = 0
        self.name = query.question[:-4]
        self._owner = _QNAME
        if answer is not None and hit.place:
            for target in aliases(query, answer)[: hit.place]:
                self._put(self._owner, CNAME, _ALIAS_TTL, target)
                self._owner = self.name = target

    def _put(self, owner: bytes, kind: int, ttl: int, data: bytes) -> None:
        record = b"%b%b%b" % (owner, _FIXED(kind, 1, ttl, len(data)), data)
        self._ttls.append(self._size + len(owner) + 4)
        self._size += len(record)
        self._body.append(record)

    def made(self) -> Answer:
        """The answer, as far as it is known without asking for what a CNAME leads to."""
        action, kind = self._hit.action, self._query.type
        if action.kind == NXDOMAIN_ACTION:
            return self._denied(NXDOMAIN)
        if action.kind == REDIRECT:
            target = action.target(self.name)
            if target is None:
                # What a name too long to be substituted is answered, as by DNAME (RFC 6672 section 2.2).
                return self._answer(YXDOMAIN, EDE_FORGED)
            self._put(self._owner, CNAME, action.records[0][1], target)
            return self._answer(NOERROR, EDE_FORGED)
        records = [each for each in action.records if kind in (each[0], ANY)]
        for type_, ttl, data in records:
            self._put(self._owner, type_, ttl, data)
        return self._answer(NOERROR, EDE_FORGED) if records else self._denied(NOERROR)

    def _denied(self, rcode: int) -> Answer:
        return self._answer(rcode, EDE_BLOCKED)

    def _answer(self, rcode: int, code: int) -> Answer:
        """With the SOA of the policy zone in the additional section, as BIND and Unbound do."""
        zone = self._hit.policy.zone
        answers = len(self._body)
        if zone.soa:
            self._ttls.append(self._size + len(zone.origin) + 4)
            self._body.append(zone.soa)
        if self._size > MAXIMUM - 1024:
            return Answer.bare(SERVFAIL, ((code, "the policy has more records than a message takes"),))
        counts = _COUNTS(answers, 0, 1 if zone.soa else 0)
        text = f"{zone.originText}: {self._hit.ownerText}"
        return Answer(RA, rcode, counts, b"".join(self._body), tuple(self._ttls), ((code, text),))
