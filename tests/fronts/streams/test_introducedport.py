"""TCP and TLS behind balancers, who say by a PROXY header for whom they ask."""

from __future__ import annotations

from typing import Any

from dotchain.client import Client, Origin
from dotchain.fronts.access import AccessList
from dotchain.fronts.introductions import Introductions
from dotchain.fronts.prefixlimits import Most, PrefixLimits
from dotchain.fronts.streams.introducedport import IntroducedPort
from dotchain.fronts.streams.port import StreamPort
from dotchain.networks import networks
from dotchain.testing import Scripted
from dotchain.wire import Query
from dotchain.wire.proxyheader import LOCAL, ProxyHeader, encrypted, proxied

from .peers import Peer, SecurePeer
from .portcase import ANSWER, StreamCase, bothTransports, framed

BALANCER = "192.0.2.80"
HEADER = proxied(ProxyHeader("198.51.100.7", 4711, "203.0.113.53", 853), False, b"\x04\0\x03pad")


class BalancedCase(StreamCase):
    """
    A port behind a balancer.

    @ivar origins: whether upstreams are told of clients.
    """

    origins = False
    believed: frozenset[str] = frozenset()

    def made(self, *parts: Any, **limits: Any) -> IntroducedPort:
        """The port that is tested."""
        access = AccessList(networks(BALANCER), ())
        self.introductions = Introductions(
            "lan", "tcp", access, self.origins, self.loop.seconds, self.believed
        )
        return IntroducedPort(*parts, **limits).expecting(self.introductions)

    def serving(self, **limits: Any) -> None:
        """Serve with a resolver that notes who asks."""
        self.clients: list[Client] = []

        def answer(query: Query) -> Any:
            self.clients.append(query.client)
            return ANSWER

        self.serve(Scripted(answer, replays=False), **limits)

    def opened(self, *pieces: bytes, address: str = BALANCER) -> Peer:
        """The client of a balancer, who sends these octets before anything of the client's."""
        peer = self.approach(address)
        hello = peer.hello() if isinstance(peer, SecurePeer) else b""
        for piece in pieces:
            peer.push(piece)
            self.loop.settle()
        peer.push(hello)
        self.run_()
        return peer

    def counted(self, **counts: int) -> None:
        """Fail unless this became of headers."""
        found = {reason.replace(" ", "_"): count for reason, count in self.introductions.counts.items()}
        self.assertEqual(found, counts)


