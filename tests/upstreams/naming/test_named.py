"""L{Forward}: upstreams by name (RFC 8310 section 7.2)."""

from __future__ import annotations

from typing import Any
from unittest import mock

from twisted.logger import capturedLogs

from dotchain.address import nameservers
from dotchain.options import OptionError
from dotchain.resolver import NoAnswer, NotNow, ResolveError
from dotchain.upstreams.forward import Forward
from dotchain.wire.query import ask

from ..upstreamcommon import Outcome, asked, forward
from .namedcase import BOOTSTRAP, NAME, NamedCase

QUESTION = b"\3dns\7example\3org\0"


class ResolvingTests(NamedCase):
    """Before there is an address, and when there is."""

    def test_cold(self) -> None:
        """The first queries wait for one lookup, which asks for nothing but A and AAAA of the name."""
        upstream = self.named()
        outcomes = asked(upstream, 3)
        self.assertEqual(self.bootstrap(), [QUESTION + b"\0\1", QUESTION + b"\0\x1c"])
        self.assertEqual(self.open().replyAll(), 3)
        self.assertEqual([each.answer.rcode for each in outcomes], [0] * 3)
        self.assertEqual(len(self.to(BOOTSTRAP)), 1)

    def test_unresolved(self) -> None:
        """Where the name can't be resolved queries fail at once, with the reason; later ones try again."""
        upstream = self.named()
        (first,) = asked(upstream)
        self.known = {}
        self.bootstrap()
        (second,) = asked(upstream)
        for each in (first, second):
            words = f"the upstream's own name {NAME} could not be resolved: no A record, no AAAA record"
            self.assertEqual(each.error.text, words)
            self.assertEqual(each.error.code, ResolveError.code)
        self.network.pass_(3.1)
        self.known = {28: "2001:db8::1"}
        (third,) = asked(upstream)
        self.bootstrap()
        self.open("2001:db8::1").replyAll()
        self.assertEqual(third.answer.rcode, 0)

    def test_silentBootstrap(self) -> None:
        """A query that waits for a lookup has the one deadline that all have, and no timer of its own."""
        upstream = self.named(timeout=4.5)
        asked(upstream, 10)
        calls = len(self.network.getDelayedCalls())
        (outcome,) = asked(upstream)
        self.assertEqual(len(self.network.getDelayedCalls()), calls)
        self.to(BOOTSTRAP)[0].accept()
        self.network.pass_(4.7)
        self.assertIn("could not be resolved: tcp://192.0.2.53:53: no answer", outcome.error.text)

    def test_deadline(self) -> None:
        """Where its time is over before the lookup's it is told what it waited for."""
        servers = nameservers(" ".join(f"tcp://192.0.2.{number}" for number in range(100, 110)))
        upstream = self.make(f"tcp://{NAME}", bootstrap=servers, timeout=0.3)
        (outcome,) = asked(upstream)
        for _ in range(32):
            for each in self.network.attempts:
                if each.state == "connecting":
                    each.accept()
            self.network.pass_(1 / 64)
        self.assertIsInstance(outcome.error, NoAnswer)
        self.assertIn(f"own name {NAME} is not resolved yet", outcome.error.text)

    def test_attempt(self) -> None:
        """A group's query waits for the first lookup, as for a connection; later for none."""
        upstream = self.named()
        first = Outcome(upstream.attempt(ask("foo.example")))
        self.bootstrap()
        self.open().replyAll()
        self.assertEqual(first.answer.rcode, 0)
        self.network.pass_(20)
        second = Outcome(upstream.attempt(ask("foo.example")))
        self.to("192.0.2.1")[-1].refuse()
        self.assertIsInstance(second.error, NotNow)

    def test_networkChanged(self) -> None:
        """A name that could not be resolved is tried at once when the network has changed."""
        upstream = self.named()
        (first,) = asked(upstream)
        self.known = {}
        self.bootstrap()
        self.assertIsInstance(first.error, ResolveError)
        self.known = {1: "192.0.2.1"}
        upstream.networkChanged()
        (second,) = asked(upstream)
        self.bootstrap()
        self.open().replyAll()
        self.assertEqual(second.answer.rcode, 0)

    def test_besideAnAddress(self) -> None:
        """An address that needs no lookup is used at once; the name is looked up beside it."""
        upstream = self.named(f"tcp://192.0.2.9 tcp://{NAME}")
        (outcome,) = asked(upstream)
        self.network.pass_(0.2)
        self.open("192.0.2.9").replyAll()
        self.assertEqual(outcome.answer.rcode, 0)
        self.bootstrap()
        self.assertEqual([each.address.host for each in upstream.endpoints], ["192.0.2.9", "192.0.2.1"])

    def test_twoNames(self) -> None:
        """Names of clear text may be several; each is looked up, and one address is not asked twice."""
        upstream = self.named(f"tcp://{NAME} tcp://b.example.org")
        asked(upstream)
        self.assertEqual(len(self.bootstrap()), 4)
        self.assertEqual([each.address.host for each in upstream.endpoints], ["192.0.2.1"])

    def test_stopped(self) -> None:
        """A stop in the middle of a lookup ends the queries that wait, and complains of nothing."""
        upstream = self.named()
        (outcome,) = asked(upstream)
        with capturedLogs() as events:
            upstream.stopService()
        self.assertEqual((outcome.error.text, events), ("stopping", []))
        upstream.startService()
        self.network.pass_(3.1)
        (again,) = asked(upstream)
        self.bootstrap()
        self.open().replyAll()
        self.assertEqual(again.answer.rcode, 0)


