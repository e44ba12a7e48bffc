"""An upstream that takes its time, and counts what it is asked."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from typing import Any

from typing_extensions import Self

from tests.interop.ports import HOST, freePort

_QUESTION = 12
# QR, RD and RA; one question, one answer.
_HEAD = b"\x81\x80\0\1\0\1\0\0\0\0"
_RECORD = b"\xc0\x0c\0\1\0\1%b\0\4\xc0\0\2\1"
_LOOK = 0.1


class SlowUpstream:
    """
    It has an address for every name, over UDP, in a thread until the C{with} block ends.

    @ivar asked: how many queries came.
    """

    def __init__(self, ttl: int, delay: float) -> None:
        """
        @param ttl: seconds that an answer lives.
        @param delay: those that it takes.
        """
        self.asked = 0
        self.port = freePort()
        self._record = _RECORD % ttl.to_bytes(4, "big")
        self._delay = delay
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._left: deque[tuple[float, bytes, Any]] = deque()
        self._over = False

    def __enter__(self) -> Self:
        self._socket.bind((HOST, self.port))
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self._over = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._over:
            within = max(self._left[0][0] - time.monotonic(), 0) if self._left else _LOOK
            if select.select([self._socket], [], [], within)[0]:
                query, client = self._socket.recvfrom(4096)
                self.asked += 1
                self._left.append((time.monotonic() + self._delay, self._answer(query), client))
            while self._left and self._left[0][0] <= time.monotonic():
                _, answer, client = self._left.popleft()
                self._socket.sendto(answer, client)

    def _answer(self, query: bytes) -> bytes:
        question = query[_QUESTION : query.index(0, _QUESTION) + 5]
        return query[:2] + _HEAD + question + self._record
