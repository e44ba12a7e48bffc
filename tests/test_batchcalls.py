"""Where there are system calls that take many datagrams at once."""

from __future__ import annotations

import socket
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.batchcalls import available
from dotchain.fronts.datagrams.mmsg import BatchSocket


class AvailableTests(SynchronousTestCase):
    """L{available}."""

    def test_elsewhere(self) -> None:
        """Only Linux with 64 bits has the calls in the layout that is declared."""
        self.patch(sys, "platform", "freebsd14")
        self.assertFalse(available())

    def test_here(self) -> None:
        """Where it is available it works."""
        if available():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
                port.bind(("127.0.0.1", 0))
                self.assertEqual(BatchSocket(port, False).receive(), ([], []))
