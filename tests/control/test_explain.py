"""The command explain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar, cast
from unittest.mock import Mock

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.internet.task import deferLater

from dotchain.api import REQUIRED, Option, Options, Upstream, Value, rescue, resolver, routes, upstreams
from dotchain.client import Client
from dotchain.config.build import Part
from dotchain.contract.containment import Containment
from dotchain.contract.guard import guarded
from dotchain.contract.nextwatch import NextWatch
from dotchain.contract.terms import Terms
from dotchain.control.explain import LIMIT, explain
from dotchain.control.running import CommandError
from dotchain.coroutine import AwaitingResolver, CoroutineGuard
from dotchain.networks import networks
from dotchain.resolver import ResolveError, Stage
from dotchain.stages.answers.reading import allowances, denials
from dotchain.stages.answers.stage import Answers
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.stages.route import Route
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.upstreams.groups.failover import Failover
from dotchain.upstreams.groups.fastest import Fastest
from dotchain.upstreams.groups.hedge import Hedge
from dotchain.upstreams.groups.roundrobin import RoundRobin
from dotchain.upstreams.groups.spread import Spread
from dotchain.wire import DROP, Answer

from ..badkinds import Told
from ..upstreams.network import Network
from ..upstreams.upstreamcommon import forward
from .controlcase import ControlCase, part


class Slow(Stage):
    """A stage that waits for its next one."""

    async def resolve(self, query: Any) -> Answer:
        """Ask."""
        return await self.next(query)


class Twice(Stage):
    """A stage that asks twice."""

    def resolve(self, query: Any) -> Any:
        """Ask."""
        self.next(query)
        return self.next(query)


class Asking(Stage):
    """A stage that asks all whom it knows by its options, else the next one."""

    options: ClassVar[Options] = {
        "to": Option(resolver, None, "one"),
        "over": Option(upstreams, None, "some"),
        "rules": Option(routes, "", "others"),
    }
    to: Any = None
    over: Any = None
    rules: Any = None

    def resolve(self, query: Any) -> Any:
        """Ask."""
        found = self.rules.find(query) if self.rules else None
        others = [
            *(self.over or {}).values(),
            *([found.what] if found else ()),
            *([self.to] if self.to else ()),
        ]
        return [each.resolve(query) for each in others][-1] if others else self.next(query)


class InTurn(Upstream):
    """A group that asks one after the other."""

    options: ClassVar[Options] = {"over": Option(upstreams, REQUIRED, "some")}
    over: Any

    def resolve(self, query: Any) -> Any:
        """Ask."""
        first, second = self.over.values()
        return rescue(first.resolve(query), lambda _: second.resolve(query))


class InTurnLater(InTurn):
    """The same as a coroutine."""

    async def resolve(self, query: Any) -> Answer:
        """Ask."""
        first, second = self.over.values()
        try:
            return cast("Answer", await first.resolve(query))
        except ResolveError:
            return cast("Answer", await second.resolve(query))


class Broken(Stage):
    """A stage with a bug."""

    def resolve(self, query: Any) -> Any:
        """Raise."""
        raise KeyError("secret.example.org")


class Blocking(Stage):
    """A stage that keeps all others waiting."""

    reactor: Any

    def resolve(self, query: Any) -> Any:
        """Take some time."""
        self.reactor.advance(0.603)
        return self.next(query)


def records(query: Any) -> Answer:
    """An answer with one record."""
    return makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1")


class ExplainCase(ControlCase):
    """Explains what chains do."""

    def daemon(self, first: Any, *others: Part, **options: Any) -> Any:
        """A daemon with one front."""
        front = self.front("lan", first, **options)
        return self.running(part("front", "lan", front), *others)

    def explained(self, daemon: Any, **said: Any) -> Any:
        """The result."""
        return self.result(explain(daemon, **{"name": "foo.example.org", **said}))


class ExplainTests(ExplainCase):
    """L{explain} with stages."""

    def chain(self, *script: Any, later: bool = False) -> Any:
        """A cache, a coalesce and an upstream that follows a script."""
        self.end = Scripted(*(script or (records,)), later=later)
        self.coalesce = Coalesce(self.end, self.clock)
        self.cache = Cache(self.coalesce, self.clock, now=self.clock.seconds)
        return self.daemon(
            self.cache,
            part("upstream", "out", self.end),
            part("stage", "coalesce", self.coalesce),
            part("stage", "cache", self.cache),
        )

    def way(self, found: Any) -> list[tuple[str, str]]:
        """The names and outcomes of all steps, the front's first."""
        return [
            (found["name"], found["outcome"]),
            *(each for step in found["steps"] for each in self.way(step)),
        ]

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

    def test_coroutine(self) -> None:
        """Stages that are written as coroutines are seen through."""
        for later in (False, True):
            end = Scripted(records, later=later)
            slow = Slow(AwaitingResolver(end), self.clock)
            daemon = self.daemon(
                CoroutineGuard(slow), part("upstream", "out", end), part("stage", "slow", slow)
            )
            waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
            end.fireAll()
            found = self.successResultOf(waiting)
            self.assertEqual([name for name, _ in self.way(found)], ["lan", "slow", "out"])

    def test_twice(self) -> None:
        """A stage may ask several times; each is told."""
        end = Scripted(records)
        found = self.explained(self.daemon(Twice(end, self.clock), part("upstream", "out", end)))
        self.assertEqual([name for name, _ in self.way(found)], ["lan", "Twice", "out", "out"])

    def test_named(self) -> None:
        """What options name is traced as the next one is: one resolver, several, and those of rules."""
        for given, way in (
            ({"to": "two"}, ["lan", "mine", "two", "out"]),
            ({"over": "one two"}, ["lan", "mine", "one", "two", "out"]),
            ({"rules": "=foo.example.org -> one\norg -> two"}, ["lan", "mine", "one"]),
            ({"rules": "example.org -> two"}, ["lan", "mine", "two", "out"]),
            ({}, ["lan", "mine", "out"]),
        ):
            end, one = Scripted(records), Scripted(records)
            named = {"one": one, "two": Twice(end, self.clock)}
            values = {key: Asking.options[key].read(Value(text)) for key, text in given.items()}
            options = {
                key: Asking.options[key].read.through(value, named.__getitem__)  # type: ignore[attr-defined]
                for key, value in values.items()
            }
            mine = Asking(end, self.clock, **options)
            parts = [part("upstream", "out", end), part("upstream", "one", one)]
            parts += [part("stage", "two", named["two"]), part("stage", "mine", mine)]
            found = self.explained(self.daemon(mine, *parts))
            self.assertEqual(list(dict.fromkeys(name for name, _ in self.way(found))), way)
            self.assertEqual(mine.next, end.resolve)

    def test_namedContained(self) -> None:
        """So it is where the stage is contained."""
        end, one = Scripted(records), Scripted(records)
        watch = NextWatch(end)
        rules = routes.through(routes(Value("=foo.example.org -> one")), lambda name: NextWatch(one, watch))
        stage = Route(watch, self.clock, rules=rules)
        contained = Containment(stage, watch, Terms(1.0), "stage mine", self.clock, self.clock.seconds)
        parts = (part("upstream", "one", one), part("upstream", "out", end), part("stage", "mine", stage))
        for name, way in (("foo.example.org", "one"), ("www.example.org", "out")):
            found = self.explained(self.daemon(contained, *parts), name=name)
            self.assertEqual([each for each, _ in self.way(found)], ["lan", "mine", way])

    def test_ownGroup(self) -> None:
        """So is what a group of an operator's own asks, be it a coroutine."""
        for kind in (InTurn, InTurnLater):
            end, one = Scripted(records), Scripted(ResolveError("down"))
            group = kind(self.clock, over={"one": one, "out": end})
            parts = [part("upstream", "one", one), part("upstream", "out", end), part("upstream", "g", group)]
            first = (CoroutineGuard if kind is InTurnLater else guarded)(group, "upstream g")
            found = self.explained(self.daemon(first, *parts))
            self.assertEqual([name for name, _ in self.way(found)], ["lan", "g", "one", "out"])

    def test_noAnswer(self) -> None:
        """Who returns what is no answer is told so, and nobody before him, be it a group or a coroutine."""
        for given in (lambda query: None, lambda query: succeed(None)):
            bad = Scripted(given)  # type: ignore[arg-type]
            group = Failover(
                self.clock,
                over={"bad": bad},
                next_on=frozenset(),
                patience=1,
                timeout=4,
                now=self.clock.seconds,
            )
            slow = Slow(AwaitingResolver(bad), self.clock)
            parts = (part("upstream", "bad", bad), part("stage", "slow", slow), part("upstream", "g", group))
            for first in (Cache(bad, self.clock), CoroutineGuard(slow, "stage slow"), group):
                found = self.explained(self.daemon(first, *parts))
                (step,) = found["steps"]
                (last,) = step["steps"]
                self.assertEqual((last["name"], last["outcome"]), ("bad", "failed"))
                self.assertIn("bad returned None, not an answer", last["error"])
                self.assertEqual(found["answer"]["rcode"], "SERVFAIL")
        self.flushLoggedErrors()

    def test_anythingRaised(self) -> None:
        """Whatever a stage raises is told at that stage, be it no Exception, and the command goes on."""

        def fail(query: Any) -> Answer:
            raise SystemExit

        bad = Scripted(fail)
        found = self.explained(self.daemon(Cache(bad, self.clock), part("upstream", "bad", bad)))
        self.assertEqual(found["steps"][0]["steps"][0]["error"], "bug: SystemExit")
        self.assertEqual(len(self.flushLoggedErrors(SystemExit)), 1)

    def test_bug(self) -> None:
        """A stage that raises is told by the sort of its bug: the text may hold names."""
        stage = Broken(Scripted(), self.clock)
        found = self.explained(self.daemon(stage, part("stage", "mine", stage)))
        (step,) = found["steps"]
        self.assertEqual((step["name"], step["outcome"], step["error"]), ("mine", "failed", "bug: KeyError"))
        self.assertEqual(found["answer"]["rcode"], "SERVFAIL")
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)

    def test_contained(self) -> None:
        """A contained stage tells what it failed with and what was done; it is asked though bypassed."""
        for onError, names in (("pass", ["lan", "mine", "out"]), ("refuse", ["lan", "mine"])):
            end = Scripted(records)
            watch = NextWatch(end)
            stage = Broken(watch, self.clock)
            guard = guarded(stage, "stage mine")
            contained = Containment(guard, watch, Terms(None, onError), "stage mine", self.clock)
            for _ in range(6):
                contained.resolve(makeQuery())
            found = self.explained(
                self.daemon(contained, part("upstream", "out", end), part("stage", "mine", stage))
            )
            self.assertEqual([name for name, _ in self.way(found)], names)
            self.assertIn(f"failed: bug: KeyError; on-error = {onError}", found["steps"][0]["told"])
            told = found["steps"][0]["told"]
            self.assertEqual(told.startswith("keeps failing"), onError == "pass")
            self.assertEqual((contained.errors, contained.bypassed), (5, 1) if onError == "pass" else (6, 0))
        self.flushLoggedErrors(KeyError)

    def test_overBudget(self) -> None:
        """One that has kept all others waiting for longer than its section allows is told so."""
        end = Scripted(records)
        watch = NextWatch(end)
        stage = Blocking(watch, self.clock)
        guard = guarded(stage, "stage mine")
        contained = Containment(guard, watch, Terms(0.25), "stage mine", self.clock, self.clock.seconds)
        daemon = self.daemon(contained, part("upstream", "out", end), part("stage", "mine", stage))
        self.assertEqual(self.explained(daemon)["steps"][0]["told"], "over its budget: 0.603 s of 0.25 s")
        self.assertEqual(contained.overBudget, 0)

    def test_containedCoroutine(self) -> None:
        """One that does what it must is seen through, and so is what it asks."""
        for later in (False, True):
            end = Scripted(records, later=later)
            watch = NextWatch(end)
            slow = Slow(AwaitingResolver(watch), self.clock)
            guard = CoroutineGuard(slow, "stage slow")
            contained = Containment(guard, watch, Terms(1.0), "stage slow", self.clock, self.clock.seconds)
            daemon = self.daemon(contained, part("upstream", "out", end), part("stage", "slow", slow))
            waiting = ensureDeferred(explain(daemon, name="foo.example.org"))
            end.fireAll()
            found = self.successResultOf(waiting)
            self.assertEqual([name for name, _ in self.way(found)], ["lan", "slow", "out"])

    def test_explainFails(self) -> None:
        """A stage whose own words fail is told in one line with its kind, and asked all the same."""
        stage = Told(Scripted(makeAnswer), self.clock)
        (step,) = self.explained(self.daemon(stage, part("stage", "mine", stage)))["steps"]
        self.assertEqual(step["outcome"], "answered")
        self.assertRegex(
            step["told"],
            r"^/etc/f.ini:1: \[stage mine\]: kind 'mine': explain\(\): KeyError: .*badkinds.py line",
        )

    def test_running(self) -> None:
        """The running chain is as it was: its own stages lead to its own stages."""
        daemon = self.chain()
        self.explained(daemon)
        self.assertEqual(self.cache.next, self.coalesce.resolve)
        self.assertEqual(self.coalesce.next, self.end.resolve)


