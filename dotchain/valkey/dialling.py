"""How a server is reached, and what is said first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    UNIXClientEndpoint,
)

from ..host import isIP
from ..tls.client import UpstreamIdentity
from ..tls.clientcertificate import ClientCertificate
from .command import encoded
from .servers import PORT, Server


class Access:
    """
    What all connections to the servers of one section have in common: who we are, and who they must be.

    @ivar password: the one that connections are begun with from now on; None for none.
    """

    def __init__(
        self,
        user: str | None = None,
        password: str | None = None,
        *,
        caFile: Path | None = None,
        name: str | None = None,
        shown: ClientCertificate | None = None,
    ) -> None:
        """
        @param user: of an ACL; None for the default one.
        @param caFile: a PEM file of trusted CAs instead of the system's store.
        @param name: what each server's certificate must name instead of its host.
        @param shown: the certificate that servers are shown, which ask for one as they come.
        """
        self._user = user
        self.password = password
        self._caFile = caFile
        self._name = name
        self._shown = shown
        self._identities: dict[str, UpstreamIdentity] = {}

    def identity(self, server: Server) -> UpstreamIdentity | None:
        """
        Whom a server must prove to be; None without TLS.

        @raise OptionError: where nothing can prove it.
        """
        if not server.encrypted:
            return None
        name = self._name or server.host
        found = self._identities.get(name)
        if found is None:
            found = UpstreamIdentity(name, caFile=self._caFile, shown=self._shown)
            self._identities[name] = found
        return found

    def reload(self) -> None:
        """Read the files anew for connections from now on; see L{UpstreamIdentity.reload}."""
        for each in self._identities.values():
            each.reload()

    def greeting(self, server: Server) -> list[bytes]:
        """The commands that a connection begins with; PING, the last, shows whether others are answered."""
        said = []
        if self.password is not None:
            named = () if self._user is None else (self._user,)
            said.append(encoded("AUTH", *named, self.password))
        if server.number:
            said.append(encoded("SELECT", server.number))
        return [*said, encoded("PING")]


def endpointOf(reactor: Any, server: Server, within: float, usual: int = PORT) -> Any:
    """Where it is, as Twisted has it."""
    if server.path:
        return UNIXClientEndpoint(reactor, server.path, timeout=within)
    port = server.port or usual
    if not isIP(server.host):
        return HostnameEndpoint(reactor, server.host.encode("ascii"), port, timeout=within)
    made: Callable[..., Any] = TCP6ClientEndpoint if ":" in server.host else TCP4ClientEndpoint
    return made(reactor, server.host, port, timeout=within)
