"""The server's side of a TLS connection, sans-IO."""

from __future__ import annotations

import contextlib
import ssl
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.serverchannel import ServerChannel

from ..folders import folder
from .certificates import NAME, make
from .hellos import cut
from .meeting import serve

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class Client:
    """
    The other side, in memory.

    @ivar hello: its ClientHello.
    """

    def __init__(self, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, *alpn: str) -> None:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        made.maximum_version = version
        if alpn:
            made.set_alpn_protocols(list(alpn))
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self.incoming, self.outgoing)
        self.hello = self.shake()

    def shake(self) -> bytes:
        """Go on with the handshake; what is to be sent."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self.outgoing.read()

    def sealed(self, octets: bytes) -> bytes:
        """Octets of the wire for plain ones."""
        self.tls.write(octets)
        return self.outgoing.read()

    def opened(self, octets: bytes) -> bytes:
        """The plain octets in those of the wire."""
        self.incoming.write(octets)
        found = b""
        while self.incoming.pending:
            found += self.tls.read(1 << 20)
        return found

    def closing(self) -> bytes:
        """Octets of close_notify."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self.outgoing.read()


class Asked(ssl.SSLContext):
    """
    A context that counts.

    @ivar made: how many connections OpenSSL has had a part in.
    """

    made = 0

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """One more."""
        self.made += 1
        return super().wrap_bio(*args, **options)


class ServerChannelTests(SynchronousTestCase):
    """L{ServerChannel}."""

    def setUp(self) -> None:
        """What channels are made of."""
        self.made = serve(folder(self), make(names=[NAME]))

    def meet(self, version: ssl.TLSVersion) -> tuple[Client, ServerChannel]:
        """A client and a channel after the handshake."""
        client, channel = Client(version), ServerChannel(self.made)
        octets = client.hello
        while octets:
            self.assertEqual(channel.feed(octets), b"")
            client.incoming.write(channel.take())
            octets = client.shake()
        self.assertTrue(channel.open)
        return client, channel

    def test_silent(self) -> None:
        """OpenSSL has no part in a connection before its ClientHello is whole."""
        files = make(names=[NAME]).write(folder(self))
        context = Asked(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        channel, client = ServerChannel(context), Client()
        channel.feed(client.hello[:-1])
        self.assertEqual((context.made, channel.take(), channel.context), (0, b"", context))
        channel.feed(client.hello[-1:])
        self.assertEqual((context.made, channel.context), (1, context))
        silent = ServerChannel(context)
        self.assertEqual((silent.close(), silent.take(), context.made), (b"", b"", 1))

    def test_bothWays(self) -> None:
        """Plain octets come out as they went in, in both versions and any size (RFC 8446 section 5.1)."""
        for version in VERSIONS:
            client, channel = self.meet(version)
            for size in (1, 12, 16383, 16384, 16385, 65537, 200_000):
                octets = bytes(range(256)) * (size // 256 + 1)
                self.assertEqual(channel.feed(client.sealed(octets[:size])), octets[:size])
                self.assertEqual(client.opened(channel.seal(octets[:size])), octets[:size])

    def test_anyCut(self) -> None:
        """It does not matter where the octets of the wire are cut."""
        for version in VERSIONS:
            client, channel = self.meet(version)
            wire = client.sealed(b"a" * 100) + client.sealed(b"b" * 100)
            plain = b"".join(channel.feed(memoryview(wire[at : at + 7])) for at in range(0, len(wire), 7))
            self.assertEqual(plain, b"a" * 100 + b"b" * 100)

    def test_nothingOfTheirs(self) -> None:
        """Whatever part of a ClientHello has come, nothing is ready to be sent; above all not itself."""
        client, channel = Client(), ServerChannel(self.made)
        for octet in client.hello[:-1]:
            self.assertEqual((channel.feed(bytes((octet,))), channel.take()), (b"", b""))
        channel.feed(client.hello[-1:])
        client.incoming.write(channel.take())
        channel.feed(client.shake())
        self.assertTrue(channel.open)

    def test_clearText(self) -> None:
        """Clear text is an error, and is not echoed (RFC 7858 section 3.1)."""
        for octets in (b"GET / HTTP/1.1\r\n\r\n", b"\0\x1d" + bytes(29), b"\x15\x03\x03\0\2\2\x28"):
            channel = ServerChannel(self.made)
            with self.assertRaises(ssl.SSLError):
                channel.feed(octets)
            self.assertIn(channel.take()[:1], (b"", b"\x15"))
            self.assertFalse(channel.open)
            self.assertEqual(channel.close(), b"")

    def test_ours(self) -> None:
        """An offer with C{dot} is taken, in as many records as it comes."""
        client, channel = Client(ssl.TLSVersion.TLSv1_3, "h2", "dot"), ServerChannel(self.made)
        channel.feed(cut(client.hello, [50]))
        client.incoming.write(channel.take())
        channel.feed(client.shake())
        self.assertEqual((channel.open, client.tls.selected_alpn_protocol()), (True, "dot"))

    def test_finished(self) -> None:
        """After the client's close_notify he can be answered, and gets ours (RFC 8446 section 6.1)."""
        for version in VERSIONS:
            client, channel = self.meet(version)
            plain = channel.feed(client.sealed(b"question") + client.closing())
            self.assertEqual((plain, channel.finished), (b"question", True))
            self.assertEqual(client.opened(channel.seal(b"answer")), b"answer")
            client.incoming.write(channel.close())
            with contextlib.suppress(ssl.SSLZeroReturnError):
                self.assertEqual(client.tls.read(), b"")

    def test_close(self) -> None:
        """Closing first gives close_notify, which the client understands; nothing can be sealed then."""
        for version in VERSIONS:
            client, channel = self.meet(version)
            client.incoming.write(channel.take() + channel.close())
            with contextlib.suppress(ssl.SSLZeroReturnError):
                self.assertEqual(client.tls.read(), b"")
            with self.assertRaises(ssl.SSLError):
                channel.seal(b"late")

    def test_damaged(self) -> None:
        """A record that does not decrypt is an error with an alert, and every call after it is safe."""
        for version in VERSIONS:
            client, channel = self.meet(version)
            with self.assertRaises(ssl.SSLError):
                channel.feed(b"\x17\x03\x03\x00\x20" + bytes(32))
            client.incoming.write(channel.take())
            with self.assertRaises(ssl.SSLError) as caught:
                client.tls.read()
            self.assertIn("BAD_RECORD_MAC", str(caught.exception))
            with self.assertRaises(ssl.SSLError):
                channel.seal(b"late")
            self.assertEqual(channel.close(), b"")
