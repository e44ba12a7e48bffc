"""Who asks for names that are never answered."""

from __future__ import annotations

import socket
import time

import dns.message
from twisted.trial.unittest import SynchronousTestCase

from measure.bench.daemons.silent import PREFIX
from measure.bench.load.background import together
from measure.bench.load.silence import silence

from ....folders import folder
from ....interop.ports import HOST


class SilenceTests(SynchronousTestCase):
    """C{silence}."""

    def test_names(self) -> None:
        """Nobody answers, and all come all the same, each for a name of its own that the server knows."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind((HOST, 0))
            mute.settimeout(5)
            mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            began = time.monotonic()
            with together(silence(folder(self), mute.getsockname()[1], 0.5, 1000)):
                found = {dns.message.from_wire(mute.recv(512)).question[0].name for _ in range(450)}
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(len(found), 450)
        self.assertEqual({str(name).startswith(PREFIX) for name in found}, {True})
