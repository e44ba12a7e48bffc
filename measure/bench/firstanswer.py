"""When a daemon begins to answer."""

from __future__ import annotations

import socket
import time
from threading import Event, Thread

import dns.message
from typing_extensions import Self

from tests.interop.ports import HOST

_STEP = 0.005
_WIRE = dns.message.make_query("example.org.", "A").to_wire()


class FirstAnswer:
    """
    Asks a UDP port every 5 ms, beside whoever starts a daemon, until it answers NOERROR.

    @ivar seconds: from the begin of the block to the answer; 0 where none came.
    """

    def __init__(self, port: int) -> None:
        """
        @param port: 0 for none, so that nothing is asked.
        """
        self.seconds = 0.0
        self._port = port
        self._over = Event()
        self._thread = Thread(target=self._ask)
        self._begin = 0.0

    def __enter__(self) -> Self:
        self._begin = time.monotonic()
        if self._port:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *why: object) -> None:
        """Whoever has started is asked for a second more, as he may have been asked in another way."""
        if self._port:
            if kind is None:
                self._thread.join(1)
            self._over.set()
            self._thread.join()

    def _ask(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect((HOST, self._port))
            asking.settimeout(_STEP)
            while not self._over.is_set():
                if self._answers(asking):
                    self.seconds = time.monotonic() - self._begin
                    return

    def _answers(self, asking: socket.socket) -> bool:
        try:
            asking.send(_WIRE)
            answer = asking.recv(512)
        except TimeoutError:
            return False
        except OSError:
            # Nobody listens yet, which comes back at once.
            time.sleep(_STEP)
            return False
        return len(answer) > 3 and answer[3] & 15 == 0
