"""One request: what is refused before any page sees it, and what every response has."""

from __future__ import annotations

from typing import Any

from twisted.web.http import FORBIDDEN, NOT_ALLOWED
from twisted.web.server import Request as _Request

from .hosts import isOurs

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing comes from elsewhere, nothing goes there, and nobody shows us in a frame of his."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_METHODS = (b"GET", b"HEAD")


class Request(_Request):
    """One of them; bodies are neither asked for nor kept."""

    def gotLength(self, length: int | None) -> None:
        """See L{twisted.web.http.Request}: what has a body is no request for us."""
        super().gotLength(0)
        if length != 0:
            transport: Any = self.channel.transport
            transport.write(
                b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            )
            self.channel.loseConnection()

    def handleContentChunk(self, data: bytes) -> None:
        """See L{gotLength}: what comes before the connection has ended is thrown away."""

    def getHeader(self, key: Any) -> Any:
        """See L{_Request}, which raises where a header is no UTF-8."""
        if not isinstance(key, str):
            return super().getHeader(key)
        found = super().getHeader(key.encode("ascii"))
        return None if found is None else found.decode(errors="replace")

    def process(self) -> None:
        """See L{_Request}."""
        if self.method not in _METHODS:
            self.setHeader("Allow", "GET, HEAD")
            self.refuse(NOT_ALLOWED, "this site is only read: GET or HEAD")
        elif not isOurs(self.getHeader("host")):
            self.refuse(FORBIDDEN, "ask by IP address, by localhost or by this machine's name")
        else:
            super().process()

    def refuse(self, code: int, why: str) -> None:
        """Answer with an error, and a line that says why."""
        self.setResponseCode(code)
        self.answer(f"{why}\n".encode(), "text/plain; charset=utf-8")

    def answer(self, octets: bytes, kind: str) -> None:
        """
        Send the whole response, unless who has asked is gone.

        @param kind: its media type.
        """
        if self.finished or self._disconnected:
            return
        self.setHeader("Content-Type", kind)
        self.setHeader("Content-Length", str(len(octets)))
        self.write(octets)
        self.finish()

    def write(self, data: bytes) -> None:
        """See L{_Request}: every response has the headers that hold browsers back."""
        if not self.startedWriting:
            self.responseHeaders.removeHeader("server")
            for name, value in _HEADERS.items():
                if not self.responseHeaders.hasHeader(name):
                    self.setHeader(name, value)
        super().write(data)

    def processingFailed(self, reason: Any) -> Any:
        """See L{_Request}, whose text tells what the server is made of."""
        self._log.failure("a page of the web site failed in a way that it must not", reason)
        if not self.startedWriting:
            self.refuse(500, "internal error; the log has more")
        return reason
