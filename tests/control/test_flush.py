"""The command flush."""

from __future__ import annotations

from typing import Any

from dotchain.control.flush import flush
from dotchain.control.running import CommandError
from dotchain.resolver import Stage
from dotchain.stages.cache.stage import Cache
from dotchain.testing import Scripted, makeAnswer, makeQuery

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
