"""Where the control socket is."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config import place
from dotchain.config.ini import ConfigError
from dotchain.control.folder import prepare

from ..configs import GOOD, ConfigCase
from ..folders import folder, written


class PlaceCase(ConfigCase):
    """Places in folders of the test's own."""

    def setUp(self) -> None:
        """As under systemd."""
        self.run_ = folder(self)
        self.patch(place, "folders", lambda: [self.run_])

    def planned(self, text: str = "") -> place.SocketPlace | None:
        """The place for a daemon with these keys of C{[dotchain]}."""
        return self.load(f"[dotchain]\n{text}\n{GOOD}").control


class PlannedTests(PlaceCase):
    """L{place.planned} and L{place.ofFile}, which must agree."""

    def found(self) -> list[Path]:
        """Where the command looks for the daemon of the last file."""
        return place.ofFile(str(self.file))

    def test_default(self) -> None:
        """Without a word it is in a folder for such files, under the name of the INI file."""
        planned = self.planned()
        assert planned is not None
        self.assertRegex(planned.path.name, r"^f-[0-9a-f]{8}\.sock$")
        self.assertEqual((planned.path.parent, planned.demanded, planned.group), (self.run_, False, None))
        self.assertEqual(self.found(), [planned.path])

    def test_noSection(self) -> None:
        """The same in a file without C{[dotchain]}."""
        planned = self.load(GOOD).control
        assert planned is not None
        self.assertEqual(self.found(), [planned.path])

    def test_relative(self) -> None:
        """A path is relative to the INI file, wherever the command is run."""
        planned = self.planned("control = run/s")
        assert planned is not None
        self.assertEqual((planned.path, planned.demanded), (self.file.parent / "run" / "s", True))
        self.assertEqual(self.found(), [planned.path])

    def test_none(self) -> None:
        """An operator may want none."""
        self.assertIsNone(self.planned("control = none"))
        self.assertEqual(self.found(), [])

    def test_sameName(self) -> None:
        """Two files of one name in two folders have two sockets; a symbolic link has its file's."""
        one, other = (written(self, GOOD) for _ in range(2))
        link = folder(self) / "f.ini"
        link.symlink_to(one)
        self.assertNotEqual(place.ofFile(str(one)), place.ofFile(str(other)))
        self.assertEqual(place.ofFile(str(one)), place.ofFile(str(link)))

    def test_tooLong(self) -> None:
        """A path that no socket can have is an error of the configuration, with its line."""
        line = self.line(f"[dotchain]\ncontrol = {'x' * 120}\n{GOOD}")
        self.assertRegex(line, r"^2: \[dotchain\] control: .*too long.*103 octets at the most")

    def test_group(self) -> None:
        """A group by its name or number; one that is none is an error."""
        for word in ("root", "0"):
            planned = self.planned(f"control-group = {word}")
            assert planned is not None
            self.assertEqual(planned.group, 0)
        self.assertIn("there is no group 'nosuch'", self.line(f"[dotchain]\ncontrol-group = nosuch\n{GOOD}"))

    def test_noFile(self) -> None:
        """A file that can't be read is told as by check."""
        self.assertRaises(ConfigError, place.ofFile, "/nonexistent.ini")

    def test_everywhere(self) -> None:
        """Without a file, all sockets are found."""
        for name in ("b.sock", "a.sock", "other"):
            (self.run_ / name).touch()
        self.assertEqual([each.name for each in place.everywhere()], ["a.sock", "b.sock"])


class SafeTests(SynchronousTestCase):
    """L{place.everywhere} and L{place.elsewhere} look into folders that are safe."""

    def setUp(self) -> None:
        """A folder that everyone may write to, as /tmp is."""
        self.shared = folder(self)
        self.patch(tempfile, "tempdir", str(self.shared))
        self.own = self.shared / f"dotchain-{os.geteuid()}"

    def test_writable(self) -> None:
        """One that others may write to is not used, nor looked into."""
        self.own.mkdir()
        self.own.chmod(0o770)
        self.assertRaises(PermissionError, prepare, self.own)
        (self.own / "x.sock").touch()
        self.patch(place, "folders", lambda: [self.own])
        self.assertEqual(place.everywhere(), [])

    @skipIf(os.geteuid() != 0, "only root can give files away")
    def test_elsewhere(self) -> None:
        """Root finds the folders of all users, but none that may be somebody else's."""
        users = folder(self)
        self.patch(place, "_USERS", users)
        good = [users / "1000" / "dotchain", self.shared / "dotchain-12345"]
        wrong = [users / "1001" / "dotchain", self.shared / "dotchain-12346", self.shared / "dotchain-x"]
        for each, user in zip([*good, *wrong], (1000, 12345, 1000, 12346, 0), strict=True):
            each.mkdir(parents=True)
            os.chown(each, user, -1)
        wrong[1].chmod(0o777)
        (self.shared / "dotchain-12347").symlink_to(good[1])
        self.assertEqual(place.others({}), good)
        (good[1] / "a.sock").touch()
        self.assertEqual(place.elsewhere(), [good[1] / "a.sock"])
        self.assertEqual(place.others({"RUNTIME_DIRECTORY": "/run/x"}), [])
        self.patch(os, "geteuid", lambda: 12345)
        self.assertEqual(place.others({}), [])
