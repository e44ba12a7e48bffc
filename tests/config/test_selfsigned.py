"""Fronts whose key and certificate are made for them."""

from __future__ import annotations

import stat
from pathlib import Path

from twisted.logger import capturedLogs, formatEvent

from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.tls.pins import pinLine, pinsInFile

from ..configs import GOOD, ConfigCase


class SelfSignedTests(ConfigCase):
    """Keys and certificates that are made where they don't exist."""

    FRONT = """
[front dot]
listen = tls://127.0.0.1:8853
chain = home
certificate = state/a.crt
key = state/a.key
self-signed = localhost 127.0.0.1 ::1
"""
    TEXT = GOOD + "pin = state/a.crt\n" + FRONT

    def state(self) -> Path:
        """The folder of the files."""
        return self.file.parent / "state"

    def test_made(self) -> None:
        """They are made before upstreams are, which may be pinned to them; the key is private."""
        tree = self.load(self.TEXT)
        (end,) = self.named(tree, "end")
        self.assertEqual(end.pinned, (self.state() / "a.crt").read_bytes())
        modes = [stat.S_IMODE(file.stat().st_mode) for file in (self.state(), self.state() / "a.key")]
        self.assertEqual(modes, [0o700, 0o600])

    def test_told(self) -> None:
        """The log tells what was made, with the pin that clients need; and nothing where nothing was."""
        with capturedLogs() as events:
            self.load(self.TEXT)
            load(str(self.file), self.reactor)
            self.load(self.TEXT, dry=True)
        ((line,),) = [[formatEvent(event) for event in events]]
        certificate, key = (Path(line.split()[word].rstrip(":")) for word in (1, 3))
        self.assertEqual([certificate.name, key.name], ["a.crt", "a.key"])
        self.assertTrue(line.endswith(f": {pinLine(pinsInFile(certificate)[0].pin)}"), line)

    def test_kept(self) -> None:
        """What is there stays."""
        self.load(self.TEXT)
        before = (self.state() / "a.key").read_bytes()
        load(str(self.file), self.reactor)
        self.assertEqual((self.state() / "a.key").read_bytes(), before)

    def test_twoFronts(self) -> None:
        """Two fronts may have the same files."""
        tree = self.load(self.TEXT + self.FRONT.replace("dot", "two").replace("8853", "8854"))
        self.assertEqual(len(tree.fronts), 3)

    def test_dry(self) -> None:
        """A dry run makes no file, and misses none."""
        tree = self.load(self.TEXT, dry=True)
        self.assertEqual(len(tree.fronts), 2)
        self.assertTrue(self.named(tree, "end")[0].pinned.startswith(b"-----BEGIN CERTIFICATE"))
        self.assertEqual([each.name for each in self.file.parent.iterdir()], ["f.ini"])

    def test_blanks(self) -> None:
        """Files with blanks in their names stand in double quotes, in a dry run, too."""
        text = self.TEXT.replace(
            "= state/a.crt\nkey = state/a.key", '= "state/a b.crt"\nkey = "state/a b.key"'
        )
        text = text.replace("pin = state/a.crt", "pin = state/a b.crt")
        self.load(text, dry=True)
        self.assertFalse(self.state().exists())
        self.load(text)
        self.assertEqual({each.name for each in self.state().iterdir()}, {"a b.crt", "a b.key"})

    def test_wrongFile(self) -> None:
        """A file with errors makes no file."""
        self.line(self.TEXT + "[stage idle]\nkind = cache\n")
        self.assertFalse(self.state().exists())

    def test_half(self) -> None:
        """One file without the other is an error, as a new pair would take its place."""
        self.load(self.TEXT)
        (self.state() / "a.key").unlink()
        error = self.assertRaises(ConfigError, load, str(self.file), self.reactor)
        self.assertIn(f"{self.file}:21: [front dot] key: is missing, while ", error.lines[0])

    def test_badName(self) -> None:
        """A name that can't stand in a certificate is told at its key."""
        lines = self.lines(self.TEXT.replace("= localhost", "= -_-"))
        self.assertIn("22: [front dot] self-signed: '-_-' is not a DNS name", "\n".join(lines))

    def test_noRoom(self) -> None:
        """A folder that can't be made is told."""
        text = self.TEXT.replace("state/", "f.ini/")
        lines = self.lines(text)
        self.assertTrue(any("[front dot] certificate: " in line for line in lines), lines)
