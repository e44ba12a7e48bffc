"""How verbs find and ask the running daemon."""

from __future__ import annotations

import json
from errno import EACCES
from os import strerror
from pathlib import Path

from dotchain.commands import controlclient
from dotchain.config import place

from ..folders import folder, written
from .daemon import DaemonCase


class FindTests(DaemonCase):
    """Which daemon is asked."""

    def setUp(self) -> None:
        """Sockets whose place is left to dotchain are in a folder of the test's."""
        super().setUp()
        self.run_ = folder(self)
        self.patch(place, "folders", lambda: [self.run_])

    def test_alone(self) -> None:
        """Without a word about it the one that runs is asked; one that has ended is passed by."""
        for name in ("a.sock", "b.sock"):
            self.path = self.run_ / name
            daemon = self.answering({"result": {"parts": {"front lan": None}}})
            self.assertEqual(self.call("reload"), (0, "front lan: reloaded\n", ""))
            daemon.close()

    def test_nobody(self) -> None:
        """Where none runs that is told: a negative result."""
        status, _, stderr = self.call("stats")
        self.assertEqual(status, 1)
        self.assertIn("no daemon runs here that this user may ask; --config FILE or --socket PATH", stderr)

    def test_several(self) -> None:
        """Where several run one must be named, which is a matter of usage."""
        for name in ("a.sock", "b.sock"):
            self.path = self.run_ / name
            self.answering({"result": {}})
        status, _, stderr = self.call("stats")
        self.assertEqual(status, 2)
        self.assertIn(f"several daemons run here ({self.run_}/a.sock, {self.run_}/b.sock)", stderr)

    def test_others(self) -> None:
        """Root asks another user's daemon where none of root's own runs, and the one of a file anywhere."""
        theirs = folder(self)
        self.patch(place, "others", lambda: [theirs])
        file = written(self, "[front lan]\n")
        self.path = theirs / place.ofFile(str(file))[0].name
        self.answering({"result": {"parts": {}}})
        (self.run_ / self.path.name).touch()
        self.assertEqual(self.call("reload")[0], 0)
        self.assertEqual(self.call("reload", "--config", str(file))[0], 0)
        self.path = self.run_ / "own.sock"
        daemon = self.answering({"result": {"cache": 1}})
        self.assertEqual(self.call("flush", "example.org")[0], 0)
        self.assertEqual(daemon.asked["verb"], "flush")

    def test_config(self) -> None:
        """The INI file leads to its daemon's socket."""
        file = written(self, "[dotchain]\ncontrol = s\n")
        self.path = file.parent / "s"
        self.answering({"result": {"parts": {}}})
        self.assertEqual(self.call("reload", "--config", str(file))[0], 0)

    def test_notRunning(self) -> None:
        """A file whose daemon does not run, too."""
        file = written(self, "[dotchain]\n")
        status, _, stderr = self.call("reload", "--config", str(file))
        self.assertEqual(status, 1)
        self.assertIn(f"no daemon listens at {self.run_}/f-", stderr)

    def test_without(self) -> None:
        """A file that wants no socket has none to ask by."""
        file = written(self, "[dotchain]\ncontrol = none\n")
        status, _, stderr = self.call("reload", "--config", str(file))
        self.assertEqual(status, 1)
        self.assertIn("control = none", stderr)

    def test_badFile(self) -> None:
        """A file that can't be read, or has a wrong path, is wrong usage."""
        file = written(self, f"[dotchain]\ncontrol = {'x' * 200}\n")
        for name, text in (("/nonexistent.ini", "cannot be read"), (str(file), "too long")):
            status, _, stderr = self.call("stats", "--config", name)
            self.assertEqual(status, 2)
            self.assertIn(text, stderr)

    def test_both(self) -> None:
        """A file and a socket at once are wrong usage."""
        self.assertEqual(self.call("stats", "--config", "f.ini", "--socket", "s")[0], 2)


class AskTests(DaemonCase):
    """What is said and what comes back."""

    def test_asked(self) -> None:
        """The verb and its arguments go over the socket as one JSON object."""
        daemon = self.answering({"result": {"cache": 1}})
        self.call("flush", "example.org", "--below", "--socket", str(self.path))
        self.assertEqual(daemon.asked, {"verb": "flush", "name": "example.org.", "below": True})

    def test_json(self) -> None:
        """Programs get the whole result."""
        result = {"cache": 3, "more": {"a": [1, None]}}
        self.assertEqual(json.loads(self.printed("flush", result, "--json")), result)

    def test_error(self) -> None:
        """What the daemon refuses is told in its words, without what a terminal would obey."""
        self.answering({"error": "no stage here \x1b[31mkeeps \ud800answers"})
        status, stdout, stderr = self.call("flush", "--socket", str(self.path))
        self.assertEqual((status, stdout), (1, ""))
        self.assertEqual(stderr, "dotchain flush: no stage here ?[31mkeeps ?answers\n")

    def test_stranger(self) -> None:
        """Whatever else listens there is told to be none of ours."""
        for reply in (
            b"",
            b"hello\n",
            b"[]\n",
            b"{}\n",
            b"5\n",
            b"null\n",
            b'"error"\n',
            b"[" * 100_000 + b"\n",
            b'{"result"',
        ):
            self.path = folder(self) / "s"
            self.answering(reply)
            status, _, stderr = self.call("stats", "--socket", str(self.path))
            self.assertEqual(status, 1)
            self.assertIn("what listens there is no dotchain", stderr)

    def test_absent(self) -> None:
        """A socket that is not there, or whose daemon was killed."""
        gone = folder(self) / "s"
        self.path = gone
        self.answering({}).close()
        for path in (gone, Path("/nonexistent/s")):
            status, _, stderr = self.call("stats", "--socket", str(path))
            self.assertEqual((status, stderr), (1, f"dotchain stats: no daemon listens at {path}\n"))

    def test_forbidden(self) -> None:
        """A socket of somebody else's is told by its path and the system's reason."""

        def refuse(path: Path, patience: float) -> None:
            raise PermissionError(EACCES, strerror(EACCES))

        self.patch(controlclient, "_connected", refuse)
        status, _, stderr = self.call("stats", "--socket", str(self.path))
        self.assertEqual((status, stderr), (1, f"dotchain stats: {self.path}: Permission denied\n"))