class DryTests(ExplainCase):
    """L{explain} that asks no upstream."""

    def chain(self, *script: Any, later: bool = False) -> Any:
        """A cache, a coalesce, a group, and upstreams that note what they are asked."""
        self.first, self.second = Scripted(records), Scripted(records)
        self.group = Failover(
            self.clock,
            over={"first": self.first, "second": self.second},
            next_on=frozenset(),
            patience=1,
            timeout=4,
            now=self.clock.seconds,
        )
        self.coalesce = Coalesce(self.group, self.clock)
        self.cache = Cache(self.coalesce, self.clock, now=self.clock.seconds)
        return self.daemon(
            self.cache,
            part("upstream", "first", self.first),
            part("upstream", "second", self.second),
            part("upstream", "both", self.group),
            part("stage", "coalesce", self.coalesce),
            part("stage", "cache", self.cache),
        )

    def test_way(self) -> None:
        """It is told where a query would go, and it goes nowhere."""
        found = self.explained(self.chain(), dry=True)
        names, step = [], found
        while step:
            names.append((step["name"], step["outcome"], step["error"]))
            step = step["steps"][0] if step["steps"] else None
        told = ("lan", "cache", "coalesce", "both", "first")
        self.assertEqual(names, [(name, "unasked", None) for name in told])
        self.assertEqual([self.first.asked, self.second.asked], [[], []])

    def test_leavesNothing(self) -> None:
        """Nothing is kept or in flight behind it, and no member's health has suffered."""
        daemon = self.chain()
        self.explained(daemon, dry=True)
        self.assertEqual(self.coalesce.core.flights, {})
        self.assertEqual([each.state for each in self.group.members], ["healthy", "healthy"])
        self.assertEqual(self.cache.resolve(makeQuery()).result.rcode, 0)  # type: ignore[union-attr]
        self.assertEqual((self.cache.entries, len(self.first.asked)), (1, 1))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_answered(self) -> None:
        """What is known without asking is answered as always."""
        daemon = self.chain()
        self.cache.resolve(makeQuery())
        found = self.explained(daemon, dry=True)
        self.assertEqual((found["outcome"], found["steps"][0]["told"]), ("answered", "kept, 300 s left"))

    def test_slow(self) -> None:
        """A stage that waits before it asks is waited for."""

        class Waiting(Stage):
            """Asks a second later."""

            async def resolve(self, query: Any) -> Answer:
                """Wait, and ask."""
                await deferLater(self.reactor, 1, lambda: None)  # type: ignore[arg-type]
                return await self.next(query)

        end = Scripted(records)
        slow = Waiting(AwaitingResolver(end), self.clock)
        daemon = self.daemon(CoroutineGuard(slow), part("upstream", "out", end), part("stage", "slow", slow))
        waiting = ensureDeferred(explain(daemon, name="foo.example.org", dry=True))
        self.assertNoResult(waiting)
        for _ in range(25):
            self.clock.advance(0.05)
        found = self.successResultOf(waiting)
        self.assertEqual([found["outcome"], found["steps"][0]["steps"][0]["outcome"]], ["unasked"] * 2)
        self.assertEqual(end.asked, [])


