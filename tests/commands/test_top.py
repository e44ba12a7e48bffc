"""Tests of C{dotchain top}."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from datetime import datetime, timezone
from typing import Any
from unittest import mock

from rich.console import Console
from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands import top
from dotchain.commands.controlclient import ControlClientError
from dotchain.commands.topscreen import TopScreen
from dotchain.commands.topview import TopView, sparkline
from dotchain.status.snapshot import Snapshot

from ..status.figures import address, front, group, peer, snapshot, stats, upstream
from .daemon import DaemonCase

NEAR = {"near": upstream(near=address(peer=peer()))}


def drawn(
    seen: Snapshot, width: int = 120, gone: str | None = None, height: int | None = None, **console: Any
) -> str:
    """A frame as text."""
    made = Console(width=width, **console)
    with made.capture() as captured:
        made.print(TopView().frame(seen, width, gone, height))
    return captured.get()


class FrameTests(SynchronousTestCase):
    """One frame."""

    def test_rates(self) -> None:
        """Rates stand at the fronts, the latency and the proof at the upstreams."""
        before = snapshot(NEAR, fronts={"lan": {"udp": front(100)}})
        seen = snapshot(NEAR, before, fronts={"lan": {"udp": front(400)}}, uptime=62.0)
        text = drawn(seen)
        self.assertIn("All is well: 1 front serves, 1 of 1 upstream answers", text)
        self.assertRegex(text, r"lan +udp +150 +– +– +400")
        self.assertRegex(text, r"near +tls://near:853 +connected .* 1\.50 ms .*TLSv1\.3 name 303 d")

    def test_first(self) -> None:
        """What is not known yet is a dash, not a 0."""
        self.assertRegex(drawn(snapshot(fronts={"lan": {"udp": front(100)}})), r"lan +udp +– +– +– +100")

    def test_wrong(self) -> None:
        """What is wrong stands at the top with what to do, in words: a terminal may have no colours."""
        seen = snapshot({"a": upstream(x=address("down")), "b": upstream(x=address("down"))})
        lines = drawn(seen).splitlines()
        self.assertEqual(lines[1], "ERROR upstream a: does not answer")
        self.assertEqual(lines[2].strip(), "tls://x:853 is down")
        self.assertIn("dotchain doctor", lines[3])
        self.assertTrue(lines[4].startswith("ERROR upstream b: "))

    def test_short(self) -> None:
        """A screen of few lines has a line for each thing that is wrong, and what to do about the worst."""
        seen = snapshot({name: upstream(x=address("down")) for name in "ab"})
        lines = drawn(seen, height=20).splitlines()
        self.assertEqual(lines[4:6], ["ERROR upstream b: does not answer", ""])
        self.assertIn("dotchain doctor", lines[3])

    def test_narrow(self) -> None:
        """On 80 columns nothing that is shown is cut off; what matters less goes."""
        addresses: Any = {"x": address(peer=peer()), "y": address("down")}
        text = drawn(snapshot({"a": upstream(**addresses), "both": group(a="healthy")}), 80)
        self.assertNotIn("…", text)
        self.assertNotIn("IN FLIGHT", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_gone(self) -> None:
        """Figures of a daemon that does not answer any more are said to be old."""
        text = drawn(snapshot(), gone="no daemon listens at /run/dotchain/s")
        self.assertIn("no daemon listens at /run/dotchain/s; trying again", text)
        self.assertNotIn("All is well", text)

    def test_terminal(self) -> None:
        """What a stranger chose can't command the terminal."""
        text = drawn(snapshot({"a\x1b[2J": upstream(x=address())}), force_terminal=False)
        self.assertNotIn("\x1b", text)
        self.assertIn("a?[2J", text)

    def test_noColour(self) -> None:
        """NO_COLOR has no colours."""
        with mock.patch.dict(os.environ, {"NO_COLOR": "1", "TERM": "xterm-256color"}):
            text = drawn(snapshot({"a": upstream(x=address("down"))}), force_terminal=True)
        self.assertNotRegex(text, r"\x1b\[[0-9;]*3[0-9]")
        self.assertIn("ERROR", text)

    def test_sparkline(self) -> None:
        """The highest bar is full, and 0 is there, too."""
        self.assertEqual(sparkline(deque([0, 50, 100])), "▁▄█")
        self.assertEqual(sparkline(deque([0, 0])), "▁▁")


