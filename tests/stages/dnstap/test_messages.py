"""Tests of what stands in frames."""

from __future__ import annotations

from typing import Any

import dns.message
from twisted.trial.unittest import SynchronousTestCase

from dotchain import __version__
from dotchain.address import Address
from dotchain.api import Answer, Client
from dotchain.stages.dnstap.messages import Encoder
from dotchain.testing import makeAnswer, makeQuery

from .reading import DNSTAP, messages

CLIENT = Client("192.0.2.77", "tls", "dot")
WWW = "foo.example.org. 300 IN A 192.0.2.1"
UPSTREAM = Address("udp", "2001:db8::53", 53)
# A binary fraction, so that nanoseconds are exact.
AT = 1767323045.5


class MessageTests(SynchronousTestCase):
    """What a reader finds in them."""

    def setUp(self) -> None:
        """An encoder, a query and an answer."""
        self.encoder = Encoder("ns1")
        self.query = makeQuery(client=CLIENT)
        self.answer = makeAnswer(self.query, WWW, errors=[(3, "old")])

    def read(self, frame: bytes) -> Any:
        """The only message."""
        (found,) = messages(frame)
        self.assertEqual((found.identity, found.version), (b"ns1", f"dotchain {__version__}".encode()))
        return found.message

    def test_clientQuery(self) -> None:
        """Who asked when, and how, and the octets that came."""
        message = self.read(self.encoder.client(self.query, AT))
        self.assertEqual(message.type, DNSTAP.Message.CLIENT_QUERY)
        self.assertEqual((message.socket_family, message.socket_protocol), (DNSTAP.INET, DNSTAP.DOT))
        self.assertEqual(message.query_address, b"\xc0\0\2\x4d")
        self.assertEqual((message.query_time_sec, message.query_time_nsec), (1767323045, 500_000_000))
        self.assertEqual(message.query_message, self.query.wire)
        self.assertFalse(message.HasField("response_time_sec") or message.HasField("query_port"))

    def test_clientResponse(self) -> None:
        """The response as this client gets it, with the time of both."""
        message = self.read(self.encoder.client(self.query, AT, self.answer, AT + 1.25))
        self.assertEqual(message.type, DNSTAP.Message.CLIENT_RESPONSE)
        self.assertEqual((message.query_time_sec, message.response_time_sec), (1767323045, 1767323046))
        self.assertEqual(message.response_time_nsec, 750_000_000)
        self.assertFalse(message.HasField("query_message"))
        response = dns.message.from_wire(message.response_message)
        self.assertTrue(self.query.message().is_response(response))
        self.assertEqual(response.answer[0].to_text(), WWW)

    def test_families(self) -> None:
        """Clients of IPv6 and other transports; of none where dotchain asks by itself."""
        six = makeQuery(client=Client("2001:db8::1", "udp"))
        message = self.read(self.encoder.client(six, AT))
        self.assertEqual((message.socket_family, message.socket_protocol), (DNSTAP.INET6, DNSTAP.UDP))
        message = self.read(self.encoder.client(makeQuery(), AT))
        self.assertFalse(message.HasField("query_address") or message.HasField("socket_protocol"))

    def test_forwarderQuery(self) -> None:
        """The address that it went to, where that is known."""
        message = self.read(self.encoder.forwarder(self.query, UPSTREAM, AT))
        self.assertEqual(message.type, DNSTAP.Message.FORWARDER_QUERY)
        self.assertEqual((message.socket_family, message.socket_protocol), (DNSTAP.INET6, DNSTAP.UDP))
        self.assertEqual((message.response_address[-1], message.response_port), (0x53, 53))
        self.assertFalse(message.HasField("query_address"))
        message = self.read(self.encoder.forwarder(self.query, None, AT))
        self.assertFalse(message.HasField("response_address") or message.HasField("socket_family"))

    def test_forwarderResponse(self) -> None:
        """What the upstream said, its extended errors among it."""
        message = self.read(self.encoder.forwarder(self.query, UPSTREAM, AT, self.answer, AT))
        self.assertEqual(message.type, DNSTAP.Message.FORWARDER_RESPONSE)
        response = dns.message.from_wire(message.response_message)
        self.assertTrue(self.query.message().is_response(response))
        self.assertEqual(response.answer[0].to_text(), WWW)
        self.assertEqual([option.to_text() for option in response.options], ["EDE 3 (Stale Answer): old"])

    def test_largeRcode(self) -> None:
        """An RCODE above 15 is whole (RFC 6891 section 6.1.3)."""
        message = self.read(self.encoder.forwarder(self.query, None, AT, Answer.bare(23), AT))
        self.assertEqual(dns.message.from_wire(message.response_message).rcode(), 23)
