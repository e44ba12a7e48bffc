"""What twistd was told."""

from __future__ import annotations

import os
import pwd
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.twistd import daemonizes, log, objections, user

from ..folders import folder


class TwistdCase(SynchronousTestCase):
    """Options of twistd."""

    def told(self, **options: Any) -> dict[str, Any]:
        """As twistd has them by default, but for these."""
        defaults: dict[str, Any] = dict.fromkeys(("logfile", "uid", "gid", "chroot", "syslog", "logger"))
        return {**defaults, "nodaemon": 1, "pidfile": "", "rundir": ".", **options}


class ObjectionsTests(TwistdCase):
    """L{objections}."""

    def lines(self, **options: Any) -> list[str]:
        """Why twistd would fail."""
        return list(objections(self.told(**options)))

    def test_none(self) -> None:
        """Nothing is wrong with what people usually say; nor where another runner knows no such options."""
        where = folder(self)
        self.assertEqual(self.lines(pidfile=str(where / "p"), logfile=str(where / "l")), [])
        self.assertEqual(self.lines(logfile="-"), [])
        self.assertEqual(list(objections({})), [])

    def test_folders(self) -> None:
        """Each file whose folder is not there, and each that is none."""
        where = folder(self)
        self.assertEqual(
            self.lines(pidfile=f"{where}/a/p", logfile=str(where), rundir=f"{where}/b"),
            [
                f"twistd --rundir: there is no folder {where}/b",
                f"twistd --pidfile {where}/a/p: there is no folder {where}/a",
                f"twistd --logfile {where}: is a folder",
            ],
        )

    def test_rights(self) -> None:
        """Files that this user can't write, be they there or not."""
        where = folder(self)
        (where / "there").touch()
        self.patch(os, "access", lambda path, mode: False)
        self.assertEqual(
            self.lines(pidfile=f"{where}/new", logfile=f"{where}/there"),
            [
                f"twistd --pidfile {where}/new: this user may make no file in {where}",
                f"twistd --logfile {where}/there: this user may not write to it",
            ],
        )

    def test_notRoot(self) -> None:
        """Only root can become another user; that one is oneself is no matter."""
        for name in ("geteuid", "getuid", "getgid"):
            self.patch(os, name, lambda: 1000)
        self.assertEqual(self.lines(uid=1000, gid=1000), [])
        uid, gid = self.lines(uid=0, gid=0)
        self.assertIn("--uid 0: only root can", uid)
        self.assertIn("--gid 0: only root can", gid)

    def test_noSuchUser(self) -> None:
        """A number without a user has no group of its own."""

        def unknown(uid: int) -> None:
            raise KeyError(uid)

        self.patch(pwd, "getpwuid", unknown)
        self.patch(os, "geteuid", lambda: 0)
        (line,) = self.lines(uid=77777)
        self.assertIn("--uid 77777: there is no such user", line)
        self.assertEqual(self.lines(uid=77777, gid=77777), [])

    def test_chroot(self) -> None:
        """Paths of another tree of files can't be looked at from here."""
        self.assertEqual(self.lines(chroot="/srv", pidfile="/nonexistent/p", rundir="/nonexistent"), [])


class ToldTests(TwistdCase):
    """L{daemonizes}, L{log} and L{user}."""

    def test_daemonizes(self) -> None:
        """Into the background it goes unless it is told not to; other runners have no background."""
        self.assertFalse(daemonizes(self.told()))
        self.assertTrue(daemonizes(self.told(nodaemon=0)))
        self.assertFalse(daemonizes({}))

    def test_log(self) -> None:
        """Where the log goes."""
        self.assertEqual(log(self.told()), "")
        self.assertEqual(log(self.told(logfile="-")), "")
        self.assertEqual(log(self.told(logfile="a.log")), "a.log")
        self.assertEqual(log(self.told(nodaemon=0)), "twistd.log")
        self.assertEqual(log(self.told(nodaemon=0, syslog=1)), "")

    def test_user(self) -> None:
        """Who it becomes, where it is root."""
        self.patch(os, "geteuid", lambda: 0)
        self.assertEqual([user(self.told(uid=uid)) for uid in (None, 0, 65534)], [None, None, 65534])
        self.patch(os, "geteuid", lambda: 65534)
        self.assertIsNone(user(self.told(uid=65534)))
