"""Balancers in front of a front, who say by a PROXY header for whom they ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from twisted.logger import Logger

from ..clockwork import boottime
from ..clockwork.logratelimit import LogRateLimit, suppressed
from ..wire import FormatError
from ..wire.proxyheader import OLD, SIGNATURE, ProxyHeader, parse
from .access import AccessList


class Introductions:
    """
    What headers say on one transport of a front, and who must have one.

    Of those listed a header is demanded, in front of each datagram and connection. To all others it is
    forbidden: anybody could say that he is somebody else.

    @ivar origins: upstreams are told what clients' ports are, and what address they asked.
    @ivar counts: headers C{taken}, C{local} ones among them, and what was thrown away for want of one or for
        having one, by reason.
    """

    _log = Logger()
    # Balancers are few; other clients are looked up here, too.
    _LIMIT: ClassVar[int] = 65536

    def __init__(
        self,
        name: str,
        transport: str,
        balancers: AccessList,
        origins: bool = False,
        now: Callable[[], float] = boottime.now,
        believed: frozenset[str] = frozenset(),
    ) -> None:
        """
        @param name: the front's.
        @param balancers: who must introduce his clients.
        @param believed: what they are believed of their clients' TLS: C{sni}, C{identity}.
        """
        self.origins = origins
        self.counts: Counter[str] = Counter()
        self._where = f"front {name} ({transport})"
        self._balancers = balancers
        self._believed = believed
        self._listed: dict[str, bool] = {}
        self._logRateLimit = LogRateLimit(now=now)

    def demands(self, address: str) -> bool:
        """Whether this address must begin with a header."""
        listed = self._listed.get(address)
        if listed is None:
            if len(self._listed) >= self._LIMIT:
                self._listed.clear()
            listed = self._listed[address] = self._balancers.permits(address)
        return listed

    def read(self, octets: bytes) -> tuple[ProxyHeader, int] | None:
        """
        Read the header that a balancer must have sent; None where it is none that can be taken.

        @return: what it says, and how many octets it has.
        """
        try:
            header, end = parse(octets, bool(self._believed))
        except FormatError as error:
            self.refuse(str(error))
            return None
        self.counts["taken"] += 1
        if not header.source:
            self.counts["local"] += 1
        return self._credible(header), end

    def _credible(self, header: ProxyHeader) -> ProxyHeader:
        sni = header.sni if "sni" in self._believed else ""
        return header._replace(sni=sni, identity=header.identity if "identity" in self._believed else "")

    def forbidden(self, octets: bytes) -> bool:
        """Whether somebody who is not listed has begun with a header; it is counted."""
        if not octets.startswith((SIGNATURE, OLD)):
            return False
        self.refuse("header of an address that is not listed")
        return True

    @property
    def believes(self) -> bool:
        """Whether anybody is listed."""
        return bool(self._balancers)

    def told(self) -> dict[str, int]:
        """Its counters, those of headers also as long as they are 0."""
        return {"taken": 0, "local": 0, **self.counts} if self.believes else dict(self.counts)

    def succeed(self, before: Introductions) -> None:
        """Go on counting where another one has ended."""
        self.counts += before.counts

    def refuse(self, reason: str) -> None:
        """Count what is thrown away, and log it once a minute; whose address it was stays here."""
        self.counts[reason] += 1
        held = self._logRateLimit.admit(reason)
        if held is not None:
            self._log.warn(
                "{where}: refused: {reason}{more}",
                where=self._where,
                reason=reason,
                more=suppressed(held),
                suppressed=held,
            )
