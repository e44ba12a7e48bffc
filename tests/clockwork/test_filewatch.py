"""Tests of looking after files."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.filewatch import FileWatch

from ..folders import written


class FileWatchTests(SynchronousTestCase):
    """Changes are told once each, and not before they are complete."""

    def setUp(self) -> None:
        """A file that is looked after."""
        self.file = written(self, "a")
        self.clock = Clock()
        self.told: list[str] = []
        self.watch = FileWatch(self.clock, [self.file], lambda: self.told.append(self.file.read_text()))
        self.watch.start()
        self.addCleanup(self.watch.stop)

    def pass_(self, looks: int) -> None:
        """Let so many looks pass."""
        self.clock.pump([FileWatch.EVERY] * looks)

    def test_nothing(self) -> None:
        """Where nothing changes nothing is told."""
        self.pass_(5)
        self.assertEqual(self.told, [])

    def test_change(self) -> None:
        """A change is told once, at the second look that sees it."""
        self.file.write_text("bb")
        self.pass_(1)
        self.assertEqual(self.told, [])
        self.pass_(5)
        self.assertEqual(self.told, ["bb"])

    def test_inTheMaking(self) -> None:
        """As long as a file grows nothing is told."""
        for count in range(2, 6):
            self.file.write_text("b" * count)
            self.pass_(1)
        self.assertEqual(self.told, [])
        self.pass_(2)
        self.assertEqual(self.told, ["bbbbb"])

    def test_taken(self) -> None:
        """What its owner reads by himself is not told."""
        self.file.write_text("bb")
        self.watch.taken()
        self.pass_(3)
        self.assertEqual(self.told, [])

    def test_renamed(self) -> None:
        """An editor's new file in the place of the old one is told, be it of as many octets."""
        new = self.file.with_name("new")
        new.write_text("b")
        new.replace(self.file)
        self.pass_(3)
        self.assertEqual(self.told, ["b"])

    def test_shorter(self) -> None:
        """So is one that has become shorter."""
        self.file.write_text("")
        self.pass_(3)
        self.assertEqual(self.told, [""])

    def test_away(self) -> None:
        """One that is away for a while is told when it is away, and when it is there again."""
        watch = FileWatch(self.clock, [self.file], lambda: self.told.append(str(self.file.exists())))
        self.watch.stop()
        watch.start()
        self.addCleanup(watch.stop)
        self.file.unlink()
        self.pass_(3)
        self.file.write_text("a")
        self.pass_(3)
        self.assertEqual(self.told, ["False", "True"])

    def link(self, name: str, target: str) -> None:
        """Put a symbolic link in place, at once where there is one already."""
        folder = self.file.parent
        (folder / "new").symlink_to(target)
        (folder / "new").replace(folder / name)

    def swapped(self, first: str, second: str, name: str, *targets: str) -> None:
        """That the link of this name leads to another target, and so to the second file, is told."""
        for each in (first, second):
            file = self.file.parent / each
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(each)
        self.link(name, targets[0])
        seen = self.file.parent / "cert.pem"
        told: list[str] = []
        watch = FileWatch(self.clock, [seen], lambda: told.append(seen.read_text()))
        watch.start()
        self.addCleanup(watch.stop)
        self.assertEqual(seen.read_text(), first)
        self.link(name, targets[1])
        self.pass_(3)
        self.assertEqual(told, [second])

    def test_certbot(self) -> None:
        """As certbot does it: the name itself is a link."""
        files = "archive/cert1.pem", "archive/cert2.pem"
        self.swapped(*files, "cert.pem", *files)

    def test_kubernetes(self) -> None:
        """As Kubernetes does it: a link that the name leads through becomes one to another folder."""
        self.link("cert.pem", "..data/cert.pem")
        self.swapped("..1/cert.pem", "..2/cert.pem", "..data", "..1", "..2")

    def test_noFiles(self) -> None:
        """Where there is nothing to look after nothing is waited for."""
        clock = Clock()
        FileWatch(clock, [], self.fail).start()
        self.assertEqual(clock.getDelayedCalls(), [])
