"""A web server that has a list, or does with who asks for it whatever a test wants."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import Self

from .certificates import Files
from .ports import HOST, freePort


class ListServer:
    """
    The server, over TLS, in a thread of its own until the C{with} block ends.

    @ivar behave: what becomes of each request; may change at any time.
    @ivar asked: the headers of each request.
    @ivar ended: set at the end, so that nobody goes on.
    """

    def __init__(self, files: Files, behave: Callable[[Request], None]) -> None:
        self.port = freePort()
        self.behave = behave
        self.asked: list[dict[str, str]] = []
        self.ended = threading.Event()
        self._side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._side.load_cert_chain(files.certificate, files.key)

    def __enter__(self) -> Self:
        self._server = _Server((HOST, self.port), Request)
        self._server.socket = self._side.wrap_socket(self._server.socket, True, do_handshake_on_connect=False)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: ListServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients leave as they like."""


class Request(BaseHTTPRequestHandler):
    """One request, and what is said to it."""

    server: _Server

    def do_GET(self) -> None:
        """See L{BaseHTTPRequestHandler}."""
        self.server.owner.asked.append(dict(self.headers.items()))
        with suppress(OSError):
            self.server.owner.behave(self)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


def says(octets: bytes, status: int = 200, **headers: str) -> Callable[[Request], None]:
    """A response; C{_} in the name of a header is C{-}."""

    def behave(request: Request) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(octets)))
        request.end_headers()
        request.wfile.write(octets)

    return behave


def endsEarly(request: Request) -> None:
    """Promise more than there is."""
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    request.wfile.write(b"other.example\n")


def hangs(request: Request) -> None:
    """Say nothing, and stay."""
    request.server.owner.ended.wait()


def goesOnForEver(request: Request) -> None:
    """A name each tenth of a second."""
    request.send_response(200)
    request.end_headers()
    while not request.server.owner.ended.wait(0.1):
        request.wfile.write(b"other.example\n")
