"""L{Forward}: what a caller sees of it."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionLost

from dotchain.options import OptionError, Value
from dotchain.tls.pins import pinOf, pins
from dotchain.upstreams.forward import Forward

from ..folders import folder
from ..tls.certificates import make
from .forwardcase import ONE, TWO, ForwardCase
from .network import response
from .upstreamcommon import Outcome, asked, exhaust


class AnswerTests(ForwardCase):
    """What comes back."""

    def test_answered(self) -> None:
        """Each query gets its own answer, in any order, once."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 50)
        peer = self.open()
        for query in reversed(peer.queries()):
            kind = 1 if query[12:].startswith((b"\2q1", b"\3q1")) else 0
            peer.reply(response(query, 0x8183 if kind else 0x8180), response(query))
        rcodes = [each.answer.rcode for each in outcomes]
        self.assertEqual([number for number, rcode in enumerate(rcodes) if rcode], [1, *range(10, 20)])

    def test_oneDial(self) -> None:
        """500 cold queries make one connection."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 500)
        peer = self.open()
        self.assertEqual(sum(exhaust(self.network, peer)), 500)
        self.assertEqual({len(each.results) for each in outcomes}, {1})
        self.assertEqual(len(self.network.attempts), 1)

    def test_whateverTheAnswer(self) -> None:
        """SERVFAIL and REFUSED are answers: who gives them is there, and is asked again."""
        upstream = self.make(f"{ONE} {TWO}")
        (outcome,) = asked(upstream)
        peer = self.open()
        for rcode in (2, 5):
            peer.reply(*[response(query, 0x8180 | rcode) for query in peer.queries()])
            self.assertEqual(outcome.answer.rcode, rcode)
            (outcome,) = asked(upstream)
            self.network.advance(0)
        peer.replyAll()
        self.assertEqual(self.to("192.0.2.2"), [])

    def test_rest(self) -> None:
        """When the last connection is closed no timer runs any more."""
        upstream = self.make(ONE)
        asked(upstream)
        self.open().replyAll()
        self.network.pass_(8.5)
        self.assertEqual(self.network.getDelayedCalls(), [])
        (outcome,) = asked(upstream)
        self.open().replyAll()
        self.assertEqual(outcome.answer.rcode, 0)


class ReentryTests(ForwardCase):
    """What callers do when they are called back."""

    def test_cancelled(self) -> None:
        """A query that its caller cancels has that one result, answer or not."""
        upstream = self.make(ONE)
        first, second = asked(upstream, 2)
        first.deferred.cancel()
        second.deferred.cancel()
        self.assertIsInstance(first.error, CancelledError)
        peer = self.open()
        peer.reply(*[response(query) for query in peer.queries()[:1]])
        self.network.pass_(4.7)
        for each in (first, second):
            self.assertIsInstance(each.error, CancelledError)

    def test_stopWithinASweep(self) -> None:
        """One late query's caller stops everything while others are late too: each is done once."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 3)
        self.open()
        outcomes[0].deferred.addCallback(lambda _: upstream.stopService())
        self.network.pass_(4.7)
        self.assertEqual({len(each.results) for each in outcomes}, {1})

    def test_stopWithinAStop(self) -> None:
        """The caller of a query that is ended by a stop stops too."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 3)
        outcomes[1].deferred.addCallback(lambda _: upstream.stopService())
        upstream.stopService()
        self.assertEqual([each.error.text for each in outcomes], ["stopping"] * 3)

    def test_askWithinASweep(self) -> None:
        """One late query's caller asks again: there is one sweep, and an answer."""
        upstream = self.make(ONE)
        (outcome,) = asked(upstream)
        again: list[Outcome] = []
        outcome.deferred.addCallback(lambda _: again.extend(asked(upstream)))
        self.open().queries()
        self.network.pass_(4.7)
        self.open().replyAll()
        self.assertEqual(again[0].answer.rcode, 0)
        self.assertEqual(len(self.network.getDelayedCalls()), 1)

    def test_askOnFailure(self) -> None:
        """A caller who asks again when he fails does not go round for ever."""
        upstream = self.make(ONE, timeout=0.2)
        tries: list[Outcome] = []

        def again(_: object) -> None:
            if len(tries) < 50:
                tries.extend(asked(upstream))
                tries[-1].deferred.addCallback(again)

        again(None)
        self.network.dial().refuse()
        self.network.pass_(60)
        self.assertEqual(len(tries), 50)
        self.assertEqual({len(each.results) for each in tries}, {1})


