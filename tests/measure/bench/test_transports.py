"""The servers whose TLS is compared do the same."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.transports import MESSAGE, SERVERS, Client, echo

from ...folders import folder
from ...interop.certificates import leaf


class ServerTests(SynchronousTestCase):
    """Each of the three."""

    def test_echo(self) -> None:
        """It gives back all messages of a read, which the client checks, read after read."""
        files = leaf(None).write(folder(self), "echo")
        for kind in SERVERS.values():
            client = Client(kind(files))
            for batch in (1, 100, 1):
                self.assertGreater(client.timed(MESSAGE * batch), 0)

    def test_messages(self) -> None:
        """Messages of different lengths stay as they are."""
        octets = b"\x00\x01a" + b"\x00\x00" + b"\x01\x00" + bytes(256)
        self.assertEqual(echo(octets), octets)
