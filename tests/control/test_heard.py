"""What other machines have flushed."""

from __future__ import annotations

from typing import Any

from dotchain.control.heard import Heard
from dotchain.resolver import Stage
from dotchain.stages.cache.stage import Cache
from dotchain.stages.shared.flushseal import Flush
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire.domains import nameOf

from .controlcase import ControlCase, part

_NAMES = ("example.org.", "www.example.org.", "example.com.")


class Keeping(Stage):
    """
    An operator's own cache.

    @ivar forgot: what it was to forget.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.forgot: list[str | None] = []

    def flush(self, name: str | None = None) -> int:
        """Forget a name, or all."""
        self.forgot.append(name)
        return 1

    def flushBelow(self, name: str) -> int:
        """And all names below it."""
        self.forgot.append(f"*.{name}")
        return 1


class HeardTests(ControlCase):
    """L{Heard}."""

    def setUp(self) -> None:
        """A cache that has kept three answers, and a stage of an operator's."""
        super().setUp()
        chain = Scripted(lambda query: makeAnswer(query, f"{query.name} 300 IN A 192.0.2.1"))
        self.cache = Cache(chain, self.clock, now=self.clock.seconds)
        for name in _NAMES:
            self.cache.resolve(makeQuery(name))
        self.own = Keeping(Scripted(), self.clock)
        self.lan = self.front("lan", self.cache)
        self.fronts: list[bool] = []
        self.patch(self.lan, "forget", lambda: self.fronts.append(True))
        parts = part("stage", "own", self.own), part("stage", "cache", self.cache)
        self.heard = Heard(self.running(part("front", "lan", self.lan), *parts))
        self.now = int(self.cache.keptSince * 1000)

    def hear(self, name: str, below: bool = False, nonce: bytes = b"1", since: int = 0) -> None:
        """Another machine has flushed, so many milliseconds after the cache was made."""
        self.heard.take(Flush(nameOf(name).to_digestable(), below, self.now + since, nonce), False)
        self.clock.advance(0)

    @property
    def kept(self) -> list[str]:
        """The names that are still kept."""
        return [name for name in _NAMES if self.cache.explain(makeQuery(name)) != "not kept"]

    def test_name(self) -> None:
        """A name goes from all that keep answers, and from what fronts remember."""
        self.hear("example.org.")
        self.assertEqual(self.kept, ["www.example.org.", "example.com."])
        self.assertEqual((self.own.forgot, self.fronts), (["example.org."], [True]))

    def test_below(self) -> None:
        """So does a name with all below it, and everything."""
        self.hear("example.org.", True)
        self.assertEqual(self.kept, ["example.com."])
        self.hear(".", True, b"2")
        self.assertEqual((self.kept, self.own.forgot), ([], ["*.example.org.", None]))

    def test_twice(self) -> None:
        """A flush is carried out once, though several stages hear of it."""
        self.hear("example.org.")
        self.hear("example.org.")
        self.assertEqual(self.own.forgot, ["example.org."])

    def test_own(self) -> None:
        """What was said to this process was done, and is not done again when a new stage reads of it."""
        for isOwn in (True, False):
            self.heard.take(Flush(b"\1a\0", False, self.now, b"1"), isOwn)
        self.clock.advance(0)
        self.assertEqual((self.own.forgot, self.kept), ([], list(_NAMES)))

    def test_before(self) -> None:
        """A cache that began after a flush has nothing of before; who can't tell when he began forgets."""
        self.hear("example.org.", since=-301_000)
        self.assertEqual((self.kept, self.own.forgot), (list(_NAMES), ["example.org."]))

    def test_turns(self) -> None:
        """Several are carried out one after the other, so that queries come in between."""
        for number in range(3):
            self.heard.take(Flush(b"\1a\0", False, self.now, bytes((number,))), False)
        self.clock.advance(0)
        self.assertEqual(len(self.own.forgot), 1)
        self.clock.pump([Heard.PAUSE] * 3)
        self.assertEqual(len(self.own.forgot), 3)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_many(self) -> None:
        """Where they are too many everything is forgotten at once, and nothing more is to be done."""
        for number in range(Heard.MOST + 1):
            self.heard.take(Flush(b"\1a\0", False, self.now, bytes((number,))), False)
        self.clock.advance(0)
        self.assertEqual((self.own.forgot, self.kept), ([None], []))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_nothing(self) -> None:
        """Where nothing keeps answers that is told, and goes on."""
        heard = Heard(self.running(part("front", "lan", self.lan)))
        heard.take(Flush(b"\1a\0", False, 0, b"1"), False)
        self.clock.advance(0)
        self.assertEqual(self.clock.getDelayedCalls(), [])
