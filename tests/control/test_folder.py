"""The folders of control sockets."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.folder import folders, isSafe, prepare

from ..folders import folder


class FoldersTests(SynchronousTestCase):
    """L{folders}."""

    def user(self, number: int) -> None:
        """Who runs it."""
        self.patch(os, "geteuid", lambda: number)

    def test_systemd(self) -> None:
        """systemd's folder for the unit is the one, for what is run within it."""
        self.user(1000)
        environ = {"RUNTIME_DIRECTORY": "/run/dns:/run/more", "XDG_RUNTIME_DIR": "/run/user/1000"}
        self.assertEqual(folders(environ), [Path("/run/dns"), Path("/run/more")])

    def test_root(self) -> None:
        """Root's is for all of the system."""
        self.user(0)
        self.assertEqual(folders({"XDG_RUNTIME_DIR": "/run/user/0"})[0].name, "dotchain")
        self.assertNotIn("user", str(folders({"XDG_RUNTIME_DIR": "/run/user/0"})[0]))

    def test_user(self) -> None:
        """Others have one of their own; the command looks into root's, too."""
        self.user(1000)
        found = folders({"XDG_RUNTIME_DIR": "/run/user/1000"})
        self.assertEqual(found[0], Path("/run/user/1000/dotchain"))
        self.assertEqual(found[-1].name, "dotchain")

    def test_bare(self) -> None:
        """Where there is nothing better it is one that bears the user's number."""
        self.user(1000)
        self.assertEqual(folders({})[0], Path(tempfile.gettempdir()) / "dotchain-1000")


class SafeTests(SynchronousTestCase):
    """L{isSafe} and L{prepare}."""

    def setUp(self) -> None:
        """A folder that everyone may write to, as /tmp is."""
        self.shared = folder(self)
        self.patch(tempfile, "tempdir", str(self.shared))
        self.own = self.shared / f"dotchain-{os.geteuid()}"

    def test_made(self) -> None:
        """A folder is made, and may be used again."""
        for _ in range(2):
            prepare(self.own)
            self.assertTrue(isSafe(self.own))

    def test_link(self) -> None:
        """A link that somebody has put there leads nowhere."""
        self.own.symlink_to(folder(self))
        self.assertRaises(PermissionError, prepare, self.own)

    @skipIf(os.geteuid() != 0, "only root can give files away")
    def test_others(self) -> None:
        """So it is with another user's folder."""
        self.own.mkdir()
        os.chown(self.own, 12345, -1)
        self.assertRaises(PermissionError, prepare, self.own)

    def test_file(self) -> None:
        """A file in the way is told, too."""
        self.own.touch()
        self.assertRaises(OSError, prepare, self.own)
