"""Tests of the keys of the stage shared, and of what is said of their values."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.testing import MemoryReactorClock
from zope.interface.verify import verifyClass, verifyObject

from dotchain.api import IKind, IResolver, OptionError, Remark, Value
from dotchain.stages.shared.secret import Secret
from dotchain.stages.shared.sharedoptions import prefix
from dotchain.stages.shared.stage import Shared
from dotchain.testing import Scripted, StageCase
from dotchain.valkey.servers import servers

NEAR, FAR = "valkey://127.0.0.1", "valkey://192.0.2.1:6380"


def stage(server: str = NEAR, replays: bool = True, **options: Any) -> Shared:
    """One with these options."""
    return Shared(Scripted("", replays=replays), MemoryReactorClock(), server=servers(server), **options)


class OptionTests(StageCase):
    """What operators may write."""

    def test_interfaces(self) -> None:
        """It is a kind, and what it makes is a resolver, which replays where the next one does."""
        self.assertTrue(verifyObject(IKind, Shared, tentative=True))
        self.assertTrue(verifyClass(IResolver, Shared))
        self.assertEqual([stage(replays=each).replays for each in (True, False)], [True, False])

    def test_defaults(self) -> None:
        """The defaults that an INI file would have are those of the class."""
        for key, option in Shared.options.items():
            if isinstance(option.default, str):
                read = option.read(Value(option.default))
                self.assertEqual(read, getattr(Shared, key.replace("-", "_")), key)

    def test_prefix(self) -> None:
        """A prefix is short and plain."""
        self.assertEqual(prefix(Value("dns.example-1:")), b"dns.example-1:")
        for text in ("", "::", "a b", "{tag}", "ä", "a" * 65):
            self.assertRaises(ValueError, prefix, Value(text))

    def test_maxTTL(self) -> None:
        """More than a value can tell is refused, and named."""
        error = self.assertRaises(OptionError, stage, max_ttl=13 * 86400.0)
        self.assertEqual(error.key, "max-ttl")

    def test_halfACertificate(self) -> None:
        """A certificate without its key is refused, and so is a key alone."""
        for half in (partial(stage, certificate=Path("c.pem")), partial(stage, key=Path("k.pem"))):
            self.assertEqual(self.assertRaises(OptionError, half).key, "certificate")

    def test_noSecret(self) -> None:
        """Without a secret, a server that others may reach is warned of; one on this machine is not."""
        self.assertEqual(stage().warnings(), [])
        self.assertWarned(stage(FAR), "decides what clients are answered")

    def test_weakSecret(self) -> None:
        """A text that may be guessed is warned of."""
        self.assertWarned(stage(secret=Secret(b"hunter2")), "may be guessed")
        self.assertEqual(stage(FAR, secret=Secret(b"0123456789abcdef")).warnings(), [])

    def assertWarned(self, made: Shared, text: str) -> None:
        """There is one warning, about the secret."""
        (warning,) = made.warnings()
        assert isinstance(warning, Remark)
        self.assertEqual(warning.key, "secret")
        self.assertIn(text, warning)