@bothTransports
class OutsideTests(BalancedCase):
    """The header in front of all else, as HAProxy sends it."""

    def test_client(self) -> None:
        """The client in the header asks, in whatever pieces that comes."""
        self.serving()
        octets = [HEADER[at : at + 1] for at in range(len(HEADER))]
        for pieces in ([HEADER], octets, [HEADER[:20], HEADER[20:]]):
            peer = self.opened(*pieces)
            peer.say(framed(1, 2))
            self.run_()
            self.assertEqual(peer.ids, [1, 2])
        self.assertEqual({each.address for each in self.clients}, {"198.51.100.7"})
        self.counted(taken=3)

    def test_named(self) -> None:
        """A balancer that has taken off TLS tells its names, also where he goes on with TLS of his own."""
        self.believed = frozenset(("sni", "identity"))
        self.serving()
        named = encrypted("TLSv1.3", "X", "", "dns.example", "laptop")
        peer = self.opened(proxied(ProxyHeader("198.51.100.7", 4711, "203.0.113.53", 53), False, named))
        peer.say(framed(1))
        self.run_()
        self.assertEqual({(each.sni, each.identity) for each in self.clients}, {("dns.example", "laptop")})

    def test_local(self) -> None:
        """What a balancer asks for himself counts as his own."""
        self.serving()
        peer = self.opened(LOCAL)
        peer.say(framed(1))
        self.run_()
        self.assertEqual((peer.ids, self.clients[0].address), ([1], BALANCER))
        self.counted(taken=1, local=1)

    def test_denied(self) -> None:
        """The front's lists are about the client in the header, and who may not ask is refused or closed."""
        self.serving(deny="198.51.100.0/24")
        peer = self.opened(HEADER)
        peer.say(framed(1))
        self.run_()
        self.assertEqual([octets[3] & 15 for octets in peer.responses], [5])
        self.serving(deny="198.51.100.0/24", drop=True)
        self.assertTrue(self.opened(HEADER).eof)

    def test_missing(self) -> None:
        """A balancer without a header that can be taken is closed; the log names no address."""
        self.serving()
        for octets in (b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", bytes(40), HEADER[:14] + b"\xff" * 20):
            self.assertTrue(self.opened(octets).eof)
        self.counted(PROXY_version_1=1, no_PROXY_header=1, PROXY_header_is_too_long=1)
        lines = [event["log_format"].format(**event) for event in self.events]
        self.assertEqual(len(lines), 3)
        self.assertFalse([line for line in lines if "192.0.2" in line])

    def test_late(self) -> None:
        """A header that does not come in the time of a handshake is waited for no longer."""
        self.serving(handshake=3.0)
        peer = self.approach(BALANCER)
        peer.push(HEADER[:20]) if not isinstance(peer, SecurePeer) else None
        if isinstance(peer, SecurePeer):
            peer.hello()
        self.pass_(2.5)
        self.assertFalse(peer.eof)
        self.pass_(2)
        self.assertTrue(peer.eof)
        self.counted(no_PROXY_header_in_time=1)

    def test_gone(self) -> None:
        """A balancer that leaves before is forgotten, as are all a moment after the port stops."""
        self.serving()
        peer = self.approach(BALANCER)
        peer.leave()
        self.loop.settle()
        self.counted(connection_closed_before_a_header=1)
        other = self.approach(BALANCER)
        self.port.stop()
        other.pump()
        self.assertFalse(other.eof or other.reset or self.port.quiet)
        self.pass_(1)
        self.assertTrue(other.eof or other.reset)
        self.assertTrue(self.port.quiet)

    def test_lastComer(self) -> None:
        """Whose header comes just after the port has stopped asks all the same."""
        self.serving()
        peer = self.approach(BALANCER)
        self.port.stop()
        hello = peer.hello() if isinstance(peer, SecurePeer) else b""
        peer.push(HEADER + hello)
        peer.say(framed(1))
        self.pass_(0.5)
        self.assertEqual((peer.ids, peer.ended, len(self.clients)), ([1], True, 1))

    def test_tooMany(self) -> None:
        """Connections whose header is awaited count among those that may be open."""
        self.serving(maxConnections=3)
        for _ in range(5):
            self.approach(BALANCER)
        self.assertEqual(self.port.shed, 2)

    def test_limits(self) -> None:
        """The limit of a client is that of the address in the header; a balancer has none of his own."""
        limits = PrefixLimits("front lan", connections=Most(2, 3), now=self.loop.seconds)
        self.serving(limits=limits)
        peers = [self.opened(HEADER) for _ in range(3)]
        self.assertEqual([peer.eof for peer in peers], [False, False, True])
        self.assertEqual([self.opened(LOCAL).eof for _ in range(5)], [False] * 5)
        self.assertEqual(limits.counts, {"max-client-connections": 1})
        self.assertEqual(limits.of("198.51.100.7").connections, 2)

    def test_others(self) -> None:
        """Who is no balancer is served as ever."""
        self.serving()
        peer = self.connect()
        peer.say(framed(1))
        self.run_()
        self.assertEqual((peer.ids, self.clients[0].address), ([1], "192.0.2.7"))
        self.counted()

    def test_origin(self) -> None:
        """Upstreams may be told what the header says, of TLS what the client has agreed on with us."""
        self.origins = True
        self.serving()
        for peer in (self.opened(HEADER), self.connect()):
            peer.say(framed(1))
            self.run_()
        introduced, direct = (each.origin for each in self.clients)
        assert introduced is not None
        assert direct is not None
        self.assertEqual(introduced[:3], (4711, "203.0.113.53", 853))
        self.assertEqual(direct[:3], (40000, "192.0.2.53", 853))
        self.assertEqual(
            {each.version for each in (introduced, direct)}, {"TLSv1.3" if self.encrypted else ""}
        )


class ForbiddenTests(BalancedCase):
    """Headers of those who are no balancers."""

    def test_forbidden(self) -> None:
        """Nobody else may say for whom he asks: he is closed, before he has asked anything."""
        self.serving()
        for octets in (HEADER, b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n"):
            peer = self.connect()
            peer.say(octets + framed(1))
            self.run_()
            self.assertTrue(peer.eof)
        self.assertEqual(self.clients, [])
        self.counted(header_of_an_address_that_is_not_listed=2)


class InsideTests(BalancedCase):
    """The header inside of the balancer's own TLS, as dnsdist sends it."""

    encrypted = True

    def test_client(self) -> None:
        """The client in the header asks, and has nothing of the balancer's TLS."""
        self.origins = True
        self.serving()
        for pieces in ([HEADER + framed(1)], [HEADER[:5], HEADER[5:], framed(1)]):
            peer = self.connect(BALANCER)
            for piece in pieces:
                peer.say(piece)
                self.run_()
            self.assertEqual(peer.ids, [1])
        self.assertEqual({each.address for each in self.clients}, {"198.51.100.7"})
        self.assertEqual({each.origin for each in self.clients}, {Origin(4711, "203.0.113.53", 853)})
        self.counted(taken=2)

    def test_limits(self) -> None:
        """The client in the header has his limits, and the balancer none for the TLS around it."""
        limits = PrefixLimits("front lan", connections=Most(2, 3), handshakes=Most(1, 1))
        self.serving(limits=limits)
        peers = [self.connect(BALANCER) for _ in range(10)]
        for peer in peers:
            peer.say(HEADER)
        self.run_()
        self.assertEqual(sum(peer.eof for peer in peers), 8)
        self.assertEqual((limits.of(BALANCER).connections, limits.of("198.51.100.7").connections), (0, 2))
        self.assertEqual(self.port.handshakes, {"full": 10})

    def test_missing(self) -> None:
        """What is no header there closes the connection, before anything is asked."""
        self.serving()
        peer = self.connect(BALANCER)
        peer.say(framed(1))
        self.run_()
        self.assertEqual((peer.eof, self.clients), (True, []))
        self.counted(no_PROXY_header=1)

    def test_denied(self) -> None:
        """Who may not ask is refused, or closed."""
        for drop, codes in ((False, [5]), (True, [])):
            self.serving(deny="198.51.100.0/24", drop=drop)
            peer = self.connect(BALANCER)
            peer.say(HEADER + framed(1))
            self.run_()
            self.assertEqual([octets[3] & 15 for octets in peer.responses], codes)


class SucceededTests(BalancedCase):
    """Connections that live on in another port after a reload."""

    plain = False

    def made(self, *parts: Any, **limits: Any) -> Any:
        """See L{BalancedCase.made}; without balancers where the new configuration has none."""
        return StreamPort(*parts, **limits) if self.plain else super().made(*parts, **limits)

    def reload(self) -> None:
        """Another port takes the connections."""
        before = self.port
        self.serving()
        self.port.succeed(before)
        before.close()

    def test_awaited(self) -> None:
        """A connection whose header is still to come is served by the new port."""
        self.serving()
        peer = self.approach(BALANCER)
        self.reload()
        peer.push(HEADER)
        self.run_()
        peer.say(framed(1))
        self.run_()
        self.assertEqual((peer.ids, self.clients[0].address), ([1], "198.51.100.7"))
        self.counted(taken=1)

    def test_noBalancers(self) -> None:
        """Where there are no balancers any more, clients are served and headers refused as before."""
        self.serving()
        peer, other = self.connect(), self.connect()
        self.plain = True
        self.reload()
        peer.say(framed(1))
        self.run_()
        self.assertEqual(peer.ids, [1])
        other.say(HEADER)
        self.run_()
        self.assertTrue(other.eof)


class SucceededInsideTests(SucceededTests):
    """The same with TLS: a balancer's own has begun, and the header is still to come inside."""

    encrypted = True

    def test_awaited(self) -> None:
        """It is read all the same."""
        self.serving()
        peer = self.connect(BALANCER)
        self.plain = True
        self.reload()
        peer.say(HEADER + framed(1))
        self.run_()
        self.assertEqual(peer.ids, [1])
