"""A front: where a chain is asked, on any number of addresses and transports."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from cryptography import x509
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError

from ..address import Address
from ..clockwork import boottime
from ..contract.queryholders import QueryHolders
from ..contract.violations import turnEnd
from ..interfaces import IResolver
from ..networks import ANYONE, PRIVATE, Network
from ..options import OptionError, Options, Remark
from ..share import ALONE, Share
from ..tls.clearchannel import ClearChannel
from ..tls.lint import exposure
from .access import AccessList
from .datagrams.port import DatagramPort, batches
from .frontlimits import FrontLimits, checkPrefixLimits
from .frontoptions import FRONT
from .fronttls import FrontTLS
from .introducing import introducing, introductions, streamPort
from .introductions import Introductions
from .listening import canFreeBind, listening
from .openresolver import openResolverWarnings
from .optionchecks import checkedCookies, checkStreamOptions
from .queryslots import QuerySlots, TotalSlots
from .relaypolicy import RelayPolicy
from .responder import WITHIN, Responder
from .streams.backlog import Backlog
from .streams.port import StreamPort
from .streams.tickets import TicketKeys

Port = DatagramPort | StreamPort


class Front(Service):
    """
    Sockets that bring queries to one chain.

    @ivar name: the name of its section.
    @ivar listen: where it listens.
    @ivar responders: the chain as each transport sees it, with its counters.
    @ivar ports: what is open.
    @ivar querySlots: the slots of its clients.
    @ivar backlog: what the connections of all fronts hold together.
    @ivar freeBind: whether addresses may be missing.
    @ivar open: makes the socket of an address; a worker puts what it was given in its place.
    @ivar fatal: called with the reason where an address is lost for good.
    @ivar introductions: by transport, who says by a PROXY header for whom he asks; none where nobody may.
    @ivar maxConnections: connections on each address; to be lowered only before L{bind}.
    """

    options: ClassVar[Options] = FRONT

    def __init__(
        self,
        name: str,
        resolver: IResolver,
        reactor: Any,
        *,
        listen: tuple[Address, ...],
        allow: tuple[Network, ...] | None,
        deny: tuple[Network, ...],
        refuse: str,
        free_bind: bool,
        max_client_in_flight: int,
        max_network_in_flight: int | None = None,
        answer_within: float | None = None,
        cookies: str = "yes",
        cookie_secret: Path | None = None,
        relay: frozenset[str] = frozenset(),
        relay_allow: tuple[Network, ...] = (),
        max_transfers: int = 10,
        server_names: bool = False,
        proxy_protocol: tuple[Network, ...] = (),
        proxy_tlvs: frozenset[str] = frozenset(),
        origins: bool = False,
        now: Callable[[], float] = boottime.now,
        total: TotalSlots | None = None,
        backlog: Backlog | None = None,
        share: Share = ALONE,
        queryHolders: QueryHolders | None = None,
        **limits: Any,
    ) -> None:
        """
        @param total: the slots for queries in flight of all fronts together.
        @param backlog: what the connections of all fronts hold together.
        @param share: the worker it is for.
        @param queryHolders: who may be to blame where an answer never comes.
        @param origins: upstreams are told of clients' ports and TLS.
        @param server_names: clients are to be told apart by the server name that their TLS asks for.
        @param limits: of connections and streams, and what TLS is to be; None for those left alone.
        @raise OptionError: for values that don't go together.
        """
        self.name = name
        self.listen = listen
        self.ports: list[Port] = []
        self._reactor = reactor
        self.fatal: Callable[[str], object] = lambda _: None
        self._turn = turnEnd(reactor)
        self._sockets = reactor
        self._tls = tls = FrontTLS(listen, limits, server_names)
        self.freeBind = free_bind
        self.open: Callable[..., socket.socket] = partial(listening, freeBind=free_bind)
        self.backlog = backlog or Backlog()
        if free_bind and not canFreeBind():
            raise OptionError("free-bind", "is for Linux; here an address must be there before it is bound")
        checkStreamOptions(listen, limits)
        most = {"max_client_in_flight": max_client_in_flight, "max_network_in_flight": max_network_in_flight}
        checkPrefixLimits({**limits, **most})
        self.limits = FrontLimits(name, limits, share, now)
        self.maxConnections = self.limits.connections
        self._tickets = TicketKeys(name, tls.identity, tls.life, reactor, now) if tls.identity else None
        prefixes = self.limits.prefixes
        self.querySlots = QuerySlots(max_client_in_flight, total, max_network_in_flight, prefixes)
        self._cookies = checkedCookies(listen, cookies, cookie_secret, share.secret)
        self._secret = cookie_secret
        relayPolicy = RelayPolicy.of(resolver, relay, AccessList(relay_allow, ()), max_transfers)
        transports = {address.transport for address in listen}
        self.introductions = introductions(name, transports, proxy_protocol, origins, now, proxy_tlvs)
        proven = cookies == "require"
        self._openResolverWarnings = openResolverWarnings(
            transports, allow or (), deny, proven, relay, relay_allow
        )
        self.responders = {
            each: Responder(
                name,
                each,
                resolver,
                self._access(each, allow, deny),
                refuse == "drop",
                now,
                self.querySlots,
                relayPolicy,
                reactor,
                answer_within or WITHIN,
                queryHolders,
            )
            for each in sorted(transports)
        }

    @property
    def streams(self) -> list[Address]:
        """Where it takes connections."""
        return [address for address in self.listen if address.transport != "udp"]

    @staticmethod
    def _access(transport: str, allow: tuple[Network, ...] | None, deny: tuple[Network, ...]) -> AccessList:
        default = ANYONE if transport == "tls" else PRIVATE
        return AccessList(default if allow is None else allow, deny)

    def bind(self) -> None:
        """
        Open every socket, without serving yet.

        @raise CannotListenError: where one can't be had.
        """
        for address in self.listen:
            try:
                self.ports.append(self.portOn(address, self.open(address)))
            except OSError as error:
                raise CannotListenError(address.host, address.port, error) from None

    def portOn(self, address: Address, sock: socket.socket) -> Port:
        """What serves an address on a socket, not started yet."""
        responder = self.responders[address.transport]
        made: Port
        if address.transport == "udp":
            io = introducing(batches(sock, address.ip.is_unspecified), sock, self._introduced("udp"))
            made = DatagramPort(responder, sock, io, self._turn, self._cookies)
        else:
            made = self._streamPort(responder, sock)
        made.readerRestart.gone = partial(self._anew, made, address)
        return made

    def _anew(self, port: Port, address: Address, reason: str) -> None:
        """
        Open another port in the place of one that is of no use any more; where that can't be done, as
        by a process that has given up its rights, whoever runs the front is to end.
        """
        try:
            made = self.portOn(address, self.open(address))
            place = self.ports.index(port)
        except (OSError, LookupError, ValueError):
            self.fatal(reason)
            return
        self.ports[place] = made
        port.close()
        made.start(port.readerRestart.reactor)

    def _streamPort(self, responder: Responder, sock: socket.socket) -> StreamPort:
        return streamPort(
            self._introduced(responder.transport),
            responder,
            sock,
            self._tls.channel if responder.transport == "tls" else ClearChannel,
            self._reactor,
            self._turn,
            backlog=self.backlog,
            sockets=self._sockets,
            **self.limits.of(responder.transport, self.maxConnections),
        )

    def _introduced(self, transport: str) -> Introductions | None:
        return self.introductions.get(transport)

    def startService(self) -> None:
        """Begin to serve."""
        Service.startService(self)
        for port in self.ports:
            port.start(self._reactor)
        if self._tickets is not None:
            self._tickets.start()

    def stopService(self) -> Deferred[None]:
        """
        Take nothing new, answer what is in flight, close.

        @return: fires when all is answered and closed.
        """
        Service.stopService(self)
        for port in self.ports:
            port.stop(self._reactor)
        done: Deferred[None] = Deferred()
        self._awaitQuiet(done)
        return done

    def _awaitQuiet(self, done: Deferred[None]) -> None:
        busy = [port for port in self.ports if not port.quiet]
        for port in self.ports:
            if port not in busy:
                # Somebody may want its address, while others are still waited for.
                port.close()
        if busy or (self.ports and any(each.busy for each in self.responders.values())):
            self._reactor.callLater(0.02, self._awaitQuiet, done)
            return
        self.abort()
        done.callback(None)

    def abort(self) -> None:
        """Close everything at once."""
        if self._tickets is not None:
            self._tickets.stop()
        for port in self.ports:
            port.close()
        for responder in self.responders.values():
            responder.stop()
        self.querySlots.quit()
        self.ports = []

    def reload(self) -> None:
        """
        Read certificate and key anew, for new connections, and the secrets of cookies.

        @raise TLSFileError: where they can't serve; the old ones stay.
        @raise OptionError: the same for the secrets.
        """
        try:
            if self._tls.identity is not None:
                self._tls.identity.reload()
        finally:
            if self._cookies is not None:
                self._cookies.reload()

    def forget(self) -> None:
        """Forget the responses that are remembered of this second and the last."""
        for port in self.ports:
            port.packetCache.forget()

    @property
    def leaves(self) -> list[x509.Certificate]:
        """The certificates that it shows to clients."""
        return [] if self._tls.identity is None else [chain[0] for chain in self._tls.identity.chains]

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell of certificates, of secrets and of who may ask."""
        secrets = [] if self._secret is None else exposure(self._secret)
        return (
            self._tls.warnings()
            + [Remark.of("cookie-secret", text) for text in secrets]
            + self._openResolverWarnings
        )
