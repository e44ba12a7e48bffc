"""Methods that can't be called as they are called."""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.calls import misfits
from dotchain.config.kinds import BUILT_IN, KindError, Kinds
from dotchain.resolver import Stage, Upstream


def nothing(self: object) -> None:
    """What takes nothing."""


def one(self: object, name: str) -> None:
    """What takes one argument."""


def two(self: object, name: str, more: int) -> None:
    """What takes two."""


async def waits(self: object, *given: object) -> None:
    """What takes all, and is no plain function."""


class Unasked(Stage):
    """A stage that can't be asked."""

    resolve = nothing  # type: ignore[assignment]


class MisfitsTests(SynchronousTestCase):
    """L{misfits}."""

    def told(self, *bases: type[Any], **methods: Any) -> list[str]:
        """What is wrong with a class that has these methods."""
        return list(misfits(type("Kind", bases or (Stage,), methods)))

    def test_arguments(self) -> None:
        """Each method takes what it is called with."""
        for name, wrong in (
            ("resolve", nothing),
            ("resolve", two),
            ("attempt", nothing),
            ("explain", nothing),
            ("before", nothing),
            ("reload", one),
            ("warnings", one),
            ("flush", nothing),
            ("flush", one),
            ("flush", two),
            ("flushBelow", nothing),
        ):
            for base in (Stage, Upstream):
                (line,) = self.told(base, **{name: wrong})
                self.assertTrue(line.startswith(f": its method {name}(self"), line)
                self.assertIn(f" can't be called as {name}(", line)
        self.assertEqual(
            self.told(resolve=nothing),
            [": its method resolve(self) can't be called as resolve(query): too many positional arguments"],
        )

    def test_services(self) -> None:
        """Those of a service, where it is one."""
        for name in ("startService", "stopService", "privilegedStartService"):
            self.assertIn(f"called as {name}()", self.told(Stage, Service, **{name: one})[0])
            self.assertEqual(self.told(Stage, **{name: one}), [])

    def test_async(self) -> None:
        """Only resolve and reload may be coroutines."""
        for name in ("explain", "warnings", "flush", "flushBelow", "before", "attempt"):
            self.assertEqual(
                self.told(**{name: waits}),
                [f": its method {name} is an async def, and is called where nobody can wait"],
            )
        self.assertEqual(self.told(resolve=waits, reload=waits), [])

    def test_noMethod(self) -> None:
        """What can't be called at all."""
        self.assertEqual(self.told(reload=5), [": its reload is 5, which is no method"])

    def test_fitting(self) -> None:
        """Defaults, further arguments, static and class methods are right, and so is any other name."""
        for method in (
            lambda self, query=None: None,
            lambda *given: None,
            staticmethod(lambda query=None: None),
            classmethod(lambda cls, name=None, *, more=1: None),
        ):
            self.assertEqual(self.told(resolve=method, explain=method, flush=method, reload=method), [])
        self.assertEqual(self.told(other=nothing), [])
        self.assertEqual([line for word in BUILT_IN for line in misfits(Kinds([]).find(word))], [])

    def test_told(self) -> None:
        """Such a class is no kind."""
        error = self.assertRaises(KindError, Kinds([]).find, "tests.config.test_calls.Unasked")
        self.assertIn("kind 'tests.config.test_calls.Unasked': its method resolve(self", str(error))
