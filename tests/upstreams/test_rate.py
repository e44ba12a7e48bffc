"""C{rate} of an upstream: so many queries a second, and no more."""

from __future__ import annotations

from dotchain.resolver import OverRate
from dotchain.share import Share
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.health import HEALTHY
from dotchain.upstreams.rate import part, rate

from .forwardcase import ONE, ForwardCase
from .groups.groupcase import GOOD, QUERY, GroupCase, now
from .upstreamcommon import asked


class RateTests(ForwardCase):
    """L{RatedCore<dotchain.upstreams.rate.RatedCore>}."""

    def test_over(self) -> None:
        """Those over the rate fail at once and are never sent; a second later there is room again."""
        upstream = self.make(ONE, rate=3.0)
        outcomes = asked(upstream, 5)
        self.assertEqual(self.open().replyAll(), 3)
        self.assertEqual([type(each.error) for each in outcomes[3:]], [OverRate, OverRate])
        self.assertEqual(upstream.overRate, 2)
        self.network.pass_(1.0)
        later = asked(upstream, 4)
        self.network.advance(0)
        peer = self.network.dial().peer
        assert peer is not None
        self.assertEqual(peer.replyAll(), 3)
        self.assertEqual(sum(hasattr(each.results[0], "value") for each in later), 1)

    def test_slow(self) -> None:
        """Less than one a second is a rate, too."""
        upstream = self.make(ONE, rate=rate("30/m"))
        asked(upstream, 2)
        self.assertEqual(self.open().replyAll(), 1)
        self.network.pass_(2.0)
        asked(upstream, 1)
        self.assertEqual(upstream.overRate, 1)

    def test_written(self) -> None:
        """By the second or the minute; each worker has its part."""
        self.assertEqual((rate("100/s"), rate("60/m"), rate("7")), (100.0, 1.0, 7.0))
        self.assertEqual((part(Share(1, 4), 100.0), part(Share(1, 4), None)), (25.0, None))
        for text in ("0", "0/s", "fast", "5/h"):
            self.assertRaises(ValueError, rate, text)


class GroupTests(GroupCase):
    """A member that has had as many queries as it may have."""

    def test_healthy(self) -> None:
        """The next one is asked, and its health does not suffer, however often that happens."""
        group = self.over(Failover, now(*[OverRate("over")] * 9), now(GOOD))
        for _ in range(9):
            self.assertIs(self.answer(group.resolve(QUERY)), GOOD)
        first = group.members[0]
        self.assertEqual((first.state, first.failed, first.out), (HEALTHY, 0, 0))
