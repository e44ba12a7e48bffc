"""Tests of the stage querylog: who is told of, and what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError

from dotchain.api import DROP, Client, OptionError, ResolveError, Share, Stage, routes
from dotchain.options import Value
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.stages.querylog.stage import QueryLog
from dotchain.stages.querylog.trail import Milestone
from dotchain.stages.route import Route
from dotchain.stages.types import Types
from dotchain.testing import Line, Scripted, StageCase, both, makeAnswer, makeQuery

from ...folders import folder, written

WWW = "www.example.org. 300 IN A 192.0.2.1"
SIX = "www.example.org. 300 IN AAAA 2001:db8::1"
CLIENT = Client("192.0.2.77", "tls", "dot")
# 2026-01-02 03:04:05.678 UTC.
AT = 1767323045.678


class QueryLogCase(StageCase):
    """A log in a file, of stages and a next resolver whose time is the clock's."""

    stage: QueryLog

    def log(self, *script: Line, **options: str) -> QueryLog:
        """A log before types and coalesce, whose next resolver says such a script."""
        self.next = self.scripted(*script or (WWW,))
        coalesce = Coalesce(self.next, self.clock)
        types = Types(coalesce, self.clock, refuse=frozenset((255,)))
        coalesce.section, types.section = "stage coalesce", "stage types"
        return self.start(types, **options)

    def start(self, first: Stage, **options: str) -> QueryLog:
        """A log before this stage."""
        self.file = folder(self) / "queries"
        self.next.section = "upstream up"  # type: ignore[attr-defined]
        read = {key.replace("-", "_"): option.read for key, option in QueryLog.options.items()}
        values = {key: read[key](Value(text)) for key, text in options.items()}
        now = self.clock.seconds
        self.stage = QueryLog(first, self.clock, now, lambda: AT + now(), file=self.file, **values)
        self.stage.startService()
        self.addCleanup(self.stage.stopService)
        return self.stage

    def lines(self) -> list[dict[str, Any]]:
        """What stands in the file by now."""
        self.clock.advance(1)
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def line(self) -> dict[str, Any]:
        """The only line."""
        (found,) = self.lines()
        return found


@both
class LineTests(QueryLogCase):
    """What is told of a query."""

    def test_fields(self) -> None:
        """Who asked what when, what became of it, how long that took and who said it."""
        self.log(lambda query: makeAnswer(query, WWW, SIX, errors=[(3, "old")]))
        self.answered(self.stage, makeQuery("WWW.example.org.", do=True, client=CLIENT))
        self.assertEqual(
            self.line(),
            {
                "time": "2026-01-02T03:04:05.678Z",
                "client": "192.0.2.0/24",
                "transport": "tls",
                "front": "dot",
                "name": "www.example.org",
                "type": "A",
                "class": "IN",
                "rcode": "NOERROR",
                "flags": ["rd", "ra", "do"],
                "ede": [{"code": 3, "text": "old"}],
                "addresses": ["192.0.2.1", "2001:db8::1"],
                "ms": 0.0,
                "from": "upstream up",
                "asked": [],
            },
        )

    def test_from(self) -> None:
        """A stage that answers by itself is who the answer is from."""
        self.log()
        self.answered(self.stage, "www.example.org ANY")
        self.assertEqual((self.line()["from"], self.line()["rcode"]), ("stage types", "REFUSED"))

    def test_failures(self) -> None:
        """Where there is no answer it is told what the client gets."""
        for said, rcode, errors in (
            (ResolveError("down"), "SERVFAIL", [{"code": 23, "text": "down"}]),
            (DROP, "DROP", []),
            (CancelledError(), "CANCELLED", []),
            (KeyError("secret"), "SERVFAIL", [{"code": 0, "text": "internal error"}]),
        ):
            self.log(said)
            result = self.settling(self.stage, "www.example.org A").addErrback(lambda _: None)
            self.next.fireAll()
            self.successResultOf(result)
            self.assertEqual((self.line()["rcode"], self.line()["ede"]), (rcode, errors))

    def test_strangeNames(self) -> None:
        """Whatever is in a name, a line is one line of JSON."""
        self.log("NXDOMAIN")
        self.answered(self.stage, makeQuery('a\\"b\\010c\\200.example.org.'))
        self.assertEqual(self.line()["name"], 'a\\"b\\010c\\200.example.org')

    def test_clients(self) -> None:
        """As much of the client as is wanted."""
        told = {}
        for way in ("full", "truncated", "hashed", "none"):
            self.log(clients=way)
            self.answered(self.stage, makeQuery(client=CLIENT))
            told[way] = self.line()["client"]
        self.assertRegex(told.pop("hashed"), "^[0-9a-f]{16}$")
        self.assertEqual(told, {"full": "192.0.2.77", "truncated": "192.0.2.0/24", "none": None})

    def test_workers(self) -> None:
        """Several workers tell of a client by the same hash, though none was given a secret."""
        option = QueryLog.options["hash-secret"]
        told = []
        for number in (1, 2):
            drawn = option.share(Share(number, 2, b"of this start"), option.default)
            self.log(clients="hashed", hash_secret=drawn)
            self.answered(self.stage, makeQuery(client=CLIENT))
            told.append(self.line()["client"])
        self.assertEqual(told[0], told[1])

    def test_explained(self) -> None:
        """What explain asks is not told of."""
        self.log()
        self.next = self.scripted(WWW)
        self.answered(self.stage.before(self.next), "www.example.org A")
        self.assertEqual(self.lines(), [])


