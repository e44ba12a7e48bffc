"""The connections of one fetch: to whom it must be, with as much as it may bring, and all over when it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IProtocol, IStreamClientEndpoint
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.web.error import SchemeNotSupported
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

if TYPE_CHECKING:
    from twisted.internet.interfaces import IProtocolFactory
    from twisted.web.client import URI
    from twisted.web.iweb import IPolicyForHTTPS

    from .chainnames import ChainReactor

# Octets of a connection, and seconds to make it.
_MOST = 128 << 20
_CONNECT = 15.0


@implementer(IAgentEndpointFactory)
class Connections:
    """
    Makes them, over TLS with a certificate that is verified, wherever a URL leads.

    @ivar overfull: whether one was closed since it brought too much.
    """

    def __init__(self, reactor: ChainReactor, policy: IPolicyForHTTPS) -> None:
        self.overfull = False
        self._reactor = reactor
        self._policy = policy
        self._made: list[_Bounded] = []

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """
        See L{IAgentEndpointFactory.endpointForURI}.

        @raise SchemeNotSupported: where a redirect leads out of TLS.
        """
        if uri.scheme != b"https":
            raise SchemeNotSupported("it leads to a URL that is not https://")
        host = HostnameEndpoint(self._reactor, uri.host.decode("ascii"), uri.port, _CONNECT)
        return _Endpoint(self.secured(host, uri), self)

    def secured(self, endpoint: IStreamClientEndpoint, uri: URI) -> IStreamClientEndpoint:
        """The same over TLS."""
        return wrapClientTLS(self._policy.creatorForNetloc(uri.host, uri.port), endpoint)

    def made(self, connection: _Bounded) -> None:
        """One was made."""
        self._made.append(connection)

    def end(self) -> None:
        """Close all, whatever the other side does: one that says nothing would stay for ever."""
        for each in self._made:
            each.abort()


@implementer(IStreamClientEndpoint)
class _Endpoint:
    """Has each connection noted."""

    def __init__(self, endpoint: IStreamClientEndpoint, connections: Connections) -> None:
        self._endpoint = endpoint
        self._connections = connections

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """See L{IStreamClientEndpoint.connect}."""
        factory = WrappingFactory(protocolFactory)
        # Else the log has two lines of each connection.
        factory.noisy = factory.wrappedFactory.noisy = False
        factory.protocol = lambda *made: _Bounded(self._connections, *made)
        connected: Deferred[Any] = self._endpoint.connect(factory)
        return connected.addCallback(lambda wrapper: wrapper.wrappedProtocol)


class _Bounded(ProtocolWrapper):
    """Ends a connection that brings too much, be it of headers."""

    def __init__(self, connections: Connections, *made: Any) -> None:
        super().__init__(*made)
        self._connections = connections
        self._left = _MOST
        connections.made(self)

    def abort(self) -> None:
        """Close it at once."""
        transport: Any = self.transport
        transport.abortConnection()

    def dataReceived(self, data: bytes) -> None:
        """See L{IProtocol.dataReceived}."""
        self._left -= len(data)
        if self._left < 0:
            self._connections.overfull = True
            self.abort()
        else:
            ProtocolWrapper.dataReceived(self, data)