class FrontTests(ExplainCase):
    """L{explain}: whom a front serves, and what makes no sense."""

    def test_refused(self) -> None:
        """A client that may not ask is refused, and the chain is not asked."""
        found = self.explained(self.daemon(Scripted(records)), client="192.0.2.1")
        self.assertEqual((found["allowed"], found["told"], found["steps"]), (False, "may not ask", []))
        self.assertEqual(found["answer"]["rcode"], "REFUSED")

    def test_drops(self) -> None:
        """Where the front drops such queries, that is told."""
        daemon = self.daemon(Scripted(records), refuse="drop", deny=networks("127.0.0.1"))
        found = self.explained(daemon)
        self.assertEqual((found["outcome"], found["answer"]), ("dropped", None))

    def test_unserved(self) -> None:
        """What no front serves gets no further than the front."""
        found = self.explained(self.daemon(Scripted(records)), type="TYPE128")
        self.assertEqual((found["answer"]["rcode"], found["steps"]), ("FORMERR", []))

    def test_front(self) -> None:
        """Another front than the first is asked by its name."""
        daemon = self.running(
            part("front", "lan", self.front("lan", Scripted(records))),
            part("front", "other", self.front("other", Scripted(records), "tcp://127.0.0.1:53")),
        )
        self.assertEqual(self.explained(daemon)["name"], "lan")
        found = self.explained(daemon, front="other")
        self.assertEqual((found["name"], found["client"]["transport"]), ("other", "tcp"))

    def test_transport(self) -> None:
        """Another transport than the front's first, and the names of TLS: of the server and of the client."""
        words = routes(
            Value("transport:tcp -> one\nsni:kids.example -> one\nidentity:laptop.example,urn:a -> one")
        )
        end, one = Scripted(records), Scripted(records)
        stage = Route(end, self.clock, rules=routes.through(words, lambda _: one))
        front = self.front("lan", stage, "udp://127.0.0.1:53 tcp://127.0.0.1:53")
        daemon = self.running(part("front", "lan", front), part("upstream", "one", one))
        for said in ({"transport": "tcp"}, {"transport": "udp", "sni": "Kids.example."}, {}):
            self.explained(daemon, **said)
        for name in ("Laptop.example.", "URN:A", "phone.example"):
            self.explained(daemon, transport="udp", identity=name)
        self.assertEqual((len(one.asked), len(end.asked)), (4, 2))

    def test_balancer(self) -> None:
        """Of a balancer the front says that it asks for others."""
        front = self.front(
            "wan", Scripted(records), proxy_protocol=networks("192.0.2.9"), allow=networks("0.0.0.0/0")
        )
        running = self.running(part("front", "wan", front))
        for client, words in (
            ("192.0.2.9", "may ask for himself; as a balancer"),
            ("192.0.2.8", "may ask"),
        ):
            found = self.result(explain(running, name="foo.example.org", client=client))
            self.assertTrue(found["told"].startswith(words) and len(found["told"]) < 80, found["told"])
            self.assertEqual("balancer" in found["told"], client == "192.0.2.9")

    def test_wrong(self) -> None:
        """What is no question, no client or no front is told so."""
        daemon = self.daemon(Scripted(records))
        for said, text in (
            ({"name": ""}, "no name to ask for"),
            ({"name": "a..b"}, "'a..b' is not a domain name such as example.org: A DNS label is empty."),
            ({"name": "x" * 70}, "DNS label is > 63"),
            ({"type": "NOSUCH"}, "NOSUCH"),
            ({"type": "AXFR"}, "no stage sees a zone transfer"),
            ({"client": "me"}, "'me' is no IP address"),
            ({"sni": "kids.example"}, "the front has no address over 'tls'"),
            ({"transport": "tls"}, "the front has no address over 'tls'; there are udp"),
            ({"front": "wan"}, "there is no front 'wan'; there are lan"),
        ):
            given: Any = {"name": "foo.example.org", **said}
            error = self.failureResultOf(ensureDeferred(explain(daemon, **given)), CommandError)
            self.assertIn(text, error.getErrorMessage())


