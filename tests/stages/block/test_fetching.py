"""Lists are fetched over HTTPS."""

from __future__ import annotations

import gzip

from twisted.internet import defer
from twisted.internet.error import ConnectionLost

from dotchain.stages.block import connections
from dotchain.stages.block.copies import Version
from dotchain.stages.block.fetching import Fetcher
from dotchain.stages.block.reading import NotUsable
from dotchain.testing import both

from .fetches import FetchCase, address, response

GOOD = Version('"1"', "Mon, 30 Nov 2026 00:00:00 GMT")


@both
class FetcherTests(FetchCase):
    """L{Fetcher}, with a chain that knows the server's address now or later."""

    def why(self, octets: bytes) -> str:
        """Why a response is of no use."""
        fetched = self.fetch()
        transport = self.respond(octets)
        error = self.failureResultOf(fetched, NotUsable).value
        self.assertTrue(transport.disconnecting)
        return str(error)

    def test_list(self) -> None:
        """What a server sends is in the file, and which version that is comes back."""
        fetched = self.fetch()
        transport = self.respond(
            response("200 OK", b"ads.example\n", ETag=GOOD.etag, Last_Modified=GOOD.modified)
        )
        self.assertEqual(self.successResultOf(fetched), GOOD)
        self.assertEqual(self.file.getvalue(), b"ads.example\n")
        self.assertTrue(transport.disconnecting)
        self.assertNotIn(b"If-None-Match", transport.value())

    def test_chain(self) -> None:
        """The server's addresses are the chain's, of both families."""
        self.fetch()
        self.assertEqual([each.type for each in self.next.asked], [1, 28])
        self.assertEqual(self.clock.tcpClients[0][:2], ("192.0.2.1", 443))

    def test_literal(self) -> None:
        """An address in a URL is asked at that, and nobody for it, nor for localhost (RFC 6761)."""
        for host, found in (("192.0.2.9", "192.0.2.9"), ("localhost", "127.0.0.1")):
            self.fetch(url=f"https://{host}/a")
            self.assertEqual(self.clock.tcpClients[-1][:2], (found, 443))
        self.assertEqual(self.next.asked, [])

    def test_bothFamilies(self) -> None:
        """Where one address does not answer the next is tried, IPv4 first."""
        self.next.script[:] = [lambda query: address(query) or "lists.example.org. 300 IN AAAA 2001:db8::1"]
        self.fetch()
        self.clock.advance(1)
        found = [client[0] for client in self.clock.tcpClients]
        self.assertEqual(found, ["192.0.2.1", "2001:db8::1"])

    def test_unchanged(self) -> None:
        """A version that is known is asked about, and 304 says that it is the newest (RFC 9110)."""
        fetched = self.fetch(GOOD)
        transport = self.respond(response("304 Not Modified"))
        self.assertIsNone(self.successResultOf(fetched))
        self.assertIn(b'If-None-Match: "1"\r\n', transport.value())
        self.assertIn(b"If-Modified-Since: Mon, 30 Nov 2026 00:00:00 GMT\r\n", transport.value())

    def test_unaskedFor(self) -> None:
        """304 to who has nothing is no list."""
        self.assertEqual(self.why(response("304 Not Modified")), "its server answers 304")

    def test_errors(self) -> None:
        """Every other status is no list, whatever comes along."""
        self.assertEqual(self.why(response("404 Not Found", b"ads.example")), "its server answers 404")
        self.assertEqual(self.file.getvalue(), b"")

    def test_redirect(self) -> None:
        """A redirect is followed over TLS."""
        fetched = self.fetch()
        self.respond(response("302 Found", Location="https://192.0.2.9/ads"))
        self.assertEqual(self.clock.tcpClients[1][:2], ("192.0.2.9", 443))
        self.respond(response("200 OK", b"ads.example\n"))
        self.assertEqual(self.successResultOf(fetched), Version())

    def test_redirectToClearText(self) -> None:
        """Nobody leads it out of TLS."""
        why = self.why(response("301 Moved", Location="http://lists.example.org/ads"))
        self.assertEqual(why, "it leads to a URL that is not https://")
        self.assertEqual(len(self.clock.tcpClients), 1)

    def test_asSent(self) -> None:
        """What is compressed stays so: who reads it does so in small pieces, and notices damage."""
        for body in (gzip.compress(b"ads.example\n"), b"no gzip"):
            fetched = self.fetch()
            self.respond(response("200 OK", body, Content_Encoding="gzip"))
            self.successResultOf(fetched)
            self.assertTrue(self.file.getvalue().endswith(body))

    def test_endsEarly(self) -> None:
        """Less than the server has promised is no list."""
        fetched = self.fetch()
        self.respond(response("200 OK", b"ads.example\n")[:-3]).lose(ConnectionLost())
        self.clock.advance(0)
        error = self.failureResultOf(fetched, NotUsable).value
        self.assertEqual(str(error), "the peer closed the connection")

    def test_nonsense(self) -> None:
        """What is no HTTP is told in words of ours."""
        self.assertEqual(self.why(b"\x15\x03\x03 no http\r\n\r\n"), "ParseError")

    def test_silent(self) -> None:
        """A server that says nothing, or goes on for ever, is left after a while."""
        for begin in (b"", response("200 OK", b"x" * 10)[:-5]):
            fetched = self.fetch()
            transport = self.respond(begin)
            self.clock.advance(Fetcher.WITHIN)
            self.failureResultOf(fetched, defer.TimeoutError)
            self.assertTrue(transport.disconnecting)

    def test_tooLarge(self) -> None:
        """Nobody fills the disk, or the memory by headers."""
        self.patch(connections, "_MOST", 1000)
        self.assertEqual(self.why(response("200 OK", b"x" * 2000)), "it is too large")

    def test_stopped(self) -> None:
        """Who gives up leaves no connection."""
        fetched = self.fetch()
        transport = self.respond(b"")
        fetched.addErrback(lambda _: None).cancel()
        self.assertTrue(transport.disconnecting)

    def test_noAddress(self) -> None:
        """A name without an address is told as such."""
        self.next.script[:] = ["NXDOMAIN"]
        error = self.failureResultOf(self.fetch(), NotUsable).value
        self.assertEqual(str(error), "the name has no address")