class StopTests(ForwardCase):
    """Stopping."""

    def stop(self, upstream: Forward) -> Any:
        """Stop; what comes when all is closed."""
        return upstream.stopService()

    def test_dialing(self) -> None:
        """While dialing: queries fail with a reason, at once, and nothing is left."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 3)
        self.successResultOf(self.stop(upstream))
        self.assertEqual([each.error.text for each in outcomes], ["stopping"] * 3)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_inFlight(self) -> None:
        """With queries in flight: none is sent again."""
        upstream = self.make(ONE)
        outcomes = asked(upstream, 3)
        peer = self.open()
        done = self.stop(upstream)
        peer.close(ConnectionLost)
        self.successResultOf(done)
        self.assertEqual([each.error.text for each in outcomes], ["stopping"] * 3)
        self.assertEqual(len(self.network.attempts), 1)
        self.network.advance(0)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_silentPeer(self) -> None:
        """A silent peer holds it up for two seconds at the most."""
        upstream = self.make(ONE)
        asked(upstream)
        self.open().silent = True
        done = self.stop(upstream)
        self.assertNoResult(done)
        self.network.pass_(2.1)
        self.successResultOf(done)
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_waiting(self) -> None:
        """Queries that wait for an address to be tried again are ended too."""
        upstream = self.make(ONE)
        (outcome,) = asked(upstream)
        self.network.dial().refuse()
        self.assertEqual(outcome.results, [])
        self.successResultOf(self.stop(upstream))
        self.assertEqual(outcome.error.text, "stopping")
        self.assertEqual(self.network.getDelayedCalls(), [])

    def test_afterwards(self) -> None:
        """Who asks later is told at once, and nothing is dialed; callers of the last queries too."""
        upstream = self.make(ONE)
        (outcome,) = asked(upstream)
        more: list[Outcome] = []
        outcome.deferred.addCallback(lambda _: more.extend(asked(upstream)))
        self.stop(upstream)
        more += asked(upstream)
        self.assertEqual([each.error.text for each in more], ["stopping", "stopping"])
        self.assertEqual((len(self.network.attempts), self.network.getDelayedCalls()), (1, []))

    def test_startAgain(self) -> None:
        """A service that is started again serves."""
        upstream = self.make(ONE)
        asked(upstream)
        self.stop(upstream)
        upstream.startService()
        (outcome,) = asked(upstream)
        self.open().replyAll()
        self.assertEqual(outcome.answer.rcode, 0)


class SettingsTests(ForwardCase):
    """What else can be said of it."""

    def test_warnings(self) -> None:
        """Clear text that leaves the private network is worth a warning."""
        self.assertEqual(
            self.make("udp://1.1.1.1 tcp://192.168.0.1").warnings(),
            ["queries go to udp://1.1.1.1:53 in clear text"],
        )

    def test_pinsReadAgain(self) -> None:
        """A pin given as a file follows the file when the configuration is read anew."""
        place = folder(self)
        first, second = (make(names=["dns.example.org"]) for _ in range(2))
        file, _ = first.write(place)
        made = self.make("tls://192.0.2.1", pin_sha256=pins(Value.at(file.name, place, 1)))
        assert made._identity is not None
        self.assertEqual(made._identity.wanted.pins, {pinOf(first.certificate)})
        second.write(place)
        made.reload()
        self.assertEqual(made._identity.wanted.pins, {pinOf(second.certificate)})
        file.unlink()
        self.assertEqual(self.assertRaises(OptionError, made.reload).key, "pin-sha256")
        self.assertEqual(made._identity.wanted.pins, {pinOf(second.certificate)})

    def test_reload(self) -> None:
        """A reload reads trusted CAs anew; in clear text there are none."""
        made = self.make("tls://192.0.2.1", pin_sha256=frozenset({bytes(32)}))
        assert made._identity is not None
        before = made._identity._made
        made.reload()
        self.assertIsNot(made._identity._made, before)
        self.make(ONE).reload()
