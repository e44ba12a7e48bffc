"""The stage block as a part of the daemon: its files, its service, what it tells."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from dotchain.lists.reading import Reading
from dotchain.stages.block.core import Listed
from dotchain.stages.block.reading import NotUsable
from dotchain.stages.block.stage import Block
from dotchain.testing import StageCase
from dotchain.tls.errors import TLSFileError

from ...configs import ConfigCase
from ...folders import folder, written
from .blockcase import BlockCase

URL = "https://lists.example.org/secret/ads.txt"


class ReloadTests(BlockCase):
    """Files that change."""

    def read(self, reloaded: Deferred[Any]) -> Deferred[Any]:
        """Let lists be read to their ends."""
        self.clock.pump([0.01] * 3000)
        return reloaded

    def test_reload(self) -> None:
        """All files are read anew, those of what is allowed, too."""
        good = self.file("good.txt", "a.example")
        stage = self.block("a.example", "b.example", allow=str(good))
        self.file("good.txt", "b.example")
        self.file("ads.txt", "a.example", "c.example")
        self.successResultOf(self.read(stage.reload()))
        found = [self.passed(stage, name) for name in ("a.example", "b.example", "c.example")]
        self.assertEqual(found, [False, True, False])
        self.assertEqual(stage.names, {"ads.txt": 2, "good.txt": 1})

    def test_broken(self) -> None:
        """Where one can't be read all stay as they were, and the failure names it."""
        more = self.file("more.txt", "b.example")
        stage = self.made(Block, lists=f"{self.file('ads.txt', 'a.example')} {more}")
        self.file("ads.txt", "c.example")
        for lines, why in ((("<html>",), f"{more}:1: it is a web page"), ((), f"{more}: no name")):
            self.file("more.txt", *lines)
            error = self.failureResultOf(self.read(stage.reload()), NotUsable).value
            self.assertTrue(str(error).startswith(why), error)
        more.unlink()
        error = self.failureResultOf(self.read(stage.reload()), NotUsable).value
        self.assertEqual(str(error), f"{more} can't be read: No such file or directory")
        self.assertFalse(self.passed(stage, "a.example"))
        self.assertTrue(self.passed(stage, "c.example"))

    def test_skipped(self) -> None:
        """What is told of a list has the number of the first line that was skipped, in the singular, too."""
        for lines, told in (
            (("a.example",), "1 name"),
            (
                ("a.example", "b.example", "# c", "||b.example^$third-party"),
                "2 names, 1 line skipped (line 4)",
            ),
            (
                ("a.example", "||b.example^$third-party", "||b.example^$third-party"),
                "1 name, 2 lines skipped (the first: line 2)",
            ),
        ):
            reading = Reading()
            reading.feed("".join(f"{line}\n" for line in lines).encode())
            self.assertEqual(Listed("ads.txt", reading.done(), str).told, told)

    def test_begun(self) -> None:
        """A file of comments is a list without names; one without a line is none: something is amiss."""
        stage = self.block("# to be filled")
        self.assertTrue(self.passed(stage, "a.example"))
        self.assertEqual(stage.names, {"ads.txt": 0})
        self.file("ads.txt")
        self.failureResultOf(self.read(stage.reload()), NotUsable)

    def test_meanwhile(self) -> None:
        """It takes many turns of the reactor, and until the last one the old lists are in use."""
        stage = self.block("a.example")
        self.file("ads.txt", *["c.example"] * 3000)
        turns: list[Any] = []
        self.patch(self.clock, "callLater", lambda _, *call: turns.append(call))
        reloaded = stage.reload()
        count = 0
        while turns:
            self.assertFalse(self.passed(stage, "a.example"))
            call, *arguments = turns.pop(0)
            call(*arguments)
            count += 1
        self.successResultOf(reloaded)
        self.assertGreater(count, 4)
        self.assertTrue(self.passed(stage, "a.example"))


class RemoteTests(StageCase):
    """Lists at URLs."""

    def test_withoutState(self) -> None:
        """Without a folder for copies a start blocks nothing, which is worth a warning."""
        stage = self.made(Block, lists=URL)
        (warning,) = stage.warnings()
        self.assertIn("nothing is blocked by a list at a URL until it has been fetched", warning)
        self.assertEqual(self.made(Block, lists=URL, state=str(folder(self))).warnings(), [])
        self.assertEqual(self.answered(stage, "ads.example A").errors, ())

    def test_nothingToKeep(self) -> None:
        """Without a list at a URL there is nothing to keep, and nobody to trust."""
        place = folder(self)
        (place / "ads.txt").write_text("ads.example\n")
        stage = self.made(Block, lists=str(place / "ads.txt"), state=str(place), ca_file="ca.pem")
        self.assertEqual(stage.warnings(), ["is for lists at URLs; there are none"] * 2)

    def test_service(self) -> None:
        """It asks for the server's address once it runs, and leaves nothing behind."""
        stage = self.made(Block, lists=URL, state=str(folder(self)))
        self.assertEqual(self.clock.getDelayedCalls(), [])
        stage.startService()
        self.clock.advance(1)
        self.assertEqual([each.name.to_text() for each in self.next.asked], ["lists.example.org."] * 2)
        stage.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_reload(self) -> None:
        """A reload has lists fetched at once, and does not wait for them."""
        stage = self.made(Block, lists=URL)
        stage.startService()
        self.addCleanup(stage.stopService)
        self.successResultOf(stage.reload())
        self.clock.advance(0)
        self.assertEqual(len(self.next.asked), 2)

    def test_noCAs(self) -> None:
        """A file of CAs that can't be read is an error."""
        self.assertRaises(TLSFileError, self.made, Block, lists=URL, ca_file="/nowhere/ca.pem")


class CheckTests(ConfigCase):
    """What C{dotchain check} says."""

    CONFIG = """\
[front lan]
listen = udp://127.0.0.1:5300
chain  = home
[chain home]
path = ads out
[stage ads]
kind  = block
lists = {lists}
[upstream out]
address = udp://192.0.2.1
"""

    def test_line(self) -> None:
        """A list that can't be read is told with its own line, one in clear text as well."""
        good = written(self, "ads.example\n", "ads.txt")
        for second, why in (("missing.txt", "can't be read"), ("http://a.example/x", "in clear text")):
            line = self.line(self.CONFIG.format(lists=f"{good}\n        {second}"))
            self.assertTrue(line.startswith("9: [stage ads] lists: "), line)
            self.assertIn(why, line)
