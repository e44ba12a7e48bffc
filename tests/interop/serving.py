"""A TCP or TLS server in a thread beside the test."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from typing import Any

from typing_extensions import Self


class Serving:
    """
    The server, in a thread of its own until the C{with} block ends.

    @ivar port: where it listens.
    """

    def __init__(self, port: int, host: str, side: ssl.SSLContext | None) -> None:
        """
        @param side: its side of TLS; None for none.
        """
        self.port, self.host = port, host
        self._side = side
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *why: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, doing: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(10)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._accepted, self.host, self.port, ssl=self._side)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._serve(reader, writer)
        except (OSError, ssl.SSLError):
            pass  # a client may leave as it likes
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _stop(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=2)
        await asyncio.sleep(0.05)
