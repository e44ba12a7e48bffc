"""C{next-on} of an upstream: another address is asked where one says so."""

from __future__ import annotations

from dotchain.upstreams.forward import Forward
from dotchain.upstreams.nexton import rcodes
from dotchain.wire.codes import NOERROR, NXDOMAIN, REFUSED, SERVFAIL

from .forwardcase import ONE, TWO, ForwardCase
from .network import Peer, response
from .upstreamcommon import Outcome, asked


class NextOnTests(ForwardCase):
    """L{NextOn<dotchain.upstreams.nexton.NextOn>}."""

    def start(self, where: str = f"{ONE} {TWO}") -> tuple[Forward, Outcome, Peer]:
        """An upstream, a query, and the address that it came to first."""
        upstream = self.make(where, next_on=rcodes("servfail refused"))
        (outcome,) = asked(upstream)
        return upstream, outcome, self.open()

    def say(self, peer: Peer, rcode: int) -> None:
        """Answer the one query with an RCODE."""
        (query,) = peer.queries()
        peer.reply(response(query, 0x8180 | rcode))
        self.network.advance(0)

    def test_next(self) -> None:
        """SERVFAIL here, an answer there: that is the answer, and the first address has not failed."""
        upstream, outcome, first = self.start()
        self.say(first, SERVFAIL)
        self.say(self.open("192.0.2.2"), NOERROR)
        self.assertEqual(outcome.answer.rcode, NOERROR)
        self.assertEqual((upstream.nextOn, upstream.endpoints[0].failures), (1, 0))

    def test_all(self) -> None:
        """Where all say so, what the last one said is the answer."""
        _, outcome, first = self.start()
        self.say(first, SERVFAIL)
        self.say(self.open("192.0.2.2"), REFUSED)
        self.assertEqual(outcome.answer.rcode, REFUSED)

    def test_alone(self) -> None:
        """One address alone is asked once."""
        _, outcome, first = self.start(ONE)
        self.say(first, SERVFAIL)
        self.assertEqual((outcome.answer.rcode, first.queries()), (SERVFAIL, []))

    def test_others(self) -> None:
        """Another RCODE is an answer."""
        _, outcome, first = self.start()
        self.say(first, NXDOMAIN)
        self.assertEqual((outcome.answer.rcode, len(self.network.attempts)), (NXDOMAIN, 1))

    def test_unreachable(self) -> None:
        """Where the other one can't be reached, what was said is the answer."""
        _, outcome, first = self.start()
        self.say(first, SERVFAIL)
        self.to("192.0.2.2")[0].refuse()
        self.assertEqual(outcome.answer.rcode, SERVFAIL)

    def test_silent(self) -> None:
        """Where the other keeps silent, what was said is the answer soon, not at the end of the time."""
        _, outcome, first = self.start()
        self.say(first, SERVFAIL)
        self.open("192.0.2.2")
        self.network.pass_(2.0)
        self.assertEqual(outcome.answer.rcode, SERVFAIL)

    def test_names(self) -> None:
        """Any RCODE has a name, NOERROR alone is none."""
        self.assertEqual(rcodes("servfail nxdomain"), {SERVFAIL, NXDOMAIN})
        for text in ("noerror", "broken"):
            self.assertRaises(ValueError, rcodes, text)
