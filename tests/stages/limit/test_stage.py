"""The stage C{limit}, as a query meets it."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock

from dotchain.api import (
    DROP,
    EDE_PROHIBITED,
    NOERROR,
    REFUSED,
    SERVFAIL,
    TC,
    Answer,
    Client,
    IResolver,
    OptionError,
    Query,
)
from dotchain.stages.limit.stage import Limit
from dotchain.testing import Scripted, StageCase, both, queryOf
from dotchain.toll import PASSAGE

ASKED = "www.example.org A"
RECORD = "www.example.org. 300 IN A 192.0.2.80"
UDP = Client("192.0.2.1", "udp", "lan")
OTHER = Client("192.0.2.2", "udp", "lan")


class LimitCase(StageCase):
    """A stage on a clock of its own."""

    def limit(self, *script: str, **options: str) -> Limit:
        """A stage; at 10 a second with 5 at once, where nothing else is said."""
        self.time = Clock()
        self.time.advance(1000.0)
        now = self.time.seconds

        class Timed(Limit):
            def __init__(self, next: IResolver, reactor: Any, **given: Any) -> None:
                super().__init__(next, reactor, now=now, **given)

        options.setdefault("rate", "10/s")
        if options["rate"] != "unlimited":
            options.setdefault("burst", "5")
        return self.made(Timed, *script or (RECORD,), **options)

    def told(self, stage: Limit, count: int, client: Client = UDP, asked: str = ASKED) -> str:
        """What so many queries get: an Answer, Truncated, Refused, or nothing."""
        return "".join(self._one(stage, client, asked) for _ in range(count))

    def _one(self, stage: Limit, client: Client, asked: str) -> str:
        answer = self.answered(stage, asked, client)
        if answer is DROP:
            return "-"
        if answer.flags & TC:
            self.assertEqual((answer.rcode, answer.body), (NOERROR, b""))
            return "T"
        if answer.rcode == REFUSED:
            self.assertEqual(answer.errors, ((EDE_PROHIBITED, "too many queries"),))
            return "R"
        self.assertEqual(answer.rcode, NOERROR)
        return "A"


@both
class LimitTests(LimitCase):
    """Who may ask how much, and what the others get."""

    def test_slip(self) -> None:
        """Beyond the burst every second query is truncated, and the others get nothing."""
        self.assertEqual(self.told(self.limit(), 11), "AAAAA-T-T-T")
        self.assertEqual(self.told(self.limit(slip="1"), 7), "AAAAATT")
        self.assertEqual(self.told(self.limit(slip="0"), 9), "AAAAA----")
        self.assertEqual(self.told(self.limit(slip="3"), 11), "AAAAA--T--T")

    def test_over(self) -> None:
        """Beyond it they are refused, or dropped, as C{over} says."""
        self.assertEqual(self.told(self.limit(over="refuse"), 7), "AAAAARR")
        self.assertEqual(self.told(self.limit(over="drop"), 9), "AAAAA----")

    def test_streams(self) -> None:
        """Over TCP and TLS nobody can be sent on to TCP: the client is refused."""
        for transport in ("tcp", "tls"):
            self.assertEqual(self.told(self.limit(), 7, Client("192.0.2.1", transport)), "AAAAARR")
            stage = self.limit(over="drop")
            self.assertEqual(self.told(stage, 7, Client("192.0.2.1", transport)), "AAAAA--")

    def test_refill(self) -> None:
        """Who rests may go on at his rate, and after a longer rest with a burst again."""
        stage = self.limit(slip="1")
        self.told(stage, 5)
        self.time.advance(0.25)
        self.assertEqual(self.told(stage, 3), "AAT")
        self.time.advance(60.0)
        self.assertEqual(self.told(stage, 6), "AAAAAT")

    def test_nobodyElse(self) -> None:
        """Another client goes on, and whoever is beyond asks nobody behind."""
        stage = self.limit()
        self.told(stage, 20)
        self.assertEqual(self.told(stage, 5, OTHER), "AAAAA")
        self.assertEqual(len(self.next.asked), 10)

    def test_prefixes(self) -> None:
        """A site's IPv6 addresses share a bucket, IPv4 addresses have one each; C{per} says what is one."""
        for options, one, other, shared in (
            ({}, "2001:db8:0:100::1", "2001:db8:0:1ff:ffff::2", True),
            ({}, "2001:db8:0:100::1", "2001:db8:0:200::1", False),
            ({}, "192.0.2.1", "::ffff:192.0.2.1", True),
            ({}, "fe80::1%eth0", "fe80::2%eth1", True),
            ({"per": "/24 /64"}, "192.0.2.1", "192.0.2.254", True),
            ({"per": "/24 /64"}, "192.0.2.1", "192.0.3.1", False),
            ({"per": "/24 /64"}, "2001:db8:0:100::1", "2001:db8:0:101::1", False),
        ):
            stage = self.limit(slip="1", **options)
            self.told(stage, 5, Client(one, "udp"))
            self.assertEqual(self.told(stage, 1, Client(other, "udp")), "T" if shared else "A", (one, other))

    def test_identity(self) -> None:
        """
        With C{identity} who has a certificate is one client at all his addresses, and not with others at his
        own; those without are told by their addresses.
        """
        stage = self.limit(per="/32 /56 identity")
        here, there = (
            Client("192.0.2.1", "tls", "dot", identity="laptop"),
            Client("2001:db8::1", "tls", "dot"),
        )
        self.assertEqual(
            self.told(stage, 3, here) + self.told(stage, 3, there._replace(identity="laptop")), "AAAAAR"
        )
        self.assertEqual(self.told(stage, 5, here._replace(identity="phone")), "AAAAA")
        self.assertEqual(self.told(stage, 6, here._replace(identity="")), "AAAAAR")
        self.assertEqual(self.told(stage, 5, there), "AAAAA")
        alike = self.limit()
        self.assertEqual(
            self.told(alike, 3, here) + self.told(alike, 3, here._replace(identity="x")), "AAAAAR"
        )

    def test_forged(self) -> None:
        """Who asks over UDP in a client's name uses up nothing of what he has over TCP and TLS."""
        stage = self.limit(slip="1")
        self.told(stage, 50)
        self.assertEqual(self.told(stage, 3, Client("192.0.2.1", "tcp")), "AAA")
        self.assertEqual(self.told(stage, 3, Client("192.0.2.1", "tls")), "AAR")

    def test_rules(self) -> None:
        """Each rule has buckets of its own; what no rule takes is for the rate."""
        stage = self.limit(
            slip="1", rules="type:ANY -> 2/m\nclient:192.0.2.2 -> unlimited\nbig.example -> 20/s"
        )
        self.assertEqual(self.told(stage, 2, UDP, "www.example.org ANY"), "AT")
        self.assertEqual(self.told(stage, 6), "AAAAAT")
        self.assertEqual(self.told(stage, 3, OTHER, "www.example.org ANY"), "ATT")
        self.assertEqual(self.told(stage, 30, OTHER), "A" * 30)
        self.assertEqual(self.told(stage, 11, UDP, "www.big.example A"), "A" * 10 + "T")

    def test_longestName(self) -> None:
        """Of names the longest that holds decides, wherever it stands."""
        stage = self.limit(rate="unlimited", slip="1", rules="example -> 1/m\nbig.example -> 3/m")
        self.assertEqual(self.told(stage, 4, UDP, "a.big.example A"), "AAAT")
        self.assertEqual(self.told(stage, 2, UDP, "a.example A"), "AT")
        self.assertEqual(self.told(stage, 20, UDP, "a.test A"), "A" * 20)

    def test_match(self) -> None:
        """Queries for which C{match} does not hold are not counted, for their question or their client."""
        stage = self.limit(slip="1", match="type:A !client:192.0.2.2")
        self.assertEqual(self.told(stage, 9, UDP, "www.example.org AAAA"), "A" * 9)
        self.assertEqual(self.told(stage, 9, OTHER), "A" * 9)
        self.assertEqual(self.told(stage, 6), "AAAAAT")

    def test_observed(self) -> None:
        """Who would be beyond is counted, and gets his answer."""
        stage = self.limit(mode="observe")
        self.assertEqual(self.told(stage, 9), "A" * 9)
        self.assertEqual((stage.decided, stage.dropped, stage.truncated), (4, 0, 0))

    def test_counters(self) -> None:
        """What became of queries beyond is counted."""
        stage = self.limit()
        self.told(stage, 9)
        self.told(stage, 7, Client("192.0.2.3", "tcp"))
        counted = stage.decided, stage.dropped, stage.truncated, stage.refused, stage.forgotten
        self.assertEqual(counted, (6, 2, 2, 2, 0))

    def test_ours(self) -> None:
        """dotchain's own queries, such as those of a cache ahead of time, are nobody's."""
        stage = self.limit()
        for _ in range(20):
            self.assertEqual(self.answered(stage, ASKED).rcode, NOERROR)

    def test_failure(self) -> None:
        """What fails behind has cost the client as much as an answer."""
        stage = self.limit("SERVFAIL")
        self.assertEqual([self.answered(stage, ASKED, UDP).rcode for _ in range(5)], [SERVFAIL] * 5)
        self.assertEqual(self.told(stage, 2), "-T")


