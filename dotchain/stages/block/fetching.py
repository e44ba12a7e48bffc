"""A list is fetched over HTTPS, where it is another one than before."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from OpenSSL.crypto import X509
from OpenSSL.SSL import Error as TLSError
from service_identity.exceptions import VerificationError
from treq.client import HTTPClient
from treq.content import collect
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.ssl import Certificate, trustRootFromCertificates
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS, HostnameCachingHTTPSPolicy
from twisted.web.error import SchemeNotSupported
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IPolicyForHTTPS, IResponse
from zope.interface import implementer

from ...reason import inWords
from ...tls.certificates import readCertificates
from ...tls.store import systemTrust
from .chainnames import ChainReactor
from .connections import Connections
from .copies import Version
from .reading import NotUsable

if TYPE_CHECKING:
    from ...resolver import Result
    from ...wire.query import Query


_OF_CONNECTIONS = (OSError, ConnectError, ConnectionClosed)


class Fetcher:
    """
    Asks servers for lists.

    @ivar caFile: a PEM file of trusted CAs; None is the system's store.
    """

    # Seconds that a fetch may take, redirects and all.
    WITHIN = 300.0

    def __init__(
        self,
        reactor: Any,
        resolve: Callable[[Query], Result],
        caFile: Path | None,
        connect: Callable[[ChainReactor, IPolicyForHTTPS], Connections] = Connections,
    ) -> None:
        """
        @param resolve: asks for the addresses of servers.
        @raise TLSFileError: where the file can't be used.
        """
        self.caFile = caFile
        self._clock = reactor
        self._connect = connect
        self._reactor = ChainReactor(reactor, resolve)
        self.trustAnew()

    def trustAnew(self) -> None:
        """
        Read the trusted CAs anew.

        @raise TLSFileError: see L{__init__}.
        """
        trust = systemTrust()
        found = readCertificates(self.caFile) if self.caFile else trust.certificates() if trust else []
        root = trustRootFromCertificates([Certificate(X509.from_cryptography(each)) for each in found])
        # To make one's own of each connection's would take 10 ms of everybody's.
        self._policy = HostnameCachingHTTPSPolicy(BrowserLikePolicyForHTTPS(root))

    def fetch(self, url: str, known: Version, file: BinaryIO) -> Deferred[Version | None]:
        """
        Put a list into a file, unless it is still the one that is known.

        @return: which version it is, None where it is known. Fails with L{NotUsable}, or is cancelled.
        """
        fetched: Deferred[Version | None] = Deferred.fromCoroutine(self._fetch(url, known, file))
        return fetched.addTimeout(self.WITHIN, self._clock)

    async def _fetch(self, url: str, known: Version, file: BinaryIO) -> Version | None:
        connections = self._connect(self._reactor, self._policy)
        agent = Agent.usingEndpointFactory(self._reactor, connections)
        headers = Headers({"User-Agent": ["dotchain"], **known.conditions})
        try:
            client = HTTPClient(_AsSent(agent))
            response = await client.get(url, headers=headers, unbuffered=True, reactor=self._clock)
            if response.code == HTTPStatus.NOT_MODIFIED and known.conditions:
                return None
            if response.code != HTTPStatus.OK:
                raise NotUsable(f"its server answers {response.code}")
            await collect(response, cast("Callable[[bytes], None]", file.write))
            return Version(_header(response, b"ETag"), _header(response, b"Last-Modified"))
        except NotUsable:
            raise
        except Exception as error:
            # Whatever a server does, it is no bug of ours.
            cause = _cause(error)
            if isinstance(cause, CancelledError):
                raise cause from None
            raise NotUsable("it is too large" if connections.overfull else _words(cause)) from None
        finally:
            connections.end()


@implementer(IAgent)
class _AsSent:
    """
    Leaves what is compressed to who reads it by and by.

    Else treq makes in one go as much of it as a few octets may stand for, and logs what is damaged.
    """

    def __init__(self, agent: IAgent) -> None:
        self._agent = agent

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """See L{IAgent.request}."""
        return self._agent.request(method, uri, headers, bodyProducer).addCallback(_asSent)


def _asSent(response: IResponse) -> IResponse:
    response.headers.removeHeader(b"Content-Encoding")
    return response


def _header(response: IResponse, name: bytes) -> str:
    found = response.headers.getRawHeaders(name)
    return found[0].decode("latin-1") if found else ""


def _cause(error: BaseException) -> BaseException:
    """What is behind an error of Twisted's HTTP."""
    reasons = getattr(error, "reasons", None)
    return _cause(reasons[0].value) if reasons else error


def _words(error: BaseException) -> str:
    """What went wrong on the way, in a few words."""
    if isinstance(error, TLSError):
        return f"TLS: {error.args[0][-1][-1]}" if error.args and error.args[0] else "TLS failed"
    if isinstance(error, VerificationError):
        return "its server's certificate is for another name"
    if isinstance(error, SchemeNotSupported):
        return str(error)
    # The texts of others may have something of the server's in them.
    return inWords(error) if isinstance(error, _OF_CONNECTIONS) else type(error).__name__
