"""The command flush."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from dotchain.control.flush import flush
from dotchain.control.running import CommandError
from dotchain.resolver import Stage
from dotchain.stages.cache.stage import Cache
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.valkey.away import Away

from .controlcase import ControlCase, part

_NAMES = ("example.org.", "www.example.org.", "example.com.", "notexample.org.")


class Forgetful(Stage):
    """Gives what a test says."""

    gives: Any

    def flush(self) -> Any:
        """Do it."""
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


class FlushTests(ControlCase):
    """L{flush}."""

    def setUp(self) -> None:
        """A cache that has kept four answers."""
        super().setUp()
        chain = Scripted(lambda query: makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1"))
        self.cache = Cache(chain, self.clock, now=self.clock.seconds)
        for name in _NAMES:
            self.cache.resolve(makeQuery(name))
        self.lan = self.front("lan", self.cache)
        self.daemon = self.running(part("front", "lan", self.lan), part("stage", "cache", self.cache))

    def kept(self) -> list[str]:
        """The names that are still kept."""
        return [name for name in _NAMES if self.cache.explain(makeQuery(name)) != "not kept"]

    def test_all(self) -> None:
        """Without a name all is forgotten, and counted."""
        self.assertEqual(flush(self.daemon), {"cache": 4})
        self.assertEqual(self.kept(), [])

    def test_name(self) -> None:
        """A name alone goes, in whatever case, and none below it."""
        self.assertEqual(flush(self.daemon, "EXAMPLE.org"), {"cache": 1})
        self.assertEqual(self.kept(), ["www.example.org.", "example.com.", "notexample.org."])

    def test_below(self) -> None:
        """A subtree goes, and no name that only ends in the same letters."""
        self.assertEqual(flush(self.daemon, "example.org", True), {"cache": 2})
        self.assertEqual(self.kept(), ["example.com.", "notexample.org."])

    def test_fronts(self) -> None:
        """What fronts remember goes too, or they would answer with it until the second is over."""
        forgotten: list[bool] = []
        self.patch(self.lan, "forget", lambda: forgotten.append(True))
        flush(self.daemon, "example.org")
        self.assertEqual(forgotten, [True])

    def test_broken(self) -> None:
        """Where the code of a stage is wrong that is one line with its section; the others have forgotten."""
        for forgotten, told in (
            (None, "TypeError: None is no number of answers"),
            (KeyError("x"), "KeyError: 'x'"),
        ):
            self.cache.flush()
            self.cache.resolve(makeQuery("example.org."))
            bad = Forgetful(Scripted(), self.clock)
            bad.gives = forgotten
            daemon = self.running(
                part("front", "lan", self.lan), part("stage", "bad", bad), part("stage", "cache", self.cache)
            )
            error = str(self.assertRaises(CommandError, flush, daemon))
            self.assertTrue(error.startswith(f"/etc/f.ini:1: [stage bad]: kind 'bad': flush: {told}"), error)
            self.assertEqual(self.kept(), [])

    def test_twice(self) -> None:
        """A stage that was made for two chains is counted under its one name."""
        daemon = self.running(
            part("front", "lan", self.lan),
            part("stage", "cache", self.cache),
            part("stage", "cache", Cache(Scripted(), self.clock)),
        )
        self.assertEqual(flush(daemon), {"cache": 4})

    def test_noName(self) -> None:
        """What is no name is told so, and nothing is forgotten."""
        error = self.assertRaises(CommandError, flush, self.daemon, "a..b")
        self.assertIn("'a..b' is not a domain name", str(error))
        self.assertEqual(len(self.kept()), 4)

    def test_noCache(self) -> None:
        """Where nothing is kept there is nothing to forget: a negative result."""
        stage = Stage(Scripted(), self.clock)
        daemon = self.running(part("front", "lan", self.lan), part("stage", "plain", stage))
        self.assertRaises(CommandError, flush, daemon)


class Sharing(Stage):
    """
    Shares answers.

    @ivar said: what became of it, in order.
    @ivar away: why its server is away, if it is.
    """

    said: list[object]
    away = ""
    hangs = False

    def disregard(self, name: str, below: bool) -> None:
        """Find nothing of before."""
        if name == "a..b":
            raise ValueError("'a..b' is not a domain name")
        self.said.append(("here", name, below))

    async def flushEverywhere(self, name: str, below: bool) -> int:
        """Tell all."""
        if self.hangs:
            await Deferred()
        if self.away:
            raise Away(self.away)
        self.said.append(("everywhere", name, below))
        return 3


class EverywhereTests(ControlCase):
    """L{flush} of all machines."""

    def setUp(self) -> None:
        """A cache that has kept an answer, before a stage that shares."""
        super().setUp()
        self.sharing = Sharing(Scripted(), self.clock)
        self.said: list[object] = []
        self.sharing.said = self.said
        chain = Scripted(lambda query: makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1"))
        self.cache = Cache(chain, self.clock, now=self.clock.seconds)
        self.cache.resolve(makeQuery("example.org."))
        front = part("front", "lan", self.front("lan", self.cache))
        self.parts = front, part("stage", "cache", self.cache), part("stage", "shared", self.sharing)

    def test_told(self) -> None:
        """All are told before this machine forgets: or its cache would find there what it has to forget."""
        forget, said = self.cache.flush, self.said

        def noted(name: str) -> int:
            said.append("cache")
            return forget(name)

        self.patch(self.cache, "flush", noted)
        found = self.successResultOf(flush(self.running(*self.parts), "example.org", everywhere=True))
        self.assertEqual(found, {"cache": 1, "shared": {"told": 3}})
        name = "example.org"
        self.assertEqual(said, [("here", name, False), ("everywhere", name, False), "cache"])

    def test_away(self) -> None:
        """Where they can't be told, this one forgets all the same, and says so."""
        self.sharing.away = "no connection"
        found = self.successResultOf(flush(self.running(*self.parts), everywhere=True))
        self.assertEqual(found, {"cache": 1, "shared": {"error": "no connection"}})

    def test_slow(self) -> None:
        """A server that says nothing keeps nobody waiting for long."""
        self.sharing.hangs = True
        done = flush(self.running(*self.parts), everywhere=True)
        self.clock.advance(1.5)
        found = self.successResultOf(done)
        self.assertEqual(found["shared"], {"error": "its server has not answered within 1.5 s"})
        self.assertEqual(found["cache"], 1)

    def test_here(self) -> None:
        """Without the word this machine alone finds nothing more of it."""
        self.assertEqual(flush(self.running(*self.parts), "org", True), {"cache": 1})
        self.assertEqual(self.said, [("here", "org", True)])

    def test_sharingAlone(self) -> None:
        """A stage that shares is enough for a flush, without a cache before it."""
        front, _, sharing = self.parts
        self.assertEqual(flush(self.running(front, sharing)), {})

    def test_twice(self) -> None:
        """A section that is used twice tells all once, and finds nothing in both its uses."""
        other = Sharing(Scripted(), self.clock)
        other.said = self.said
        running = self.running(*self.parts, part("stage", "shared", other))
        self.successResultOf(flush(running, everywhere=True))
        self.assertEqual([each[0] for each in self.said], ["here", "here", "everywhere"])  # type: ignore[index]

    def test_noName(self) -> None:
        """What is no name is told so, and nobody is told anything else."""
        for everywhere in (True, False):
            with self.assertRaises(CommandError) as raised:
                result = flush(self.running(*self.parts), "a..b", everywhere=everywhere)
                self.failureResultOf(result).raiseException()
            self.assertIn("'a..b' is not a domain name", str(raised.exception))
        self.assertEqual(self.said, [])

    def test_notShared(self) -> None:
        """Where nothing is shared that is told, and nothing is forgotten: not all that was meant could be."""
        done = flush(self.running(*self.parts[:2]), everywhere=True)
        self.assertIn("wants a stage of kind 'shared'", str(self.failureResultOf(done, CommandError).value))
        self.assertNotEqual(self.cache.explain(makeQuery("example.org.")), "not kept")
