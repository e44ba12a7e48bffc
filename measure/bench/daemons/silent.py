"""C{python -m measure.bench.daemons.silent PORT CERTIFICATE KEY}: TLS, some names unanswered."""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path
from typing import Any

from tests.interop.asking import tlsAnswers
from tests.interop.certificates import Files
from tests.interop.connection import framed
from tests.interop.daemon import Daemon
from tests.interop.dotchain import CHECKOUT, environment
from tests.interop.ports import HOST, freePort

PREFIX = "silent"
"""Names that begin with this are never answered."""

_PREFIX = PREFIX.encode()
_ADDRESS = b"\xc0\x0c\0\1\0\1\0\1\x51\x80\0\4\xc0\0\2\1"
_OPT = b"\0\0\x29\x04\xd0" + bytes(6)


def response(wire: bytes) -> bytes | None:
    """
    What a query gets at once: an address, or no data of another type.

    @return: None where it is never answered.
    """
    if wire[13:].lower().startswith(_PREFIX):
        return None
    end = wire.index(b"\0", 12) + 5
    answer = _ADDRESS if wire[end - 4 : end] == b"\0\1\0\1" else b""
    opt = _OPT if wire[10:12] != b"\0\0" else b""
    counts = bytes((0, 1, 0, bool(answer), 0, 0, 0, bool(opt)))
    return wire[:2] + b"\x81\x80" + counts + wire[12:end] + answer + opt


class Answering(asyncio.Protocol):
    """One connection; the answers to what came together leave together."""

    def __init__(self) -> None:
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See L{asyncio.Protocol}; the handshake is done."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """See L{asyncio.Protocol}."""
        octets, out = self._unread + data, []
        while len(octets) >= 2 and len(octets) >= (end := 2 + int.from_bytes(octets[:2], "big")):
            answer = response(octets[2:end])
            octets = octets[end:]
            if answer is not None:
                out.append(answer)
        self._unread = octets
        if out:
            self._transport.write(framed(*out))


class SilentServer(Daemon):
    """
    The server as a process of its own, the same for all who ask it.

    @ivar tlsPort: of TLS.
    """

    name = "silent"

    def __init__(self, folder: Path, credentials: Files) -> None:
        super().__init__(folder)
        self._credentials = credentials
        self.tlsPort = freePort()

    def command(self) -> list[str]:
        """This file as a program."""
        files = (self._credentials.certificate, self._credentials.key)
        return [sys.executable, "-m", __name__, str(self.tlsPort), *map(str, files)]

    def environment(self) -> dict[str, str]:
        """Where Python finds it."""
        return environment(CHECKOUT)

    def ready(self) -> bool:
        """It answers what it answers."""
        return tlsAnswers(self.tlsPort)


async def _serve(port: int, certificate: str, key: str) -> None:
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(certificate, key)
    server = await asyncio.get_running_loop().create_server(Answering, HOST, port, ssl=side, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), *sys.argv[2:]))
