"""The command explain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from twisted.internet.defer import Deferred, ensureDeferred

from dotchain.client import Client
from dotchain.control.explain import LIMIT, explain
from dotchain.resolver import ResolveError
from dotchain.stages.answers.reading import allowances, denials
from dotchain.stages.answers.stage import Answers
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import DROP, Answer

from .controlcase import part
from .explaincase import ExplainCase


class ExplainTests(ExplainCase):
    """L{explain} with stages."""

    def test_way(self) -> None:
        """Every part of the chain tells that it was asked, in the order of asking."""
        found = self.explained(self.chain())
        answered = [(name, "answered") for name in ("lan", "cache", "coalesce", "out")]
        self.assertEqual(self.way(found), answered)
        self.assertEqual(found["answer"], {"rcode": "NOERROR", "records": 1, "ttl": 300, "errors": []})
        self.assertEqual((found["told"], found["client"]["address"]), ("may ask", "127.0.0.1"))

    def test_hit(self) -> None:
        """What a client has asked before is answered from the cache, and nobody behind is asked."""
        daemon = self.chain()
        self.cache.resolve(makeQuery())
        self.clock.advance(55)
        found = self.explained(daemon)
        self.assertEqual(self.way(found), [("lan", "answered"), ("cache", "answered")])
        self.assertEqual(found["steps"][0]["told"], "kept, 245 s left")

    def test_kept(self) -> None:
        """As with any query, its answer is kept for those who ask later."""
        self.explained(self.chain())
        self.cache.resolve(makeQuery())
        self.assertEqual(len(self.end.asked), 1)

    def test_counters(self) -> None:
        """It is no client's query: neither the front nor a stage counts it."""
        daemon = self.chain()
        self.explained(daemon)
        front = daemon.tree.fronts[0].thing
        self.assertEqual((self.cache.misses, front.responders["udp"].counts.queries), (0, 0))

    def test_observed(self) -> None:
        """A stage that judges answers and only observes tells what it would have done."""
        end = Scripted(lambda query: makeAnswer(query, f"{query.name} 300 IN A 10.0.0.1"))
        for kind, options, told in (
            (Answers, {"deny": denials("private")}, "answer has what is denied: private"),
            (Answers, {"deny": denials("private"), "action": "strip"}, "denied records were taken out"),
            (Answers, {"deny": denials("192.168.0.0/16")}, ""),
        ):
            stage = kind(end, self.clock, allow=allowances(""), mode="observe", **options)
            found = self.explained(
                self.daemon(stage, part("upstream", "out", end), part("stage", "answers", stage))
            )
            self.assertEqual(found["answer"]["records"], 1)
            observed = f"would have, but observes: {told}" if told else ""
            self.assertEqual(found["steps"][0]["told"], observed)
            self.assertEqual(stage.decided, 0)

    def test_marked(self) -> None:
        """A stage can tell it from a client's, and sees the client that is asked for."""
        self.explained(self.chain(), client="192.168.7.7", dnssec=True)
        (query,) = self.end.asked
        self.assertTrue(query.explained)
        self.assertFalse(makeQuery().explained)
        self.assertEqual(query.client, Client("192.168.7.7", "udp", "lan"))
        assert query.edns is not None
        self.assertTrue(query.edns.do)

    def test_times(self) -> None:
        """Each step tells how long it took, those behind it among it."""
        daemon = self.chain(later=True)
        waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
        self.clock.advance(0.125)
        self.end.fireAll()
        found = self.successResultOf(waiting)
        while found:
            self.assertEqual(found["ms"], 125.0)
            found = found["steps"] and found["steps"][0]

    def test_joins(self) -> None:
        """It shares the answer to a client's equal query that is in flight."""
        daemon = self.chain(later=True)
        self.cache.resolve(makeQuery())
        waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
        self.assertEqual(len(self.end.asked), 1)
        self.end.fireAll()
        found = self.successResultOf(waiting)
        self.assertEqual(self.way(found)[-1], ("coalesce", "answered"))
        self.assertIn("waits with 1 others", found["steps"][0]["steps"][0]["told"])

    def test_shared(self) -> None:
        """A client that asks the same meanwhile shares its answer, too."""
        daemon = self.chain(later=True)
        waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
        client = self.cache.resolve(makeQuery())
        self.end.fireAll()
        assert isinstance(client, Deferred)
        self.assertEqual(self.successResultOf(client).rcode, 0)
        self.successResultOf(waiting)
        self.assertEqual(len(self.end.asked), 1)

    def test_failure(self) -> None:
        """A failure is told at each step that it passes, with what the client gets."""
        found = self.explained(self.chain(ResolveError("no route")))
        self.assertEqual({outcome for _, outcome in self.way(found)}, {"failed"})
        self.assertEqual(found["error"], "no route")
        self.assertEqual(
            found["answer"],
            {
                "rcode": "SERVFAIL",
                "records": 0,
                "ttl": None,
                "errors": [{"code": 23, "name": "Network Error", "text": "no route"}],
            },
        )

    def test_dropped(self) -> None:
        """No answer on purpose is told as such."""
        found = self.explained(self.chain(DROP))
        self.assertEqual((found["outcome"], found["answer"]), ("dropped", None))

    def test_silent(self) -> None:
        """Where nothing comes the steps so far are told; whoever waits for the same goes on waiting."""
        daemon = self.chain(later=True)
        waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
        client = self.cache.resolve(makeQuery())
        self.clock.advance(LIMIT + 1)
        found = self.successResultOf(waiting)
        self.assertEqual(self.way(found)[0], ("lan", "waits"))
        self.assertEqual(self.way(found)[-1][0], "out")
        self.end.fireAll()
        assert isinstance(client, Deferred)
        self.assertEqual(self.successResultOf(client).rcode, 0)

    def test_stubborn(self) -> None:
        """A stage that takes no end of it, or fails as it is told so, holds up nobody who explains."""

        def broken(_: object) -> None:
            raise KeyError("secret.example.org")

        for canceller, bugs in ((None, 0), (broken, 1)):
            asked: Deferred[Answer] = Deferred(canceller)
            asked.addErrback(lambda failure: Deferred())
            bad: Any = SimpleNamespace(resolve=Mock(return_value=asked), replays=False)
            daemon = self.daemon(bad, part("upstream", "bad", bad))
            waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
            self.clock.advance(LIMIT + 1)
            found = self.successResultOf(waiting)
            self.assertEqual((found["outcome"], found["error"]), ("waits", "no answer yet"))
            self.assertEqual(len(self.flushLoggedErrors(KeyError)), bugs)

    def test_running(self) -> None:
        """The running chain is as it was: its own stages lead to its own stages."""
        daemon = self.chain()
        self.explained(daemon)
        self.assertEqual(self.cache.next, self.coalesce.resolve)
        self.assertEqual(self.coalesce.next, self.end.resolve)
