"""Tests of the stage dnstap: what is told of where."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from dotchain.api import DROP, Client, OptionError, ResolveError
from dotchain.options import Value
from dotchain.stages.cache.stage import Cache
from dotchain.stages.dnstap.stage import Dnstap
from dotchain.testing import Line, StageCase, both

from ...folders import folder
from .reading import DNSTAP, messages

WWW = "www.example.org. 300 IN A 192.0.2.1"
CLIENT = Client("192.0.2.77", "tls", "dot")
KINDS = {
    DNSTAP.Message.CLIENT_QUERY: "CQ",
    DNSTAP.Message.CLIENT_RESPONSE: "CR",
    DNSTAP.Message.FORWARDER_QUERY: "FQ",
    DNSTAP.Message.FORWARDER_RESPONSE: "FR",
}


@both
class TapTests(StageCase):
    """A tap before a cache and an upstream."""

    def tap(self, *script: Line, **options: str) -> Dnstap:
        """The stage, started."""
        self.file = folder(self) / "tap"
        self.next = self.scripted(*script or (WWW,))
        self.next.role = "upstream"  # type: ignore[attr-defined]
        values: dict[str, Any] = {key: Dnstap.options[key].read(Value(text)) for key, text in options.items()}
        cache = Cache(self.next, self.clock, self.clock.seconds)
        self.stage = Dnstap(cache, self.clock, self.clock.seconds, file=self.file, **values)
        self.stage.startService()
        return self.stage

    def told(self) -> list[Any]:
        """What stands in the file at the end."""
        self.successResultOf(self.stage.stopService())
        return [each.message for each in messages(self.file.read_bytes())]

    def kinds(self) -> list[str]:
        """Of which sort that is, in no order of those of one moment."""
        return sorted(KINDS[each.type] for each in self.told())

    def test_miss(self) -> None:
        """A query that the upstream is asked is told of at both ends."""
        self.tap()
        self.answered(self.stage, "www.example.org A", CLIENT)
        self.assertEqual(self.kinds(), ["CQ", "CR", "FQ", "FR"])
        self.assertEqual((self.stage.told, self.stage.dropped), (4, 0))

    def test_order(self) -> None:
        """They are told of in the order in which they pass."""
        self.tap()
        self.answered(self.stage, "www.example.org A", CLIENT)
        self.assertEqual([KINDS[each.type] for each in self.told()], ["CQ", "FQ", "FR", "CR"])

    def test_hit(self) -> None:
        """One that the cache answers is told of where it came in."""
        self.tap()
        for _ in range(3):
            self.answered(self.stage, "www.example.org A", CLIENT)
        self.assertEqual(self.kinds(), ["CQ"] * 3 + ["CR"] * 3 + ["FQ", "FR"])

    def test_messages(self) -> None:
        """Those alone that are wanted."""
        for wanted, found in (("client", ["CQ", "CR"]), ("forwarder", ["FQ", "FR"])):
            self.tap(messages=wanted)
            self.answered(self.stage, "www.example.org A", CLIENT)
            self.assertEqual(self.kinds(), found)

    def test_match(self) -> None:
        """Those alone for which match holds."""
        self.tap(match="type:AAAA")
        for kind in ("A", "AAAA"):
            self.answered(self.stage, f"www.example.org {kind}")
        self.assertEqual(self.kinds(), ["CQ", "CR", "FQ", "FR"])

    def test_failure(self) -> None:
        """Where the upstream fails there is no answer of it; the client's SERVFAIL is told of."""
        self.tap(ResolveError("down"))
        self.answered(self.stage, "www.example.org A", CLIENT)
        told = {KINDS[each.type]: each for each in self.told()}
        self.assertEqual(sorted(told), ["CQ", "CR", "FQ"])
        self.assertEqual(told["CR"].response_message[3] & 15, 2)

    def test_drop(self) -> None:
        """Where a stage wants no answer there is none."""
        self.tap(DROP)
        self.answered(self.stage, "www.example.org A", CLIENT)
        self.assertEqual(self.kinds(), ["CQ", "FQ"])

    def test_explained(self) -> None:
        """What explain asks is not told of."""
        self.tap()
        self.next = self.scripted(WWW)
        self.answered(self.stage.before(self.next), "www.example.org A")
        self.assertEqual(self.kinds(), [])

    def test_replays(self) -> None:
        """Fronts must ask each time where clients' queries are told of."""
        self.assertFalse(self.tap().replays)
        self.assertTrue(self.tap(messages="forwarder").replays)
        self.told()

    def test_reload(self) -> None:
        """A reload begins a new file."""
        self.tap()
        self.answered(self.stage, "www.example.org A", CLIENT)
        self.clock.advance(1)
        self.stage.reload()
        self.assertEqual(self.told(), [])
        self.assertEqual(len(messages(self.file.with_name("tap.old").read_bytes())), 4)


class MistakeTests(StageCase):
    """What is refused."""

    def assertRefused(self, key: str, told: str, **options: Any) -> None:
        """This key is to blame."""
        error = self.assertRaises(OptionError, Dnstap, self.scripted(WWW), self.clock, **options)
        self.assertEqual(error.key, key)
        self.assertIn(told, str(error))

    def test_where(self) -> None:
        """It must be clear where to."""
        place = folder(self) / "tap"
        self.assertRefused("socket", "either")
        self.assertRefused("socket", "either", socket=place, file=place)
        self.assertRefused("file", "no such folder", file=Path("/none/tap"))
        self.assertRefused("file", "is a folder", file=place.parent)
        self.assertRefused("socket", "no such folder", socket=Path("/none/tap"))

    def test_nothing(self) -> None:
        """Without messages it does nothing."""
        self.assertRefused("messages", "does nothing", file=folder(self) / "tap", messages=frozenset())

    def test_packages(self) -> None:
        """Without the packages it says what to install."""
        for name in ("fstrm", "dnstap_pb"):
            self.patch(sys, "modules", {**sys.modules, name: None})
            self.assertRefused("file", "pip install 'dotchain[dnstap]'", file=folder(self) / "tap")
