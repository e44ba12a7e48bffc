"""A front: where a chain is asked, on any number of addresses and transports."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from ..address import Address, addresses
from ..interfaces import IResolver
from ..options import REQUIRED, Option, OptionError, Options, moment, one, path, several, some, whole, words
from ..tls.channel import ClearChannel, ServerChannel
from ..tls.errors import TLSFileError
from ..tls.lint import exposure
from ..tls.server import ServerIdentity
from ..turn import TurnEnd
from .access import ANYONE, LOOPBACK, PRIVATE, AccessList, Network, networks
from .asking import Asking
from .cookies import Cookies
from .relaying import SORTS, Relaying
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
    """

    options: ClassVar[Options] = {
        "listen": Option(addresses, REQUIRED, "addresses to listen on: udp://, tcp:// or tls://IP:PORT"),
        "certificate": Option(path, None, "PEM file: the leaf first, then the rest of the chain"),
        "key": Option(path, None, "PEM file with the certificate's key"),
        "self-signed": Option(words, "", "names for which both files are made where they don't exist"),
        "allow": Option(networks, None, "networks that may ask; default: private on udp, tcp; all on tls"),
        "deny": Option(networks, "", "networks that may not; the most specific of both lists decides"),
        "refuse": Option(one("refused", "drop"), "refused", "how to refuse: refused (EDE 18) or drop"),
        "cookies": Option(
            one("yes", "no", "require"), "yes", "DNS cookies over UDP; require: no answer before one is shown"
        ),
        "cookie-secret": Option(path, None, "file of secrets that make cookies; default: random, daily anew"),
        "relay": Option(
            several(*SORTS), "", "what is passed on besides questions: notify, update, transfers"
        ),
        "relay-allow": Option(networks, LOOPBACK, "networks for whom that is done"),
        "max-transfers": Option(some, "10", "zone transfers under way at a time"),
        "max-connections": Option(whole, "5000", "connections open at a time, for each address"),
        "max-in-flight": Option(whole, "200", "queries in flight of one connection; then it is read no more"),
        "idle-timeout": Option(moment, None, "close a connection unused so long; default 10s tcp, 30s tls"),
        "handshake-timeout": Option(moment, "5s", "how long a TLS handshake may take"),
        "first-query-timeout": Option(moment, "10s", "how long a new connection may stay silent"),
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
        cookies: str = "yes",
        cookie_secret: Path | None = None,
        relay: frozenset[str] = frozenset(),
        relay_allow: tuple[Network, ...] = (),
        max_transfers: int = 10,
        now: Callable[[], float] = time.monotonic,
        **limits: Any,
    ) -> None:
        """
        @raise OptionError: for values that don't go together.
        """
        self.name = name
        self.listen = listen
        self.ports: list[Port] = []
        self._renewal: Any = None
        self._reactor = reactor
        self._turn = TurnEnd(reactor)
        self._limits = limits
        for option in ("max-connections", "max-in-flight"):
            if limits.get(option.replace("-", "_")) == 0:
                raise OptionError(option, "0 would serve nobody")
        self._identity = self._demandIdentity(certificate, key, self_signed)
        self._cookies = self._demandCookies(cookies, cookie_secret)
        self._secret = cookie_secret
        relaying = self._relaying(resolver, relay, AccessList(relay_allow, ()), max_transfers)
        self.askings = {
            each: Asking(
                name, each, resolver, self._access(each, allow, deny), refuse == "drop", now, relaying
            )
            for each in sorted({address.transport for address in listen})
        }

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

    def _demandCookies(self, wanted: str, secret: Path | None) -> Cookies | None:
        datagrams = any(address.transport == "udp" for address in self.listen)
        if secret is not None and (wanted == "no" or not datagrams):
            why = "cookies = no" if datagrams else "'listen' has no udp:// address"
            raise OptionError("cookie-secret", f"is of no use: {why}")
        if wanted == "require" and not datagrams:
            raise OptionError("cookies", "are for udp:// addresses, and 'listen' has none")
        return Cookies(wanted == "require", secret) if wanted != "no" and datagrams else None

    @staticmethod
    def _relaying(resolver: IResolver, sorts: frozenset[str], access: AccessList, most: int) -> Relaying:
        relay = getattr(resolver, "relay", None)
        if sorts and relay is None:
            raise OptionError(
                "relay", "nobody to pass on to: the upstream at the end of the chain must be of kind forward"
            )
        return Relaying(relay, sorts, access, most)

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
        stream = address.transport != "udp"
        sock = socket.socket(address.family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
        sock.setblocking(False)
        if address.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if stream:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            # A burst while one batch is answered must fit; the system caps it.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        try:
            sock.bind(address.sockaddr)
            if stream:
                sock.listen(1024)
        except OSError:
            sock.close()
            raise
        asking = self.askings[address.transport]
        if not stream:
            io = batches(sock, address.ip.is_unspecified)
            return DatagramReader(asking, sock, io, self._turn, self._cookies)
        return self._streamPort(asking, sock)

    def _streamPort(self, asking: Asking, sock: socket.socket) -> StreamPort:
        limits, encrypted = self._limits, asking.transport == "tls"
        idle = limits["idle_timeout"]
        return StreamPort(
            asking,
            sock,
            self._tlsChannel if encrypted else ClearChannel,
            self._reactor,
            self._turn,
            maxConnections=limits["max_connections"],
            maxInFlight=limits["max_in_flight"],
            idle=(30.0 if encrypted else 10.0) if idle is None else idle,
            handshake=limits["handshake_timeout"],
            firstQuery=limits["first_query_timeout"],
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
        assert self._identity is not None
        try:
            self._identity.reload()
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
        Read certificate and key anew, for new connections, and the secrets of cookies.

        @raise TLSFileError: where they can't serve; the old ones stay.
        @raise OptionError: the same for the secrets.
        """
        try:
            if self._identity is not None:
                self._identity.reload()
        finally:
            if self._cookies is not None:
                self._cookies.reload()

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell of the certificate and of secrets."""
        found = [] if self._identity is None else self._identity.warnings()
        return found + ([] if self._secret is None else exposure(self._secret))
