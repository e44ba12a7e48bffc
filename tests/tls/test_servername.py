"""The server name of a ClientHello (RFC 6066 section 3)."""

from __future__ import annotations

import ssl

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.namedserverchannel import NamedServerChannel
from dotchain.tls.servername import serverName

from ..folders import folder
from .certificates import NAME, make
from .hellos import cut, hello, message
from .meeting import serve
from .test_alpnoffer import extended

HEADER = b"\0\0"


def named(octets: bytes, kind: int = 0) -> bytes:
    """A ClientHello with that name."""
    entry = bytes((kind,)) + len(octets).to_bytes(2, "big") + octets
    data = len(entry).to_bytes(2, "big") + entry
    return extended(HEADER + len(data).to_bytes(2, "big") + data)


class ServerNameTests(SynchronousTestCase):
    """L{serverName}."""

    def test_name(self) -> None:
        """As OpenSSL sends it, folded; empty where there is none."""
        for newest in (True, False):
            self.assertEqual(
                serverName(message(hello(name="Kids.Example.org", newest=newest))[4:]), "kids.example.org"
            )
            self.assertEqual(serverName(message(hello(name=None, newest=newest))[4:]), "")

    def test_dot(self) -> None:
        """A final dot, which must not be there, is no part of the name."""
        self.assertEqual(serverName(named(b"kids.example.")), "kids.example")

    def test_strange(self) -> None:
        """What can be no name is none: octets beyond ASCII, other types, lengths that are wrong."""
        for body in (named(b"caf\xe9.example"), named(b"x", kind=1), named(b""), extended(HEADER + b"\0\1x")):
            self.assertEqual(serverName(body), "")
        self.assertEqual(serverName(named(b"kids.example").replace(b"\0\x0ckids", b"\0\x0bkids")), "")


class NamedServerChannelTests(SynchronousTestCase):
    """L{NamedServerChannel}."""

    def setUp(self) -> None:
        """What channels are made of."""
        self.made = serve(folder(self), make(names=[NAME]))

    def test_hello(self) -> None:
        """The name is known as soon as the ClientHello is, in one piece or in many."""
        whole = hello("dot", name="kids.example")
        for octets in (whole, cut(whole, [1, 7, 60])):
            channel = NamedServerChannel(self.made)
            self.assertEqual(channel.feed(octets), b"")
            self.assertEqual(channel.serverName, "kids.example")

    def test_parts(self) -> None:
        """Before it is all there, there is none."""
        whole = hello("dot", name="kids.example")
        channel = NamedServerChannel(self.made)
        channel.feed(whole[:30])
        self.assertEqual(channel.serverName, "")
        channel.feed(whole[30:])
        self.assertEqual(channel.serverName, "kids.example")

    def test_hostile(self) -> None:
        """A name with octets that are no text gets TLS's own error, and prints nothing."""
        whole = hello(name="kids.example").replace(b"kids.example", b"kid\xff.example")
        channel = NamedServerChannel(self.made)
        try:
            channel.feed(whole)
        except ssl.SSLError:
            self.assertEqual(channel.take()[:1], b"\x15")
        self.assertEqual(channel.serverName, "")
