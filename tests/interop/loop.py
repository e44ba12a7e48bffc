"""An event loop in a thread of its own, for servers that a test runs beside its clients."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from typing_extensions import Self


class Looped:
    """
    Something that runs in an event loop until the C{with} block ends.

    @ivar loop: its loop; everything but plain counters is the loop's alone.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    async def start(self) -> None:
        """Begin; run in the loop."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End, and close whatever is open."""
        raise NotImplementedError

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Have the loop do something, and wait for it."""
        asyncio.run_coroutine_threadsafe(doing, self.loop).result(10)

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self.start())
        return self

    def __exit__(self, *why: object) -> None:
        self.run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _end(self) -> None:
        await self.stop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=2)
        # What was aborted is closed in the next turns.
        await asyncio.sleep(0.05)
