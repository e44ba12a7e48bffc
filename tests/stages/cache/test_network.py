"""A cache on a host that comes into another network."""

from __future__ import annotations

import socket
from typing import Any

from dotchain.options import OptionError
from dotchain.resolver import NoAnswer
from dotchain.testing import both, makeAnswer

from .cachecase import FOO, A, CacheCase
from .persistencecase import PersistenceCase

HOME, OFFICE = b"home mrk", b"office m"
FLUSHES: dict[str, Any] = {"flush-on": "network-change"}
ANSWER = makeAnswer(FOO, A)
DOWN = NoAnswer("timeout")


@both
class NetworkTests(CacheCase):
    """C{flush-on}."""

    def test_moved(self) -> None:
        """Answers of the last network are not given in the next one."""
        self.cache(ANSWER, **FLUSHES)
        self.ask()
        self.stage.enterNetwork(OFFICE, True)
        self.assertEqual(self.stage.entries, 0)
        self.ask()
        self.assertEqual(self.asked(), 2)

    def test_failures(self) -> None:
        """Nor are failures: the name may well be known there."""
        self.cache(DOWN, ANSWER, **FLUSHES)
        self.failed(self.stage.resolve(FOO), self.next, NoAnswer)
        self.stage.enterNetwork(OFFICE, True)
        self.assertEqual(self.ask().rcode, 0)

    def test_notMoved(self) -> None:
        """Where it is only told where it is, nothing is forgotten."""
        self.cache(ANSWER, **FLUSHES)
        self.ask()
        self.stage.enterNetwork(HOME, False)
        self.ask()
        self.assertEqual(self.asked(), 1)

    def test_never(self) -> None:
        """By default an answer is kept wherever the host goes."""
        self.cache(ANSWER)
        self.ask()
        self.stage.enterNetwork(OFFICE, True)
        self.ask()
        self.assertEqual(self.asked(), 1)

    def test_elsewhere(self) -> None:
        """On a system that tells of no change the key is an error."""
        if hasattr(socket, "AF_NETLINK"):
            self.patch(socket, "AF_NETLINK", None)
            del socket.AF_NETLINK
        error = self.assertRaises(OptionError, self.cache, ANSWER, **FLUSHES)
        self.assertEqual(error.key, "flush-on")


class AskedBeforeTests(CacheCase):
    """What was asked for before a flush, and comes after it."""

    later = True

    def test_answer(self) -> None:
        """An answer reaches its client, and is not kept."""
        self.cache(ANSWER, **FLUSHES)
        result = self.stage.resolve(FOO)
        self.stage.enterNetwork(OFFICE, True)
        self.assertEqual(self.settled(result, self.next).body, ANSWER.body)
        self.assertEqual(self.stage.entries, 0)

    def test_failure(self) -> None:
        """The same with a failure."""
        self.cache(DOWN, **FLUSHES)
        result = self.stage.resolve(FOO)
        self.stage.enterNetwork(OFFICE, True)
        self.failed(result, self.next, NoAnswer)
        self.assertEqual(self.stage.entries, 0)

    def test_command(self) -> None:
        """The same where an operator flushes."""
        self.cache(ANSWER)
        result = self.stage.resolve(FOO)
        self.stage.flush("foo.example.org")
        self.settled(result, self.next)
        self.assertEqual(self.stage.entries, 0)


class SavedTests(PersistenceCase):
    """The file of a cache that goes from network to network."""

    def startIn(self, network: bytes, **options: Any) -> None:
        """A daemon's start in a network."""
        self.options = options
        self.start()
        self.stage.enterNetwork(network, False)
        self.run_(1)

    def kept(self, first: dict[str, Any], second: dict[str, Any], network: bytes) -> int:
        """How much is there of what was saved at home."""
        self.startIn(HOME, **first)
        self.ask()
        self.stop()
        self.startIn(network, **second)
        found = self.stage.entries
        self.stop()
        self.file.unlink()
        return found

    def test_saved(self) -> None:
        """What was saved is there again in the same network, and in no other, nor where there is none yet."""
        for network, kept in ((HOME, 1), (OFFICE, 0), (b"", 0)):
            self.assertEqual(self.kept(FLUSHES, FLUSHES, network), kept, network)

    def test_turnedOn(self) -> None:
        """Of what was saved without the key nobody knows the network; without it nobody asks."""
        self.assertEqual(self.kept({}, FLUSHES, HOME), 0)
        self.assertEqual(self.kept(FLUSHES, {}, OFFICE), 1)

    def test_moved(self) -> None:
        """A file is of the network that the daemon was in at its end."""
        self.startIn(HOME, **FLUSHES)
        self.stage.enterNetwork(OFFICE, True)
        self.ask()
        self.stop()
        self.startIn(OFFICE, **FLUSHES)
        self.assertEqual(self.stage.entries, 1)

    def test_short(self) -> None:
        """A file that is too short for anything is no more than a line in the log."""
        self.file.write_bytes(b"x")
        self.startIn(HOME, **FLUSHES)
        self.assertEqual(self.stage.entries, 0)