@both
class ChoiceTests(QueryLogCase):
    """Which queries are told of."""

    def test_match(self) -> None:
        """Those for which match holds."""
        self.log(match="type:AAAA")
        for kind in ("A", "AAAA", "A"):
            self.answered(self.stage, f"www.example.org {kind}")
        self.assertEqual([each["type"] for each in self.lines()], ["AAAA"])

    def test_list(self) -> None:
        """A list of match is read anew by a reload."""
        names = written(self, "example.org", "names")
        self.log(match=f"list:{names}")
        names.write_text("example.net", "utf-8")
        read = self.stage.reload()
        assert read is not None
        self.clock.advance(0)
        self.successResultOf(read)
        for name in ("example.org", "example.net"):
            self.answered(self.stage, f"{name} A")
        self.assertEqual([each["name"] for each in self.lines()], ["example.net"])

    def test_sample(self) -> None:
        """One in so many."""
        self.log(sample="3")
        for number in range(7):
            self.answered(self.stage, f"n{number}.example.org A")
        self.assertEqual([each["name"] for each in self.lines()], ["n2.example.org", "n5.example.org"])

    def test_replays(self) -> None:
        """Fronts must ask each time, but where only slow queries are told of."""
        self.assertFalse(self.log().replays)
        self.assertTrue(self.log(slow="1s").replays)


