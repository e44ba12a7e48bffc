"""One visit of a TLS client: connect, shake hands, ask one question, read its answer."""

from __future__ import annotations

import socket
import ssl

import dns.message

from tests.interop.asking import anyone
from tests.interop.ports import HOST

_TIMEOUT = 5.0
# The first of the names that the bench has asked for before, as dnsperf asks.
_WIRE = dns.message.make_query("n0.example.org.", "A").to_wire()
_QUERY = len(_WIRE).to_bytes(2, "big") + _WIRE


class VisitError(OSError):
    """There was no NOERROR."""


class Visitor:
    """A client that may resume its last session."""

    def __init__(self, port: int, resumes: bool = False, source: str = HOST) -> None:
        """
        @param resumes: offer the session of the last visit.
        @param source: the address that it comes from.
        """
        self._port, self._resumes, self._source = port, resumes, source
        self._context = anyone()
        self._session: ssl.SSLSession | None = None

    def arrive(self) -> ssl.SSLSocket:
        """
        Connect and ask.

        @return: the connection, which stays open.
        @raise OSError: where the server didn't answer NOERROR within five seconds.
        """
        plain = socket.create_connection((HOST, self._port), _TIMEOUT, (self._source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            tls = self._context.wrap_socket(plain, session=self._session)
        except BaseException:
            plain.close()
            raise
        try:
            self._ask(tls)
        except BaseException:
            tls.close()
            raise
        return tls

    def visit(self) -> bool:
        """
        Arrive and leave.

        @return: whether the session was resumed.
        @raise OSError: as of L{arrive}.
        """
        with self.arrive() as tls:
            return bool(tls.session_reused)

    def _ask(self, tls: ssl.SSLSocket) -> None:
        tls.sendall(_QUERY)
        answer = b""
        while len(answer) < 2 or len(answer) < 2 + int.from_bytes(answer[:2], "big"):
            octets = tls.recv(4096)
            if not octets:
                raise VisitError("the server closed the connection")
            answer += octets
        if answer[5] & 15:
            raise VisitError(f"the server answered with RCODE {answer[5] & 15}")
        if self._resumes:
            # Tickets of TLS 1.3 come with the answer at the latest.
            self._session = tls.session


def isOpen(sock: socket.socket) -> bool:
    """Nothing has come since the last answer: no end of the stream, and no alert that tells of it."""
    sock.setblocking(False)
    try:
        # Past TLS, which would take the octets.
        socket.socket.recv(sock, 1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False
