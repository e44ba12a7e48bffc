"""The control socket in its folder."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import Section
from dotchain.config.place import SocketPlace
from dotchain.control.listener import ControlSocket, answers, clear
from dotchain.control.protocol import ControlFactory
from dotchain.options import Value

from ..folders import folder
from ..fronts.loop import Loop, logged


def listening(case: SynchronousTestCase, path: Path, answers: bool = True) -> socket.socket:
    """A socket at a path, of one who answers or has gone."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(str(path))
    if answers:
        made.listen()
        case.addCleanup(made.close)
    else:
        made.close()
    return made


class ClearTests(SynchronousTestCase):
    """L{clear}."""

    def setUp(self) -> None:
        """A path in a folder."""
        self.path = folder(self) / "s"

    def test_nothing(self) -> None:
        """Where nothing is nothing is done."""
        clear(self.path)

    def test_stale(self) -> None:
        """What a daemon left that was killed is removed."""
        listening(self, self.path, answers=False)
        clear(self.path)
        self.assertFalse(self.path.exists())

    def test_alive(self) -> None:
        """The socket of a daemon that runs stays."""
        listening(self, self.path)
        error = self.assertRaises(OSError, clear, self.path)
        self.assertIn("another daemon listens there", str(error))
        self.assertTrue(self.path.exists())

    def test_file(self) -> None:
        """A file that is no socket is never removed, whatever the operator wrote."""
        self.path.write_text("precious")
        self.assertRaises(FileExistsError, clear, self.path)
        self.assertEqual(self.path.read_text(), "precious")


class ControlSocketTests(SynchronousTestCase):
    """L{ControlSocket}."""

    def setUp(self) -> None:
        """A place that the operator has named."""
        self.loop = Loop()
        self.path = folder(self) / "s"

    def socket(self, path: Path, group: int | None = None, demanded: bool = True) -> ControlSocket:
        """A control socket, which goes with the test."""
        values = {"control": Value("s")} if demanded else {}
        place = SocketPlace(path, group, Section("dotchain", "", 1, Path(), values))
        made = ControlSocket(place, ControlFactory(lambda line: line, self.loop), self.loop)
        self.addCleanup(self.end, made)
        return made

    def end(self, control: ControlSocket) -> None:
        """Stop it."""
        stopped = control.stop()
        self.loop.settle()
        if stopped is not None:
            self.successResultOf(stopped)

    def mode(self) -> int:
        """The socket's mode."""
        return stat.S_IMODE(self.path.stat().st_mode)

    def test_private(self) -> None:
        """It is for its user alone."""
        self.socket(self.path).bind()
        self.assertEqual(self.mode(), 0o600)

    def test_group(self) -> None:
        """It is for a group too, where the operator says so."""
        self.socket(self.path, os.getgid()).bind()
        self.assertEqual((self.mode(), self.path.stat().st_gid), (0o660, os.getgid()))

    def test_removed(self) -> None:
        """At the end it is gone, even if somebody else has removed its file before."""
        for removed in (False, True):
            control = self.socket(self.path)
            control.bind()
            if removed:
                self.path.unlink()
            self.end(control)
            self.assertFalse(self.path.exists())

    def test_folder(self) -> None:
        """A folder that is left to us is made; one that the operator names is his to make."""
        own = self.path.parent / "run" / "s"
        self.assertRaises(OSError, self.socket(own).bind)
        self.socket(own, demanded=False).bind()
        self.assertTrue(own.exists())

    def test_open(self) -> None:
        """No socket is put where others may put one of their own in its place."""
        self.path.parent.chmod(0o777)
        self.assertRaises(PermissionError, self.socket(self.path, demanded=False).bind)

    def test_lost(self) -> None:
        """Where the reactor gives it up it is opened again."""
        control = self.socket(self.path)
        control.bind()
        (port,) = self.loop.watched
        self.loop.removeReader(port)
        port.connectionLost(Failure(ConnectionLost()))
        self.assertTrue(answers(self.path))
        self.assertEqual(len(self.loop.watched), 1)
        self.end(control)
        self.assertFalse(self.path.exists())

    def test_lostForGood(self) -> None:
        """Where that can't be done the daemon goes on without, and says so."""
        control, events = self.socket(self.path), logged(self)
        control.bind()
        (port,) = self.loop.watched
        self.loop.removeReader(port)
        self.path.unlink()
        self.path.write_text("precious")
        self.patch(Path, "unlink", lambda path: None)
        port.connectionLost(Failure(ConnectionLost()))
        self.assertEqual(self.loop.watched, set())
        self.assertIn("is no socket", events[-1]["why"])

    def test_none(self) -> None:
        """Where none is wanted nothing happens."""
        control = ControlSocket(None, ControlFactory(lambda line: line, self.loop), self.loop)
        control.bind()
        self.assertIsNone(control.stop())