class TopTests(DaemonCase):
    """The verb."""

    def setUp(self) -> None:
        """Time passes at once."""
        super().setUp()
        self.patch(time, "sleep", lambda _: None)

    def test_once(self) -> None:
        """Where nobody watches a terminal one frame is printed, without colours."""
        self.looks(stats(uptime=60.0), stats({"lan": {"udp": front(50)}}, uptime=62.0))
        status, stdout, stderr = self.call("top", "--socket", str(self.path))
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("All is well: 1 front serves", stdout)
        self.assertRegex(stdout, r"lan +udp +25 +– +– +50")
        self.assertNotIn("\x1b", stdout)

    def test_json(self) -> None:
        """Programs get an object with the sentence, what is wrong, rates, and what these are made of."""
        self.looks(stats(uptime=60.0), stats({"lan": {"udp": front(50)}}, uptime=62.0))
        _, stdout, _ = self.call("top", "--json", "--once", "--socket", str(self.path))
        (line,) = stdout.splitlines()
        found = json.loads(line)
        self.assertEqual(found["interval-seconds"], 2.0)
        self.assertEqual(found["rates"]["fronts"]["lan"]["udp"]["queries"], 25.0)
        self.assertEqual((found["level"], found["findings"]), ("well", []))

    def test_jsonGone(self) -> None:
        """A daemon that is away for a while is told of in its place, and then it goes on."""
        self.looks(stats(), "no daemon listens there", stats(uptime=1.0), KeyboardInterrupt)
        status, stdout, _ = self.call("top", "--json", "--socket", str(self.path))
        gone, back = map(json.loads, stdout.splitlines())
        self.assertEqual((status, gone["error"]), (130, "no daemon listens there"))
        self.assertEqual(back["level"], "well")

    def test_nobody(self) -> None:
        """Without a daemon there is an error."""
        status, stdout, stderr = self.call("top", "--socket", str(self.path))
        self.assertEqual((status, stdout), (1, ""))
        self.assertEqual(stderr, f"dotchain top: no daemon listens at {self.path}\n")

    def test_interval(self) -> None:
        """An interval that makes no sense is wrong usage."""
        for text in ("0", "often", "2d"):
            status, _, stderr = self.call("top", "--interval", text)
            self.assertEqual(status, 2)
            self.assertIn("--interval", stderr)

    def looks(self, *told: Any) -> None:
        """What the daemon says at each look: what C{stats} says, or why there is none."""
        left = list(told)

        def take(looks: top.Looks) -> Snapshot:
            found = left.pop(0)
            if isinstance(found, str):
                raise ControlClientError(found)
            if not isinstance(found, dict):
                raise found
            looks._last = Snapshot({"stats": found, "upstreams": {}}, datetime.now(timezone.utc), looks._last)
            return looks._last

        self.patch(top.Looks, "take", take)


class ScreenTests(SynchronousTestCase):
    """The whole screen."""

    def test_window(self) -> None:
        """A frame longer than the screen is scrolled, never past its end, and says how much is left."""
        console = Console(width=80, height=10, force_terminal=False)
        screen = TopScreen(snapshot, TopView(), 1.0, console)
        frame = "\n".join(f"line {number}" for number in range(20))

        def shown() -> list[str]:
            with console.capture() as captured:
                console.print(screen.window(frame), end="")
            return [line.rstrip() for line in captured.get().splitlines()]

        self.assertEqual(
            (shown()[0], shown()[-1]), ("line 0", " q quits, arrows and space scroll; 11 more lines below")
        )
        for key, first in (
            ("j", "line 1"),
            ("\x1b[B", "line 2"),
            ("k", "line 1"),
            (" ", "line 9"),
            ("G", "line 11"),
        ):
            self.assertTrue(screen.obey(key))
            self.assertEqual(shown()[0], first)
        self.assertEqual(len(shown()), 10)

    def test_quit(self) -> None:
        """q quits, and so does Escape."""
        screen = TopScreen(snapshot, TopView(), 1.0, Console(width=80, height=10))
        self.assertEqual([screen.obey(key) for key in ("q", "\x1b", "x")], [False, False, True])