class SlowTests(QueryLogCase):
    """The log of slow queries."""

    later = True

    def test_quick(self) -> None:
        """A query that is answered sooner is not told of."""
        self.log(slow="1s")
        result = self.settling(self.stage, "www.example.org A")
        self.clock.advance(0.9)
        self.next.fireAll()
        self.successResultOf(result)
        self.assertEqual(self.lines(), [])

    def test_split(self) -> None:
        """One that takes longer is told of with the time that each section took by itself."""
        self.log(slow="1s")
        result = self.settling(self.stage, "www.example.org A")
        self.clock.advance(1.5)
        self.next.fireAll()
        self.successResultOf(result)
        line = self.line()
        self.assertEqual((line["ms"], line["from"]), (1500.0, "upstream up"))
        self.assertEqual(line["stages"], {"stage types": 0.0, "stage coalesce": 0.0, "upstream up": 1500.0})

    def test_routed(self) -> None:
        """What a rule of route asks is told as what the path asks, with its own time."""
        self.next, branch = self.scripted(WWW), self.scripted(WWW)
        branch.section = "upstream nsd"  # type: ignore[attr-defined]
        coalesce = Coalesce(branch, self.clock)
        text = Value("corp.example -> office\nwork.example -> office\n=example.net -> nsd")
        named = {"office": coalesce, "nsd": branch}
        route = Route(self.next, self.clock, rules=routes.through(routes(text), named.__getitem__))
        route.section, coalesce.section = "stage route", "stage coalesce"
        self.start(route, slow="1s")
        for name in ("a.corp.example", "a.work.example", "example.net", "example.org"):
            result = self.settling(self.stage, f"{name} A")
            self.clock.advance(1.5)
            for each in (self.next, branch):
                each.fireAll()
            self.successResultOf(result)
        lines = self.lines()
        self.assertEqual([each["from"] for each in lines], ["upstream nsd"] * 3 + ["upstream up"])
        own = {"stage route": 0.0, "upstream nsd": 1500.0}
        inOffice = {"stage coalesce": 0.0, **own}
        self.assertEqual(
            [each["stages"] for each in lines],
            [inOffice, inOffice, own, {"stage route": 0.0, "upstream up": 1500.0}],
        )
        self.stage.stopService()
        nodes = [each.node for _, each in route.branches]
        self.assertEqual(nodes[:2], [coalesce.core] * 2)
        self.assertNotIsInstance(nodes[2], Milestone)
        self.stage.startService()

    def test_joined(self) -> None:
        """One that waits for the answer to an equal one has that time at coalesce."""
        self.log(slow="1s")
        self.settling(self.stage, "www.example.org A")
        self.clock.advance(1)
        joined = self.settling(self.stage, "www.example.org A")
        self.clock.advance(1)
        self.next.fireAll()
        self.successResultOf(joined)
        first, second = sorted(self.lines(), key=lambda each: float(each["ms"]))
        self.assertEqual((first["from"], first["stages"]["stage coalesce"]), ("stage coalesce", 1000.0))
        self.assertEqual((second["from"], second["stages"]["upstream up"]), ("upstream up", 2000.0))

    def test_unanswered(self) -> None:
        """One that is answered without waiting for the upstream any longer has that time at the upstream."""
        self.next = self.scripted(WWW)
        cache = Cache(self.next, self.clock, self.clock.seconds, stale=3600.0, stale_wait=2.0)
        cache.section = "stage cache"
        self.start(cache, slow="1s")
        self.answered(self.stage, "www.example.org A")
        self.clock.advance(400)
        result = self.settling(self.stage, "www.example.org A")
        self.clock.advance(2)
        self.successResultOf(result)
        line = self.line()
        self.assertEqual(line["ede"], [{"code": 3, "text": ""}])
        self.assertEqual((line["stages"]["stage cache"], line["stages"]["upstream up"]), (0.0, 2000.0))

    def test_stopped(self) -> None:
        """After the end the stages behind ask each other as before."""
        self.log(slow="1s")
        types = self.stage.next.__self__  # type: ignore[attr-defined]
        between = self.stage.core._next
        self.assertIsNot(between, types.core)
        self.stage.stopService()
        self.assertIs(self.stage.core._next, types.core)
        self.stage.startService()


class MistakeTests(QueryLogCase):
    """What is refused."""

    def assertRefused(self, key: str, **options: Any) -> None:
        """This key is to blame."""
        error = self.assertRaises(OptionError, QueryLog, Scripted(WWW), self.clock, **options)
        self.assertEqual(error.key, key)

    def test_file(self) -> None:
        """A file that can't be one."""
        place = folder(self)
        self.assertRefused("file", file=place)
        self.assertRefused("file", file=place / "none" / "queries")

    def test_together(self) -> None:
        """Values that don't go together."""
        self.assertRefused("rotate", rotate=QueryLog.options["rotate"].read(Value("1d")))
        self.assertRefused("hash-secret", hash_secret="x")

    def test_workers(self) -> None:
        """A secret that was drawn for all workers goes with anything: nobody has written it."""
        drawn = QueryLog.options["hash-secret"].share(Share(2, 2, b"x"), None)
        self.assertEqual(QueryLog(Scripted(WWW), self.clock, hash_secret=drawn).hash_secret, b"x".hex())

    def test_output(self) -> None:
        """A dash is standard output, all else a file."""
        read = QueryLog.options["file"].read
        self.assertEqual(read(Value("-")), Path("-"))
        self.assertEqual(read(Value("queries")), Path("queries"))