class ConfigurationTests(LimitCase):
    """What can't be meant."""

    def test_nothing(self) -> None:
        """A stage that limits nothing is refused, and so is a burst of no rate."""
        self.assertRaises(OptionError, self.limit, rate="unlimited")
        self.assertRaises(OptionError, self.limit, rate="unlimited", rules="type:ANY -> unlimited")
        self.assertRaises(OptionError, self.limit, rate="unlimited", burst="5", rules="type:ANY -> 1/m")


class PaidTests(LimitCase):
    """What a front is told that may remember the answer."""

    def asked(self, stage: Limit, client: Client = UDP, asked: str = ASKED) -> Answer:
        """As a front asks."""
        PASSAGE.begin()
        return self.answered(stage, asked, client)

    def pays(self, client: Client, count: int = 1) -> str:
        """Whether a client may have so many of the last answer again: Yes or No."""
        assert PASSAGE.toll is not None
        toll, now = PASSAGE.toll, self.time.seconds()
        return "".join("Y" if toll.pays(client, now) else "N" for _ in range(count))

    def test_replays(self) -> None:
        """Answers replay as those behind do, though who asks counts: with rules by client, too."""
        self.assertTrue(self.limit().replays)
        self.assertTrue(self.limit(rules="client:192.0.2.0/24 -> 5/s", match="!client:10.0.0.1").replays)
        behind = Scripted(RECORD, replays=False)
        given = {"rate": "10/s", "per": "/32 /56", "rules": "", "over": "drop", "slip": "2"}
        values = {key: Limit.options[key].read(text) for key, text in given.items()}  # type: ignore[arg-type]
        self.assertFalse(Limit(behind, self.clock, burst=None, **values).replays)

    def test_counted(self) -> None:
        """Each that a front gives again counts, until the client is to ask the chain; others still may."""
        stage = self.limit()
        self.asked(stage)
        self.assertEqual(self.pays(UDP, 6), "YYYYNN")
        self.assertEqual(self.told(stage, 1), "-")

    def test_unknown(self) -> None:
        """A client who has not come to the stage is to do so first."""
        stage = self.limit()
        self.asked(stage, OTHER)
        self.asked(stage)
        self.assertEqual(self.pays(Client("192.0.2.3", "udp", "lan")), "N")
        self.assertEqual(self.pays(OTHER, 5), "YYYYN")

    def test_refused(self) -> None:
        """What he gets who is beyond is for nobody else, and not for the next moment."""
        stage = self.limit()
        for _ in range(5):
            self.asked(stage)
            self.assertFalse(PASSAGE.once)
        self.asked(stage)
        self.assertTrue(PASSAGE.once)

    def test_observed(self) -> None:
        """Where it only observes, an answer may be remembered all the same."""
        stage = self.limit(mode="observe")
        for _ in range(7):
            self.asked(stage)
        self.assertFalse(PASSAGE.once)
        self.assertEqual(self.pays(UDP), "N")

    def test_sorts(self) -> None:
        """Each question is paid for by its own rule; one that C{match} is not for costs nothing."""
        stage = self.limit(match="!type:TXT", rules="type:ANY -> 3/m\nclient:192.0.2.2 -> unlimited")
        self.asked(stage)
        self.asked(stage, asked="www.example.org ANY")
        self.assertEqual(self.pays(UDP, 2), "NN")
        self.asked(stage, OTHER)
        self.assertEqual(self.pays(OTHER, 20), "Y" * 20)
        self.assertEqual(self.pays(UDP, 5), "YYYYN")
        self.asked(stage, asked="www.example.org TXT")
        self.assertIsNone(PASSAGE.toll)

    def test_ofClient(self) -> None:
        """A match by client lets the others have it for nothing."""
        stage = self.limit(match="client:192.0.2.1")
        self.asked(stage, OTHER)
        self.asked(stage)
        self.assertEqual((self.pays(UDP, 5), self.pays(OTHER, 9)), ("YYYYN", "Y" * 9))

    def test_two(self) -> None:
        """Of two stages each is paid; where one has nothing left the other is not paid either."""
        inner = self.limit(burst="3")
        outer = Limit(inner, self.clock, now=self.time.seconds, **self._values(burst="5"))
        self.asked(outer)
        self.assertEqual(self.pays(UDP, 4), "YYNN")
        self.assertEqual(outer.core.meters.look(self._query()).left(self.time.seconds()), 2)

    def _values(self, **given: str) -> dict[str, Any]:
        texts = {key: option.default for key, option in Limit.options.items()} | {"rate": "10/s"} | given
        return {
            key: None if text is None else Limit.options[key].read(text)  # type: ignore[arg-type]
            for key, text in texts.items()
        }

    def _query(self) -> Query:
        return queryOf(ASKED, UDP)


