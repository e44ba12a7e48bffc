"""Records without data: new keys again and again (RFC 8446 section 4.6.3) keep nobody waiting for long."""

from __future__ import annotations

import contextlib
import socket
import ssl
from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.clientchannel import reasonOf
from dotchain.tls.serverchannel import ServerChannel
from measure.hostile.attacks.libssl import LibsslClient

from ..folders import folder
from .certificates import NAME, make
from .meeting import serve
from .test_serverchannel import Client


class FruitlessTests(SynchronousTestCase):
    """What a client may send besides data."""

    def setUp(self) -> None:
        self.context = serve(folder(self), make(NAME))

    def updates(self, count: int, channel: ServerChannel) -> bytes:
        """The octets of so many KeyUpdates, of a client that does its handshake with a channel."""
        near, far = socket.socketpair()
        client = Thread(target=_update, args=(near, count))
        client.start()
        with far:
            far.settimeout(20)
            octets = b""
            # The client leaves without having read its tickets, which may not even be sent by then.
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                while not channel.open:
                    channel.feed(far.recv(65536))
                    far.sendall(channel.take())
            with contextlib.suppress(ConnectionResetError):
                while more := far.recv(65536):
                    octets += more
        client.join()
        return octets

    def test_keyUpdates(self) -> None:
        """Some are answered; of thousands in one read no more than some hundreds, and then it ends."""
        some, many = ServerChannel(self.context), ServerChannel(self.context)
        octets = self.updates(50, some)
        self.assertEqual(some.feed(octets), b"")
        self.assertGreater(len(some.take()), len(octets) // 2)
        octets = self.updates(1500, many)
        self.assertGreater(len(octets), 30_000)
        error: ssl.SSLError = self.assertRaises(ssl.SSLError, many.feed, octets)
        self.assertEqual(reasonOf(error), "records without data")
        self.assertLess(len(many.take()), 25_000)

    def test_largeRecords(self) -> None:
        """Records as large as may be bring their data however they are cut, one after the other."""
        client, channel = Client(), ServerChannel(self.context)
        channel.feed(client.hello)
        client.incoming.write(channel.take())
        channel.feed(client.shake())
        octets = b"".join(client.sealed(bytes(16384)) for _ in range(5))
        for size in (1000, 4097, 20_000):
            cut = [octets[at : at + size] for at in range(0, len(octets), size)]
            self.assertEqual(len(b"".join(map(channel.feed, cut))), 5 * 16384)
            octets = b"".join(client.sealed(bytes(16384)) for _ in range(5))


def _update(sock: socket.socket, count: int) -> None:
    with LibsslClient(sock) as client:
        for _ in range(count):
            client.updateKey()
