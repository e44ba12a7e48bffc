"""Commands of the control socket, with several workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.tree import Tree
from dotchain.control.metrics.metrics import FAMILIES
from dotchain.control.metrics.tally import Tally
from dotchain.control.reloads import Reloaded
from dotchain.control.running import CommandError, Running
from dotchain.daemon.logthreshold import LogThreshold
from dotchain.workers.channel import Declined, Gone
from dotchain.workers.commands import carryOut
from dotchain.workers.standing import StandingOrders

from .yard import Yard


class Answers:
    """A worker that gives one answer."""

    def __init__(self, number: int, said: Any) -> None:
        self.number, self.said = number, said
        self.serving, self.startedAt = True, 0.0
        self.lines: list[Any] = []

    def ask(self, what: str, line: str) -> Deferred[Any]:
        """Note the line."""
        self.lines.append((what, json.loads(line)))
        return fail(self.said) if isinstance(self.said, Exception) else succeed(self.said)


class CommandTests(SynchronousTestCase):
    """L{carryOut}."""

    threshold: LogThreshold | None = None

    def start(self, verb: str, *said: Any, **arguments: Any) -> Deferred[Any]:
        """Give a command to workers that say so."""
        self.yard = Yard()
        self.workers: Any = [Answers(number, each) for number, each in enumerate(said, 1)]
        self.reloads = 0
        file = Path("/etc/f.ini")
        parent = Running(Tree("f.ini"), file, self.yard, self.yard.seconds, 0.0, self.reload)
        parent = parent._replace(threshold=lambda: self.threshold)
        line = json.dumps({"verb": verb, **arguments}).encode()
        self.standing = StandingOrders()
        return ensureDeferred(carryOut(line, parent, self.workers, self.standing, Tally(FAMILIES)))

    def reload(self) -> Deferred[Reloaded]:
        """What HUP does."""
        self.reloads += 1
        return succeed([("front lan", None), ("front dot", "no such file")])

    def test_sums(self) -> None:
        """What workers have counted is added; all are asked, with the arguments."""
        done = self.start("flush", {"cache": 3}, {"cache": 4, "more": 1}, name="example.org")
        self.assertEqual(self.successResultOf(done), {"cache": 7, "more": 1})
        for worker in self.workers:
            self.assertEqual(worker.lines, [("control", {"verb": "flush", "name": "example.org"})])

    def test_everywhere(self) -> None:
        """One worker tells all machines, and the others forget behind it what they have themselves."""
        said = {"cache": 3, "shared": {"told": 5}}
        done = self.start("flush", said, {"cache": 4}, name="example.org", everywhere=True)
        self.assertEqual(self.successResultOf(done), {"cache": 7, "shared": {"told": 5}})
        asked = [worker.lines[0][1]["everywhere"] for worker in self.workers]
        self.assertEqual(asked, [True, False])

    def test_notEverywhere(self) -> None:
        """Where that one can't, nobody forgets, and why is told."""
        error = self.failureResultOf(self.start("flush", Gone(), {"cache": 4}, everywhere=True), CommandError)
        self.assertIn("has ended", str(error.value))
        self.assertEqual(self.workers[1].lines, [])

    def test_stats(self) -> None:
        """The parent tells of its own process, and of each worker's beside it."""
        done = self.start(
            "stats", *({"process": {"pid": pid}, "fronts": {"lan": {"udp": pid}}} for pid in (7, 8))
        )
        self.yard.advance(0)
        found = self.successResultOf(done)
        self.assertEqual(found["fronts"], {"lan": {"udp": 15}})
        self.assertEqual(found["process"]["workers"], {"1": {"pid": 7}, "2": {"pid": 8}})
        self.assertEqual(
            (found["process"]["configuration"], found["process"]["loop-lag-ms"]), ("/etc/f.ini", 0)
        )

    def test_explain(self) -> None:
        """One worker is as good as another to explain; one that serves."""
        self.assertEqual(
            self.successResultOf(self.start("explain", {"steps": []}, {}, name="a.")), {"steps": []}
        )
        self.assertEqual([len(worker.lines) for worker in self.workers], [1, 0])

    def test_reload(self) -> None:
        """Reload is what HUP does: the parent has all workers do it."""
        found = self.successResultOf(self.start("reload", {}, {}))
        self.assertEqual(found, {"parts": {"front lan": "reloaded", "front dot": "no such file"}})
        self.assertEqual((self.reloads, self.workers[0].lines), (1, []))

    def test_logLevel(self) -> None:
        """The parent does it too, as all that is logged goes by it, and whoever is started later."""
        threshold = LogThreshold()
        self.addCleanup(threshold.reset)
        self.threshold = threshold
        found = self.successResultOf(self.start("log-level", *[{"level": "warn"}] * 2, level="warn"))
        self.assertEqual((found, threshold.level), ({"level": "warn"}, "warn"))
        later: Any = Answers(3, {})
        self.standing.give(later)
        self.assertEqual(later.lines, [("control", {"verb": "log-level", "level": "warn"})])

    def test_some(self) -> None:
        """A worker that ends meanwhile is left out."""
        self.assertEqual(
            self.successResultOf(self.start("upstreams", Gone(), {"up": {"n": 1}})), {"up": {"n": 1}}
        )

    def test_wrong(self) -> None:
        """What none can do is told as one of them tells it; so is a line without sense."""
        for said, text in ((Declined("no stage here keeps answers"), "no stage here"), (Gone(), "has ended")):
            error = self.failureResultOf(self.start("flush", said, said), CommandError)
            self.assertIn(text, str(error.value))
        error = self.failureResultOf(self.start("flush"), CommandError)
        self.assertIn("no worker serves now", str(error.value))
        error = self.failureResultOf(self.start("dance", {}), CommandError)
        self.assertIn("verb is none of", str(error.value))
