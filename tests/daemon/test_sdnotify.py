"""Telling systemd how the daemon is."""

from __future__ import annotations

import os
import re
import socket

from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon.sdnotify import reloading, sdNotify

from ..folders import folder


class SdNotifyTests(SynchronousTestCase):
    """L{sdNotify}, sd_notify(3)."""

    def listener(self, name: str) -> socket.socket:
        """systemd's side."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(made.close)
        made.bind(name)
        made.setblocking(False)
        return made

    def test_path(self) -> None:
        """The state goes to the socket of that path."""
        name = str(folder(self) / "notify")
        systemd = self.listener(name)
        sdNotify("READY=1", {"NOTIFY_SOCKET": name})
        self.assertEqual(systemd.recv(100), b"READY=1")

    def test_abstract(self) -> None:
        """C{@} stands for the NUL that abstract names start with."""
        systemd = self.listener(f"\0dotchain-test-{os.getpid()}")
        sdNotify("STOPPING=1", {"NOTIFY_SOCKET": f"@dotchain-test-{os.getpid()}"})
        self.assertEqual(systemd.recv(100), b"STOPPING=1")

    def test_nobody(self) -> None:
        """Without the variable nothing is sent; with a wrong one, a line in the log."""
        with capturedLogs() as events:
            sdNotify("READY=1", {})
            self.assertEqual(events, [])
            sdNotify("READY=1", {"NOTIFY_SOCKET": str(folder(self) / "none")})
        self.assertEqual(
            [formatEvent(event) for event in events],
            ["systemd is not told READY=1: [Errno 2] No such file or directory"],
        )

    def test_reloading(self) -> None:
        """A reload tells its start, as C{Type=notify-reload} wants."""
        self.assertTrue(re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", reloading()))
