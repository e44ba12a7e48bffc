"""The upstream over the network: TLS, TCP or UDP, one address after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, fail
from zope.interface import implementer, provider

from ..address import Address, addresses
from ..interfaces import IKind, IResolver
from ..options import REQUIRED, Option, OptionError, Options, flag, moment, one, path, seconds, some, whole
from ..resolver import NoAnswer, ResolveError, Result
from ..tls.client import Identity
from ..tls.pins import pins
from ..turn import TurnEnd
from ..wire import Answer, Query
from ..wire.outgoing import SUBNET_PRIVATE
from .datagram import Datagrams
from .flight import Errand
from .pool import Pool
from .relay import Relay
from .resend import Resends
from .route import Care, Route, Surroundings


@implementer(IResolver)
@provider(IKind)
class Forward(Service):
    """
    Ask a nameserver over the network: the first of its addresses that answers.

    Each query has one deadline that covers connecting, waiting and every repetition;
    at its end it fails, and so is answered, whatever the network does.

    @ivar addresses: where it is asked, in order of preference.
    @ivar routes: the same, with what is open there.
    @ivar downgraded: queries that went in clear text because no TLS could be had.
    @ivar relay: passes on messages that are no questions.
    """

    kind: ClassVar[str] = "forward"
    role: ClassVar[str] = "upstream"
    options: ClassVar[Options] = {
        "address": Option(addresses, REQUIRED, "where to ask: tls://, tcp:// or udp://IP:PORT, best first"),
        "name": Option(str, None, "whom to authenticate: a DNS name or an IP address of the certificate"),
        "profile": Option(
            one("strict", "encrypted", "opportunistic"),
            None,
            "strict (default for tls://): TLS, authenticated; encrypted: TLS always, authenticated "
            "or not; opportunistic: TLS if it works, else clear text",
        ),
        "pin-sha256": Option(pins, "", "SPKI pins, any one must match; or PEM files whose pins are taken"),
        "ca-file": Option(path, None, "trusted CAs; default: the system's"),
        "ecs-private": Option(
            flag, "no", "ask the upstream to send no part of any client's address on (EDNS Client Subnet 0)"
        ),
        "timeout": Option(moment, "4.5s", "how long a query may take in all"),
        "idle-timeout": Option(
            seconds, "8s", "close a connection unused so long, or sooner as its peer does"
        ),
        "keep-warm": Option(seconds, "30s", "keep one connection ready so long after the last query"),
        "max-age": Option(moment, "1h", "replace a connection that is so old"),
        "max-queries": Option(whole, "0", "queries that one connection carries; 0: any number"),
        "connections": Option(some, "1", "connections to an address at a time, at the most"),
        "max-in-flight": Option(some, "20000", "queries in flight at a time; over it they fail at once"),
        "sockets": Option(some, "1024", "UDP sockets to an address at a time, at the most"),
    }

    replays = False

    # Seconds between two looks at the queries on their way.
    SWEEP = 0.1
    # Seconds before a second address is dialled beside the first.
    STAGGER = 0.25
    # How often a query is given to an address, at the most (RFC 9520 section 3.1).
    ATTEMPTS = 3

    def __init__(
        self,
        reactor: Any,
        *,
        address: tuple[Address, ...],
        name: str | None,
        profile: str | None,
        pin_sha256: frozenset[bytes],
        ca_file: Path | None,
        ecs_private: bool = False,
        timeout: float,
        idle_timeout: float,
        keep_warm: float,
        max_age: float,
        max_queries: int,
        connections: int,
        max_in_flight: int,
        sockets: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        @raise OptionError: for values that don't go together.
        """
        self.addresses = address
        self.downgraded = 0
        self._reactor = reactor
        self._now = now
        self._timeout = timeout
        self._most = max_in_flight
        self._flying: dict[Errand, None] = {}
        self._sweeping: Any = None
        self._stopping = False
        self._sizes = {"connections": connections, "sockets": sockets}
        self._around = Surroundings(
            reactor,
            TurnEnd(reactor),
            now,
            answered=self._answered,
            failed=self._failed,
            patience=timeout / self.ATTEMPTS,
            care=Care(idle_timeout, keep_warm, max_age, max_queries),
            options=SUBNET_PRIVATE if ecs_private else b"",
        )
        for each in address:
            if each.ip.is_unspecified:
                raise OptionError(
                    "address", f"{each} is no address to ask at; 127.0.0.1 or [::1] is this host"
                )
        identity = self._identify(name, profile, pin_sha256, ca_file)
        self._identity = identity
        self.relay = Relay(reactor, lambda: [route.address for route in self.routes], identity, timeout)
        # RFC 8305 section 5: the next address is dialled too where the first takes so long.
        self._stagger = self.STAGGER if len(self.addresses) > 1 else self._around.patience
        self.routes = [self._route(each, identity) for each in self._ordered(profile)]
        for route in self.routes:
            route.downgrades = identity is not None and route.address.transport != "tls"

    def _identify(
        self, name: str | None, profile: str | None, pinned: frozenset[bytes], caFile: Path | None
    ) -> Identity | None:
        if any(each.transport == "tls" for each in self.addresses):
            return Identity(name, pinned, caFile, profile or "strict")
        given = {"name": name, "profile": profile, "pin-sha256": pinned, "ca-file": caFile}
        for key, value in given.items():
            if value:
                raise OptionError(key, "is for tls:// addresses, and 'address' has none")
        return None

    def _ordered(self, profile: str | None) -> list[Address]:
        """The addresses in the order of trying: TLS first, clear text only where it may be."""
        encrypted = [each for each in self.addresses if each.transport == "tls"]
        clear = [each for each in self.addresses if each.transport != "tls"]
        if encrypted and clear and profile != "opportunistic":
            raise OptionError(
                "address",
                "clear text beside tls:// needs profile = opportunistic (RFC 8310 section 5); "
                f"profile is {profile or 'strict'}",
            )
        if profile == "opportunistic" and not clear:
            clear = [Address("udp", each.host, 53) for each in encrypted]
        return encrypted + clear

    def _route(self, address: Address, identity: Identity | None) -> Route:
        if address.transport == "udp":
            overTCP = Pool(address._replace(transport="tcp"), self._around)
            return Datagrams(address, self._around, overTCP, sockets=self._sizes["sockets"])
        use = identity if address.transport == "tls" else None
        return Pool(address, self._around, use, connections=self._sizes["connections"])

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        if self._stopping or len(self._flying) >= self._most:
            return fail(ResolveError("stopping" if self._stopping else "too many queries in flight"))
        deferred: Deferred[Answer] = Deferred()
        errand = Errand(query, deferred, self._now() + self._timeout)
        self._flying[errand] = None
        if self._sweeping is None:
            self._sweeping = self._reactor.callLater(self.SWEEP, self._sweep)
        route = self.routes[0]
        self._try(errand, route if route.retryAt <= 0.0 else self._choose(errand))
        return deferred

    def _choose(self, errand: Errand) -> Route | None:
        """The best address that is not known to be down and was not tried; else one that was."""
        usable = self._proper([route for route in self.routes if route.usable])
        untried = [route for route in usable if route not in errand.tried]
        if errand.resent >= Resends.MOST:
            # Sent three times to one address already (RFC 9520 section 3.1).
            usable = untried
        return next(iter(untried or usable), None)

    def _proper(self, usable: list[Route]) -> list[Route]:
        """Clear text in place of TLS only while no TLS can be had, which is tried again behind it."""
        encrypted = [route for route in usable if not route.downgrades]
        if not encrypted or len(encrypted) == len(usable):
            return usable
        working = [route for route in encrypted if route.retryAt <= 0.0]
        if working:
            return working
        for route in encrypted:
            route.probe()
        return [route for route in usable if route.downgrades]

    def _try(self, errand: Errand, route: Route | None) -> None:
        """Give a query to an address, or find out that there is none left."""
        spent = len(errand.tried) >= max(self.ATTEMPTS, len(self.routes))
        if route is None or spent:
            # Wait for what is still out, or for an address that may be tried again in time.
            hopeful = [] if spent else [each.retryAt for each in self.routes if not each.refused]
            errand.moveAt = min([*hopeful, errand.deadline])
            if errand.idle and not self._now() < errand.moveAt < errand.deadline:
                self._end(errand, ResolveError((errand.reasons or (self._trouble(),))[-1]))
            return
        errand.tried += (route,)
        moveAt = self._now() + (self._around.patience if route.ready else self._stagger)
        errand.moveAt = moveAt if moveAt < errand.deadline else errand.deadline
        if route.downgrades:
            self.downgraded += 1
            reason = errand.reasons[-1] if errand.reasons else "TLS failed before and is not yet tried again"
            route.complain("downgrade", f"is asked in clear text: {reason}")
        route.submit(errand)

    def _trouble(self) -> str:
        """Why no address may be tried now."""
        known = [route.trouble for route in self.routes if route.trouble]
        return f"not tried again yet: {known[0]}" if known else "no address can be reached"

    def _answered(self, errand: Errand, answer: Answer) -> None:
        if not errand.done:
            errand.done = True
            del self._flying[errand]
            errand.deferred.callback(answer)

    def _failed(self, errand: Errand, reason: str) -> None:
        """One address could not do it: the next."""
        if not errand.done:
            errand.reasons += (reason,)
            self._try(errand, self._choose(errand))

    def _end(self, errand: Errand, error: ResolveError) -> None:
        if not errand.done:
            errand.done = True
            del self._flying[errand]
            errand.deferred.errback(error)

    def _sweep(self) -> None:
        """End what is late, move on what waits in vain, retire what is idle."""
        now = self._now()
        self._sweeping = None
        for errand in [each for each in self._flying if each.moveAt <= now]:
            if errand.done:
                continue
            if errand.deadline <= now:
                text = errand.reasons[-1] if errand.reasons else "no answer"
                self._end(errand, NoAnswer(f"{text}; given up after {self._timeout:g} s"))
            else:
                self._move(errand)
        for route in self.routes:
            route.sweep(now)
        rest = self._stopping or (not self._flying and all(route.atRest for route in self.routes))
        if self._sweeping is None and not rest:
            self._sweeping = self._reactor.callLater(self.SWEEP, self._sweep)

    def _move(self, errand: Errand) -> None:
        """No answer for a while: ask elsewhere too; on a stream, asking the same again is no use."""
        route = self._choose(errand)
        if route is None or route not in errand.tried or route.repeats or errand.idle:
            self._try(errand, route)
        else:
            errand.moveAt = errand.deadline

    def startService(self) -> None:
        """Answer again after a stop."""
        Service.startService(self)
        self._stopping = False

    def stopService(self) -> Any:
        """Close every connection; queries from now on fail at once."""
        Service.stopService(self)
        self._stopping = True
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        self.relay.stop()
        for errand in list(self._flying):
            self._end(errand, ResolveError("stopping"))
        return DeferredList([each for each in (route.stop() for route in self.routes) if each is not None])

    def reload(self) -> None:
        """Read trusted CAs anew."""
        if self._identity is not None:
            self._identity.reload()

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell: clear text that leaves the private network."""
        clear = [route.address for route in self.routes if route.address.transport != "tls"]
        leaks = [f"queries go to {each} in clear text" for each in clear if each.ip.is_global]
        return leaks + ([] if self._identity is None else self._identity.warnings())
