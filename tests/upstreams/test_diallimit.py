"""L{DialLimit}."""

from __future__ import annotations

from functools import partial

from twisted.trial.unittest import SynchronousTestCase

from dotchain.upstreams.diallimit import DialLimit

from .forwardcase import ONE, THREE, TWO, ForwardCase
from .upstreamcommon import asked


class DialLimitTests(SynchronousTestCase):
    """So many at a time."""

    def test_order(self) -> None:
        """Two begin at once, the others in their order as each one ends."""
        limit = DialLimit(2)
        begun: list[str] = []
        for name in "abcd":
            limit.enter(partial(begun.append, name))
        self.assertEqual(begun, ["a", "b"])
        limit.leave()
        self.assertEqual(begun, ["a", "b", "c"])
        limit.leave()
        limit.leave()
        limit.leave()
        limit.enter(partial(begun.append, "e"))
        self.assertEqual(begun, ["a", "b", "c", "d", "e"])


class HandshakeTests(ForwardCase):
    """Dials of one upstream."""

    def test_twoAtATime(self) -> None:
        """Of three addresses that don't answer the third is dialed when the first is given up (A5)."""
        upstream = self.make(f"{ONE} {TWO} {THREE}")
        (outcome,) = asked(upstream)
        self.network.pass_(1.0)
        self.assertEqual([each.host for each in self.network.attempts], ["192.0.2.1", "192.0.2.2"])
        self.network.pass_(0.6)
        self.open("192.0.2.3").replyAll()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_givenUpBeforeItsTurn(self) -> None:
        """A dial whose upstream stops while it waits for its turn never happens."""
        upstream = self.make(f"{ONE} {TWO} {THREE}")
        asked(upstream)
        self.network.pass_(1.0)
        upstream.stopService()
        self.network.pass_(3.0)
        self.assertEqual(self.to("192.0.2.3"), [])
