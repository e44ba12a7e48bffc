"""When someone begins to answer."""

from __future__ import annotations

import socket
import time
from threading import Thread

import dns.message
from twisted.trial.unittest import SynchronousTestCase

from measure.bench.firstanswer import FirstAnswer

from ...interop.ports import HOST, freePort


class FirstAnswerTests(SynchronousTestCase):
    """C{FirstAnswer}."""

    def test_late(self) -> None:
        """The time counts from the begin of the block to the first NOERROR; SERVFAIL is none."""
        port = freePort()

        def answer() -> None:
            time.sleep(0.2)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
                server.bind((HOST, port))
                server.settimeout(5)
                for rcode in (2, 0):
                    octets, client = server.recvfrom(512)
                    reply = dns.message.make_response(dns.message.from_wire(octets))
                    reply.set_rcode(rcode)  # type: ignore[arg-type]
                    server.sendto(reply.to_wire(), client)

        server = Thread(target=answer)
        with FirstAnswer(port) as first:
            server.start()
            server.join()
        self.assertGreater(first.seconds, 0.2)

    def test_never(self) -> None:
        """A block that fails is over at once, and without an answer there is no time."""
        first, begin = FirstAnswer(freePort()), time.monotonic()

        def fails() -> None:
            with first:
                raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, fails)
        self.assertEqual(first.seconds, 0)
        self.assertLess(time.monotonic() - begin, 1)

    def test_none(self) -> None:
        """Without a port nobody is asked."""
        with FirstAnswer(0) as first:
            pass
        self.assertEqual(first.seconds, 0)
