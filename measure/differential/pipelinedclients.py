"""Clients that have many queries in flight over one socket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Sequence

from tests.interop.asking import anyone
from tests.interop.connection import framed
from tests.interop.ports import HOST

from .queries import Case

# Queries in flight over one socket.
_WINDOW = 32

# Seconds: for what may well get no reply, and for what must.
_AWAITED = 0.3
_LONGEST = 6.0

Replies = list["bytes | None"]
"""What came for each query; None where nothing did."""


def dot() -> ssl.SSLContext:
    """A TLS client that trusts whomever it meets."""
    side = anyone()
    side.set_alpn_protocols(["dot"])
    return side


def _identified(number: int, case: Case) -> bytes:
    """The message, with an ID that no other one of 65,536 has and that is no small number."""
    return (number * 40503 & 0xFFFF ^ 0x1234).to_bytes(2, "big") + case.wire + case.behind


class UdpClient(asyncio.DatagramProtocol):
    """A client over UDP."""

    def __init__(self) -> None:
        self._replies: dict[bytes, bytes] = {}
        self._came = asyncio.Event()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """See L{asyncio.DatagramProtocol}."""
        self._replies[data[:2]] = data
        self._came.set()

    async def ask(self, transport: asyncio.DatagramTransport, cases: Sequence[Case]) -> Replies:
        """What comes for each; what isn't answered is sent again, and for queries waited for."""
        wires = [_identified(number, case) for number, case in enumerate(cases)]
        queries = [wire for wire, case in zip(wires, cases, strict=True) if not case.fault]
        for asked, patience in ((wires, _AWAITED), (wires, _AWAITED), (queries, _LONGEST)):
            left = [wire for wire in asked if wire[:2] not in self._replies]
            await self._askAll(transport, left, patience)
        return [self._replies.get(wire[:2]) for wire in wires]

    async def _askAll(
        self, transport: asyncio.DatagramTransport, wires: list[bytes], patience: float
    ) -> None:
        flying: set[bytes] = set()
        for wire in wires:
            while len(flying) >= _WINDOW and await self._wait(flying, patience):
                pass
            if len(flying) >= _WINDOW:
                flying.clear()
            flying.add(wire[:2])
            transport.sendto(wire)
        while flying and await self._wait(flying, patience):
            pass

    async def _wait(self, flying: set[bytes], patience: float) -> bool:
        """Wait for one more; False where none comes."""
        flying.difference_update(self._replies)
        if not flying:
            return True
        self._came.clear()
        try:
            await asyncio.wait_for(self._came.wait(), patience)
        except asyncio.TimeoutError:
            return False
        return True


async def overUdp(port: int, cases: Sequence[Case]) -> Replies:
    """Ask over UDP, from one port."""
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(UdpClient, remote_addr=(HOST, port))
    try:
        return await client.ask(transport, cases)
    finally:
        transport.close()


async def overStream(port: int, cases: Sequence[Case], side: ssl.SSLContext | None = None) -> Replies:
    """
    Ask over one TCP or TLS connection.

    What is no query gets a connection of its own, since servers may close it; so does
    what is left when the peer has closed the first one, up to three times.
    """
    replies: dict[int, bytes] = {}
    queries = [number for number, case in enumerate(cases) if not case.fault]
    await _pipelined(port, side, {n: _identified(n, cases[n]) for n in queries}, replies)
    for again in range(3):
        left = [n for n, case in enumerate(cases) if n not in replies and not (again and case.fault)]
        for some in (left[at : at + 8] for at in range(0, len(left), 8)):
            came = await asyncio.gather(*(_alone(port, side, n, cases[n]) for n in some))
            replies.update({n: wire for n, wire in zip(some, came, strict=True) if wire is not None})
    return [replies.get(number) for number in range(len(cases))]


async def _pipelined(
    port: int, side: ssl.SSLContext | None, wires: dict[int, bytes], replies: dict[int, bytes]
) -> None:
    """Fill in the replies until there are all or the peer closes."""
    reader, writer = await _connected(port, side)
    numbers = {wire[:2]: number for number, wire in wires.items()}
    try:
        await asyncio.wait_for(_exchange(reader, writer, wires.values(), numbers, replies), _LONGEST)
    except (OSError, EOFError, asyncio.TimeoutError):
        pass  # those that are left are asked each for itself
    finally:
        writer.transport.abort()


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    waiting: Iterable[bytes],
    numbers: dict[bytes, int],
    replies: dict[int, bytes],
) -> None:
    flying = 0
    for wire in waiting:
        if writer.is_closing():
            raise EOFError
        writer.write(framed(wire))
        flying += 1
        if flying >= _WINDOW:
            await _receive(reader, numbers, replies)
            flying -= 1
    for _ in range(flying):
        await _receive(reader, numbers, replies)


async def _receive(
    reader: asyncio.StreamReader, numbers: dict[bytes, int], replies: dict[int, bytes]
) -> None:
    wire = await _message(reader)
    replies[numbers.pop(wire[:2])] = wire


async def _message(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


async def _alone(port: int, side: ssl.SSLContext | None, number: int, case: Case) -> bytes | None:
    """The reply to one message over a connection of its own."""
    reader, writer = await _connected(port, side)
    writer.write(framed(_identified(number, case)))
    try:
        return await asyncio.wait_for(_message(reader), _AWAITED if case.fault else _LONGEST)
    except (OSError, EOFError, asyncio.TimeoutError):
        return None
    finally:
        writer.transport.abort()


async def _connected(
    port: int, side: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # So much is taken in that a peer never waits for us while we wait for it.
    return await asyncio.open_connection(HOST, port, ssl=side, limit=1 << 24)
