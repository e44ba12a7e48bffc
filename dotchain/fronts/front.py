"""A front: where a chain is asked, on any number of addresses and transports."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from cryptography import x509
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from ..address import Address, addresses
from ..interfaces import IResolver
from ..options import REQUIRED, Option, OptionError, Options, flag, moment, one, path, some, words
from ..tls.channel import ClearChannel, ServerChannel
from ..tls.errors import TLSFileError
from ..tls.server import ServerIdentity
from ..turn import TurnEnd
from .access import ANYONE, PRIVATE, AccessList, Network, networks
from .asking import Asking
from .backlog import Backlog
from .inflight import InFlight, Total
from .listening import canFreeBind, listening
from .stream import StreamPort
from .udp import DatagramReader, batches

Port = DatagramReader | StreamPort


class Front(Service):
    """
    Sockets that bring queries to one chain.

    @ivar name: the name of its section.
    @ivar listen: where it listens.
    @ivar askings: the chain as each transport sees it, with its counters.
    @ivar ports: what is open.
    @ivar backlog: what the connections of all fronts hold together.
    @ivar maxConnections: connections on each address; to be lowered only before L{bind}.
    """

    options: ClassVar[Options] = {
        "listen": Option(addresses, REQUIRED, "addresses to listen on: udp://, tcp:// or tls://IP:PORT"),
        "certificate": Option(path, None, "PEM file: the leaf first, then the rest of the chain"),
        "key": Option(path, None, "PEM file with the certificate's key"),
        "self-signed": Option(words, "", "names for which both files are made where they don't exist"),
        "allow": Option(networks, None, "networks that may ask; default: private on udp, tcp; all on tls"),
        "deny": Option(networks, "", "networks that may not; the most specific of both lists decides"),
        "refuse": Option(one("refused", "drop"), "refused", "how to refuse: refused (EDE 18) or drop"),
        "free-bind": Option(flag, "no", "listen even where the address is not there yet"),
        "max-client-in-flight": Option(
            some, "5000", "queries in flight of one client (IPv4 address or IPv6 /56); over it SERVFAIL"
        ),
        "max-connections": Option(some, None, "connections open at a time, for each address; default 5000"),
        "max-in-flight": Option(
            some, None, "queries in flight of one connection, then it is read no more; default 200"
        ),
        "idle-timeout": Option(moment, None, "close a connection unused so long; default 10s tcp, 30s tls"),
        "first-query-timeout": Option(moment, None, "how long a new connection may stay silent; default 10s"),
        "handshake-timeout": Option(moment, None, "how long a TLS handshake may take; default 5s"),
    }

    # What a front with streams has where the operator says nothing.
    DEFAULTS: ClassVar[Mapping[str, Any]] = {
        "max_connections": 5000,
        "max_in_flight": 200,
        "first_query_timeout": 10.0,
        "handshake_timeout": 5.0,
    }
    # Seconds that keys of session tickets live.
    RENEWAL = 86400.0

    _log = Logger()

    def __init__(
        self,
        name: str,
        resolver: IResolver,
        reactor: Any,
        *,
        listen: tuple[Address, ...],
        certificate: Path | None,
        key: Path | None,
        self_signed: tuple[str, ...],
        allow: tuple[Network, ...] | None,
        deny: tuple[Network, ...],
        refuse: str,
        free_bind: bool,
        max_client_in_flight: int,
        now: Callable[[], float] = time.monotonic,
        total: Total | None = None,
        backlog: Backlog | None = None,
        **limits: Any,
    ) -> None:
        """
        @param total: the slots for queries in flight of all fronts together.
        @param backlog: what the connections of all fronts hold together.
        @param limits: of connections and streams; None for those that the operator left alone.
        @raise OptionError: for values that don't go together.
        """
        self.name = name
        self.listen = listen
        self.ports: list[Port] = []
        self._renewal: Any = None
        self._reactor = reactor
        self._turn = TurnEnd(reactor)
        self._freeBind = free_bind
        self.backlog = backlog or Backlog()
        if free_bind and not canFreeBind():
            raise OptionError("free-bind", "is for Linux; here an address must be there before it is bound")
        self._demandStreams(limits)
        self._limits = {**self.DEFAULTS, **{key: each for key, each in limits.items() if each is not None}}
        self.maxConnections: int = self._limits["max_connections"]
        self._identity = self._demandIdentity(certificate, key, self_signed)
        inFlight = InFlight(max_client_in_flight, total)
        self.askings = {
            each: Asking(
                name, each, resolver, self._access(each, allow, deny), refuse == "drop", now, inFlight
            )
            for each in sorted({address.transport for address in listen})
        }

    @property
    def streams(self) -> list[Address]:
        """Where it takes connections."""
        return [address for address in self.listen if address.transport != "udp"]

    def _demandStreams(self, limits: Mapping[str, Any]) -> None:
        """Keys that the operator wrote must be of use."""
        transports = {address.transport for address in self.listen}
        for key, value in limits.items():
            of = ("tls",) if key == "handshake_timeout" else ("tcp", "tls")
            if value is not None and not transports.intersection(of):
                these = " and ".join(f"{each}://" for each in of)
                option = key.replace("_", "-")
                raise OptionError(option, f"is for {these} addresses, and 'listen' has none")

    def _demandIdentity(
        self, certificate: Path | None, key: Path | None, selfSigned: tuple[str, ...]
    ) -> ServerIdentity | None:
        encrypted = any(address.transport == "tls" for address in self.listen)
        if selfSigned and not encrypted:
            raise OptionError("self-signed", "is for tls:// addresses, and 'listen' has none")
        for option, value in (("certificate", certificate), ("key", key)):
            if encrypted and value is None:
                raise OptionError("listen", f"a tls:// address needs the key '{option}' with a PEM file")
            if not encrypted and value is not None:
                raise OptionError(option, "is for tls:// addresses, and 'listen' has none")
        return ServerIdentity(certificate, key) if certificate and key else None

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
                self.ports.append(self._open(address))
            except OSError as error:
                raise CannotListenError(address.host, address.port, error) from None

    def _open(self, address: Address) -> Port:
        sock = listening(address, self._freeBind)
        asking = self.askings[address.transport]
        if address.transport != "udp":
            return self._streamPort(asking, sock)
        return DatagramReader(asking, sock, batches(sock, address.ip.is_unspecified), self._turn)

    def _streamPort(self, asking: Asking, sock: socket.socket) -> StreamPort:
        limits, encrypted = self._limits, asking.transport == "tls"
        return StreamPort(
            asking,
            sock,
            self._tlsChannel if encrypted else ClearChannel,
            self._reactor,
            self._turn,
            maxConnections=self.maxConnections,
            maxInFlight=limits["max_in_flight"],
            idle=limits.get("idle_timeout", 30.0 if encrypted else 10.0),
            handshake=limits["handshake_timeout"],
            firstQuery=limits["first_query_timeout"],
            backlog=self.backlog,
        )

    def _tlsChannel(self) -> ServerChannel:
        assert self._identity is not None
        return ServerChannel(self._identity.context)

    def startService(self) -> None:
        """Begin to serve."""
        Service.startService(self)
        for port in self.ports:
            port.start(self._reactor)
        if self._identity is not None:
            self._renewal = self._reactor.callLater(self.RENEWAL, self._renewTickets)

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
        if any(port.inFlight or getattr(port, "connections", None) for port in self.ports):
            self._reactor.callLater(0.02, self._awaitQuiet, done)
            return
        self.abort()
        done.callback(None)

    def _renewTickets(self) -> None:
        """A new context has new keys for session tickets (RFC 9325 section 3.4: within a week)."""
        self._renewal = self._reactor.callLater(self.RENEWAL, self._renewTickets)
        try:
            self.reload()
        except TLSFileError as error:
            self._log.warn(
                "front {name} keeps its keys of session tickets: {error}", name=self.name, error=error
            )

    def abort(self) -> None:
        """Close everything at once."""
        if self._renewal is not None and self._renewal.active():
            self._renewal.cancel()
        for port in self.ports:
            port.close()
        self.ports = []

    def reload(self) -> None:
        """
        Read certificate and key anew, for new connections.

        @raise TLSFileError: where they can't serve; the old ones stay.
        """
        if self._identity is not None:
            self._identity.reload()

    @property
    def leaf(self) -> x509.Certificate | None:
        """The certificate that it shows to clients, where it has one."""
        return None if self._identity is None else self._identity.chain[0]

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell of the certificate."""
        return [] if self._identity is None else self._identity.warnings()