class MovingTests(NamedCase):
    """When the name gets other addresses."""

    def found(self, **options: Any) -> Forward:
        """An upstream whose name has been resolved, and that has answered a query."""
        upstream = self.named(**options)
        asked(upstream)
        self.bootstrap()
        self.open().replyAll()
        return upstream

    def lookAgain(self, upstream: Forward) -> None:
        """Traffic after the TTL, and a new lookup with it."""
        self.network.pass_(self.ttl)
        asked(upstream)
        self.network.pass_(0.2)
        self.bootstrap()

    def test_lazily(self) -> None:
        """Without traffic nothing is looked up, however long that is."""
        self.found()
        self.network.pass_(1000)
        self.assertEqual(len(self.to(BOOTSTRAP)), 1)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_stays(self) -> None:
        """An address that stays keeps its connection; nobody waits for the lookup after a TTL."""
        upstream = self.found(idle_timeout=2000.0)
        peer = self.to("192.0.2.1")[0].peer
        assert peer is not None
        self.network.pass_(301)
        (outcome,) = asked(upstream)
        self.network.advance(0)
        peer.replyAll()
        self.assertEqual(outcome.answer.rcode, 0)
        self.known = {1: "192.0.2.1", 28: "2001:db8::1"}
        self.bootstrap()
        self.assertEqual([each.address.host for each in upstream.endpoints], ["192.0.2.1", "2001:db8::1"])
        self.assertEqual(len(self.to("192.0.2.1")), 1)
        self.assertFalse(peer.disconnecting)

    def test_gone(self) -> None:
        """An address that is gone is left when its last query is answered; new ones go to the new one."""
        self.ttl = 5
        upstream = self.found(idle_timeout=2000.0)
        peer = self.to("192.0.2.1")[0].peer
        assert peer is not None
        self.network.pass_(5)
        (last,) = asked(upstream)
        self.network.advance(0)
        self.known = {1: "192.0.2.2"}
        self.network.pass_(0.2)
        self.bootstrap()
        (first,) = asked(upstream)
        self.open("192.0.2.2").replyAll()
        self.assertEqual(first.answer.rcode, 0)
        self.assertFalse(peer.disconnecting)
        peer.replyAll()
        self.assertEqual(last.answer.rcode, 0)
        self.network.pass_(0.2)
        self.assertTrue(peer.disconnecting)

    def test_unreachable(self) -> None:
        """An address that refuses has the name resolved anew, and the query goes to where it is now."""
        upstream = self.found(idle_timeout=1.0)
        self.network.pass_(5)
        self.known = {1: "192.0.2.2"}
        (outcome,) = asked(upstream)
        self.to("192.0.2.1")[-1].refuse()
        self.bootstrap()
        self.open("192.0.2.2").replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_notTooOften(self) -> None:
        """However often it refuses, there is a lookup every few seconds at the most."""
        upstream = self.found(idle_timeout=1.0)
        self.network.pass_(5)
        lookups = 0
        for _ in range(100):
            asked(upstream)
            self.network.pass_(0.1)
            for each in self.to("192.0.2.1"):
                if each.state == "connecting":
                    each.refuse()
            lookups += len(self.bootstrap()) // 2
        self.assertIn(lookups, range(2, 7))

    def serve(self, host: str) -> None:
        """This one accepts and answers all, others refuse."""
        for each in list(self.network.attempts):
            if each.state == "connecting" and each.host != BOOTSTRAP:
                each.accept() if each.host == host else each.refuse()
        self.network.advance(0)
        for each in self.to(host):
            if each.peer is not None and not each.peer.ended:
                each.peer.replyAll()

    def test_oneOfTwo(self) -> None:
        """A family that never works costs one lookup, however often it is tried beside the one that does."""
        self.known[28] = "2001:db8::1"
        upstream = self.named()
        outcomes, lookups = asked(upstream), self.bootstrap()
        for _ in range(60):
            outcomes += asked(upstream)
            for _ in range(5):
                self.serve("2001:db8::1")
                self.network.pass_(0.2)
            lookups += self.bootstrap()
        self.assertEqual({each.answer.rcode for each in outcomes}, {0})
        self.assertGreater(len(self.to("192.0.2.1")), 5)
        self.assertLessEqual(len(lookups), 4)

    def test_shortOutage(self) -> None:
        """An address that is back after a moment is tried again at once, lookup or not."""
        upstream = self.found(idle_timeout=1.0)
        self.network.pass_(5)
        (outcome,) = asked(upstream)
        self.to("192.0.2.1")[-1].refuse()
        self.network.pass_(0.5)
        self.open().replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_reload(self) -> None:
        """HUP has the name resolved anew."""
        upstream = self.found()
        self.network.pass_(5)
        upstream.reload()
        asked(upstream)
        self.network.pass_(0.2)
        self.assertEqual(len(self.bootstrap()), 2)