@both
class ExplainTests(LimitCase):
    """What C{dotchain explain} tells."""

    def test_countsNothing(self) -> None:
        """A query that is only explained gets what the client would get, and takes nothing from him."""
        stage = self.limit()
        self.told(stage, 3)
        copy = stage.before(self.next)
        self.assertEqual(self.told(copy, 9), "A" * 9)
        self.told(stage, 2)
        self.assertEqual(self.told(copy, 3), "---")
        self.assertEqual((stage.decided, copy.decided), (0, 0))

    def test_told(self) -> None:
        """How many a client has left, by which rule, and who is one client with it."""
        stage = self.limit(rules="type:ANY -> 5/m\nclient:10.0.0.0/8 -> unlimited", match="!type:TXT")
        self.told(stage, 2)
        explain = stage.explain
        self.assertEqual(explain(queryOf(ASKED, UDP)), "3 left for 192.0.2.1/32 over UDP")
        self.assertEqual(
            explain(queryOf("example.org ANY", Client("2001:db8::1", "udp"))),
            "1 left for 2001:db8::/56 over UDP by 'type:ANY -> 5/m' in line 0",
        )
        self.assertEqual(
            explain(queryOf(ASKED, Client("10.1.1.1", "udp"))),
            "not limited by 'client:10.0.0.0/8 -> unlimited' in line 0",
        )
        self.assertEqual(explain(queryOf("example.org TXT", UDP)), "match does not hold: !type:TXT")
        self.told(stage, 5)
        self.assertEqual(explain(queryOf(ASKED, UDP)), "nothing left for 192.0.2.1/32 over UDP")
        laptop = queryOf(ASKED, Client("192.0.2.1", "tls", identity="laptop.example"))
        explain = self.limit(per="/32 /56 identity").explain
        self.assertEqual(explain(laptop), "5 left for whoever is laptop.example")