class UpstreamTests(ExplainCase):
    """L{explain} with an upstream over the network."""

    def setUp(self) -> None:
        """A network, whose clock is the daemon's."""
        super().setUp()
        self.network = self.clock = Network()

    def begun(self, where: str) -> Any:
        """An upstream that is being asked."""
        self.upstream = forward(self.network, where)
        self.addCleanup(self.upstream.stopService)
        self.begin = lambda: ensureDeferred(
            explain(
                self.daemon(self.upstream, part("upstream", "out", self.upstream)), name="foo.example.org"
            )
        )
        return self.begin()

    def test_newConnection(self) -> None:
        """The first query makes a connection; the next tells its age and what it carried."""
        waiting = self.begun("tcp://192.0.2.1")
        peer = self.network.attempts[-1].accept()
        self.network.advance(0)
        peer.replyAll()
        (step,) = self.successResultOf(waiting)["steps"]
        self.assertEqual(
            step["asked"],
            [{"address": "tcp://192.0.2.1:53", "connection": None, "tls": None, "failure": None}],
        )
        self.network.advance(3)
        waiting = self.begin()
        self.network.advance(0)
        peer.replyAll()
        (step,) = self.successResultOf(waiting)["steps"]
        self.assertEqual(step["asked"][0]["connection"], {"age-seconds": 3.0, "queries": 1})

    def test_introduced(self) -> None:
        """An upstream that is told who asks tells of whom, and which connection is the client's."""
        self.upstream = forward(self.network, "tcp://192.0.2.1", proxy_protocol="inside")
        self.addCleanup(self.upstream.stopService)
        daemon = self.daemon(self.upstream, part("upstream", "out", self.upstream))
        for connection in (None, {"age-seconds": 3.0, "queries": 1}):
            said = {"name": "foo.example.org", "client": "10.0.0.7"}
            waiting = ensureDeferred(explain(daemon, **cast("Any", said)))
            if connection is None:
                peer = self.network.attempts[-1].accept()
                self.network.advance(0)
                peer._read = peer.heard()[28:]
            self.network.advance(0)
            peer.replyAll()
            (step,) = self.successResultOf(waiting)["steps"]
            self.assertIn("tells by a PROXY header that 10.0.0.7 asks", step["told"])
            self.assertEqual(step["asked"][0]["connection"], connection)
            self.network.advance(3)

    def test_failover(self) -> None:
        """Each address that was tried is told, with why it failed."""
        waiting = self.begun("tcp://192.0.2.1 tcp://192.0.2.2")
        self.network.attempts[-1].refuse()
        self.network.advance(0)
        peer = self.network.attempts[-1].accept()
        self.network.advance(0)
        peer.replyAll()
        (step,) = self.successResultOf(waiting)["steps"]
        one, two = step["asked"]
        self.assertIn("connection failed", one["failure"])
        self.assertEqual((two["address"], two["failure"]), ("tcp://192.0.2.2:53", None))

    def test_stopping(self) -> None:
        """An upstream that takes no query says why."""
        self.begun("tcp://192.0.2.1")
        self.upstream.stopService()
        found = self.successResultOf(self.begin())
        self.assertEqual((found["steps"][0]["error"], found["answer"]["rcode"]), ("stopping", "SERVFAIL"))