class OptionTests(NamedCase):
    """What goes together, and what is wrong."""

    def refused(self, where: str, **options: Any) -> OptionError:
        """What is said of this configuration."""
        with self.assertRaises(OptionError) as caught:
            forward(self.network, where, **options)
        found: OptionError = caught.exception
        return found

    servers = nameservers("192.0.2.53")

    def test_noBootstrap(self) -> None:
        """A name needs a bootstrap server: it is never resolved by the system."""
        error = self.refused(f"tls://{NAME}")
        self.assertEqual(error.key, "address")
        self.assertIn("needs 'bootstrap'", str(error))

    def test_noName(self) -> None:
        """A bootstrap server needs something to do."""
        self.assertEqual(self.refused("tcp://192.0.2.1", bootstrap=self.servers).key, "bootstrap")

    def test_ownName(self) -> None:
        """Without 'name' the server is authenticated by its own; 'name' and pins go before it."""
        for options, name in (
            ({}, NAME),
            ({"name": "other.example.org"}, "other.example.org"),
            ({"pin_sha256": frozenset({bytes(32)})}, None),
        ):
            made = self.named(f"tls://{NAME}", **options)
            assert made._identity is not None
            self.assertEqual(made._identity.wanted.name, name)

    def test_twoNames(self) -> None:
        """Two names are two servers to authenticate."""
        where = f"tls://{NAME} tls://b.example.org"
        error = self.refused(where, bootstrap=self.servers)
        self.assertEqual(error.key, "address")
        self.assertIn("write two upstreams", str(error))
        self.named(where, name="both.example.org")

    def test_opportunistic(self) -> None:
        """Opportunistic: TLS first, and port 53 of the addresses found when it fails."""
        upstream = self.named(f"tls://{NAME}", profile="opportunistic")
        (outcome,) = asked(upstream)
        self.bootstrap()
        self.assertEqual(
            [str(each.address) for each in upstream.endpoints], ["tls://192.0.2.1:853", "udp://192.0.2.1:53"]
        )
        self.to("192.0.2.1")[0].refuse()
        self.assertEqual((outcome.results, upstream.downgraded), ([], 1))
        with mock.patch("socket.socket.connect") as connect:
            self.network.advance(0)
        connect.assert_called_once_with(("192.0.2.1", 53))

    def test_warnings(self) -> None:
        """A public bootstrap server in clear text is warned of; TLS and private ones are not."""
        for where, count in (("9.9.9.9", 1), ("10.0.0.1 tls://9.9.9.9", 0)):
            made = self.make(f"tls://{NAME}", bootstrap=nameservers(where))
            self.assertEqual(len(made.warnings()), count)
        self.assertIn("udp://dns.example.org:53", " ".join(self.named(f"udp://{NAME}").warnings()))

    def test_files(self) -> None:
        """What a name may come to is promised open files, and held to fewer where they are short."""
        upstream = self.named(f"udp://{NAME}", connections=1, sockets=100)
        self.assertEqual(upstream.mostFiles, 8 * (1 + 2 + 1 + 100) + 3)
        upstream.limitOpenFiles(8 * 5 + 3)
        self.network.advance(0)
        asked(upstream)
        with mock.patch("dotchain.upstreams.datagrams.socketpool.SocketPool.limitOpenFiles") as held:
            self.bootstrap()
        held.assert_called_once_with(5)

    def test_noAnswer(self) -> None:
        """A server that keeps silent is still told apart from a name that can't be resolved."""
        upstream = self.named(timeout=1.0)
        (outcome,) = asked(upstream)
        self.bootstrap()
        self.open()
        self.network.pass_(1.2)
        self.assertIsInstance(outcome.error, NoAnswer)
        self.assertIn("no answer", outcome.error.text)
