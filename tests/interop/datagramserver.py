"""A server over UDP in a thread of its own: who inherits from it says what it replies."""

from __future__ import annotations

import socket
import threading

from typing_extensions import Self

from .ports import HOST, freePort


class DatagramServer:
    """
    It replies from the beginning of a C{with} block until its end.

    @ivar port: where.
    """

    def __init__(self) -> None:
        self.port = freePort()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def reply(self, wire: bytes) -> bytes | None:
        """What is sent for a datagram: to be overridden; None for nothing."""
        return None

    def __enter__(self) -> Self:
        self.socket.bind((HOST, self.port))
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    def close(self) -> None:
        """Serve no more."""
        if self._thread.is_alive():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
                # An empty datagram tells the thread to end.
                waker.sendto(b"", (HOST, self.port))
            self._thread.join(5)
        self.socket.close()

    def _serve(self) -> None:
        while True:
            wire, client = self.socket.recvfrom(65535)
            if not wire:
                return
            reply = self.reply(wire)
            if reply is not None:
                self.socket.sendto(reply, client)