class GroupTests(ExplainCase):
    """L{explain} with groups of upstreams."""

    def group(self, kind: Any, *ends: Scripted, **options: Any) -> Any:
        """A daemon whose chain is a group over upstreams a, b and so on."""
        over = dict(zip("abc", ends, strict=False))
        given = {"next_on": frozenset((2,)), "patience": 1.5, "timeout": 4.5, **options}
        self.members = kind(self.clock, over=over, now=self.clock.seconds, **given)
        parts = [part("upstream", name, end) for name, end in over.items()]
        return self.daemon(self.members, *parts, part("upstream", "best", self.members))

    def test_order(self) -> None:
        """The group tells in which order it asks, and how its members are; each one asked is a step."""
        daemon = self.group(Failover, Scripted(ResolveError("no route")), Scripted(records))
        (step,) = self.explained(daemon)["steps"]
        self.assertEqual(
            step["order"], [{"name": "a", "state": "healthy"}, {"name": "b", "state": "healthy"}]
        )
        self.assertEqual(
            [(each["name"], each["outcome"], each["error"]) for each in step["steps"]],
            [("a", "failed", "no route"), ("b", "answered", None)],
        )

    def test_health(self) -> None:
        """Members learn from it as from any query: one that fails becomes suspect."""
        daemon = self.group(Failover, Scripted(ResolveError("no route")), Scripted(records))
        for _ in range(3):
            self.explained(daemon)
        (step,) = self.explained(daemon)["steps"]
        self.assertEqual(
            [(each["name"], each["state"]) for each in step["order"]], [("b", "healthy"), ("a", "suspect")]
        )
        self.assertEqual(self.members.members[0].asked, 0)

    def test_turns(self) -> None:
        """Nobody's turn comes the sooner for it, be it asked or not."""
        daemon = self.group(RoundRobin, Scripted(records), Scripted(records), weights={})
        for dry in (False, False, False, True):
            (step,) = self.explained(daemon, dry=dry)["steps"]
            self.assertEqual([each["name"] for each in step["order"]], ["a", "b"])

    def test_everyKind(self) -> None:
        """Groups of every kind go on by their own rules."""
        for kind, options in ((Fastest, {"explore": 0}), (Hedge, {"share": 10}), (Spread, {"key": "k"})):
            daemon = self.group(kind, Scripted(records), Scripted(records), **options)
            found = self.explained(daemon)
            self.assertEqual(found["answer"]["records"], 1)
            self.assertEqual(len(found["steps"][0]["steps"]), 1)

    def test_nested(self) -> None:
        """A group of groups is followed to its end."""
        inner = Failover(
            self.clock,
            over={"c": Scripted(records)},
            next_on=frozenset(),
            patience=1.5,
            timeout=4.5,
            now=self.clock.seconds,
        )
        daemon = self.group(Failover, inner)  # type: ignore[arg-type]
        (step,) = self.explained(daemon)["steps"]
        self.assertEqual(step["steps"][0]["steps"][0]["outcome"], "answered")
