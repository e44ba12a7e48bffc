"""A daemon that says what a test wants, and the command that asks it."""

from __future__ import annotations

import io
import json
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands.main import main

from ..folders import folder


class Answering(threading.Thread):
    """
    A control socket that answers whatever is asked.

    @ivar asked: the last request that came.
    """

    def __init__(self, path: Path, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.answer = answer
        self.asked: Any = None
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(str(path))
        self.socket.listen()

    def run(self) -> None:
        """Answer the first line of each connection; some only look whether anybody is there."""
        with suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with connection, connection.makefile("rb") as lines:
                    if line := lines.readline():
                        self.asked = json.loads(line)
                        connection.sendall(self.answer)

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self.socket.close()


class DaemonCase(SynchronousTestCase):
    """
    Runs verbs against daemons.

    @ivar path: the control socket.
    """

    def setUp(self) -> None:
        """Nobody listens yet."""
        self.path = folder(self) / "s"

    def answering(self, reply: Any) -> Answering:
        """A daemon that gives this reply, as JSON or octets as they are, in the place of one before."""
        self.path.unlink(missing_ok=True)
        octets = reply if isinstance(reply, bytes) else json.dumps(reply).encode() + b"\n"
        made = Answering(self.path, octets)
        made.start()
        self.addCleanup(made.close)
        return made

    def call(self, *words: str) -> tuple[int, str, str]:
        """Status, stdout and stderr."""
        stdout, stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", stdout)
        self.patch(sys, "stderr", stderr)
        try:
            status: Any = main(words)
        except SystemExit as ended:
            status = ended.code
        return status, stdout.getvalue(), stderr.getvalue()

    def printed(self, verb: str, result: Any, *words: str) -> str:
        """What a verb prints of a result."""
        self.answering({"result": result})
        status, stdout, stderr = self.call(verb, "--socket", str(self.path), *words)
        self.assertEqual((status, stderr), (0, ""))
        return stdout
