"""Which bucket a query is counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...networktable import packed
from ...toll import Toll
from .bucket import Bucket, Buckets

if TYPE_CHECKING:
    from ...client import Client
    from ...match.match import Match
    from ...match.rules import Rule, Rules
    from ...wire.query import Query

_MAPPED: Final = bytes(10) + b"\xff\xff"
# Clients whose bucket is known without a look into the table, and sorts of questions, all together.
_MOST: Final = 65536
_SORTS: Final = 1024

FREE: Final = Bucket(b"", 0.0, 1)
"""The bucket of all that nobody counts."""


class Meter(Toll):
    """
    Counts the queries of one sort: those for which the rules that hold are a matter of the client alone.

    @ivar known: whose queries are counted where, as far as he has come to the stage with one of this sort.
    """

    def __init__(self) -> None:
        self.known: dict[Client, Bucket] = {}

    def affords(self, client: Client, now: float) -> bool:
        """See L{Toll.affords}."""
        bucket = self.known.get(client)
        return bucket is not None and bucket.has(now)

    def pays(self, client: Client, now: float) -> bool:
        """See L{Toll.pays}."""
        bucket = self.known.get(client)
        return bucket is not None and bucket.takes(now)


class Meters:
    """
    The sorts of questions, and the buckets of a client for each rule.

    @ivar buckets: all of them.
    """

    def __init__(
        self,
        match: Match,
        rules: Rules,
        rates: dict[Rule | None, tuple[float, int]],
        per: tuple[int, int],
        buckets: Buckets,
        byIdentity: bool = False,
    ) -> None:
        """
        @param match: only queries for which this holds are counted.
        @param rates: interval and burst of each rule, and of all other queries; an interval of 0 is no limit.
        @param per: lengths of the prefixes by which clients of IPv4 and IPv6 are told apart.
        @param byIdentity: those who have shown a certificate with a name are told by that.
        """
        self.buckets = buckets
        self._match = match
        self._rules = rules
        self._rates = rates
        self._marks = {rule: b"%d " % index for index, rule in enumerate(rates)}
        self._per = per
        self._byIdentity = byIdentity
        # The one where all questions are of the same sort.
        self._only = None if match.ofQuestion or rules.ofQuestion else Meter()
        self._meters: dict[tuple[bytes | None, tuple[int, ...]], Meter] = {}
        self._known = 0

    def of(self, query: Query) -> Meter | None:
        """What counts a query; None where nobody's would be."""
        if self._only is not None:
            return self._only
        if not self._match.mayHold(query):
            return None
        sort = self._rules.sort(query)
        meter = self._meters.get(sort)
        if meter is None:
            if len(self._meters) >= _SORTS:
                self._meters.clear()
            meter = self._meters[sort] = Meter()
        return meter

    def bucket(self, meter: Meter, query: Query, now: float) -> Bucket:
        """Where it is counted."""
        bucket = meter.known.get(query.client)
        if bucket is None or bucket.gone:
            bucket = self._find(query, now)
            self._know(meter, query.client, bucket)
        return bucket

    def _find(self, query: Query, now: float) -> Bucket:
        rule = self.rule(query)
        interval, burst = self._rates[rule]
        key = self._key(rule, query)
        return self.buckets.find(key, interval, burst, now) if key else FREE

    def look(self, query: Query) -> Bucket:
        """The same where nothing may change."""
        rule = self.rule(query)
        key = self._key(rule, query)
        return (self.buckets.look(key) or Bucket(key, *self._rates[rule])) if key else FREE

    def rule(self, query: Query) -> Rule | None:
        """The rule that says how fast it may be asked; None where none does."""
        return self._rules.find(query)

    def _key(self, rule: Rule | None, query: Query) -> bytes:
        """Whose bucket it is, and for which rule; nothing for what is not counted."""
        if not self._rates[rule][0] or not self._match.holds(query):
            return b""
        client = query.client
        octets = packed(client.address)
        if not octets:
            return b""
        if self._byIdentity and client.identity:
            return self._marks[rule] + b"identity " + client.identity.encode()
        # Over UDP somebody else may ask in his name, and must not use up what he has over TCP and TLS.
        way = b"udp " if client.transport == "udp" else b"streams "
        return self._marks[rule] + way + prefix(octets, self._per)

    def _know(self, meter: Meter, client: Client, bucket: Bucket) -> None:
        if self._known >= _MOST:
            self._known = 0
            for each in (self._only, *self._meters.values()):
                if each is not None:
                    each.known.clear()
        self._known += 1
        meter.known[client] = bucket


def prefix(octets: bytes, per: tuple[int, int]) -> bytes:
    """
    What clients are told apart by.

    @param octets: of an address, 4 or 16; IPv4-mapped ones count as IPv4 (RFC 4291 section 2.5.5.2).
    @param per: lengths of the prefixes.
    """
    if len(octets) == 16 and octets[:12] == _MAPPED:
        octets = octets[12:]
    size = len(octets)
    shift = 8 * size - (per[0] if size == 4 else per[1])
    return (int.from_bytes(octets, "big") >> shift << shift).to_bytes(size, "big")
