"""The lines that the control socket understands."""

from __future__ import annotations

import json
from inspect import signature
from typing import Any

from dotchain.control import verbs
from dotchain.control.running import CommandError
from dotchain.control.verbs import Verb, run

from .controlcase import ControlCase


class RunTests(ControlCase):
    """L{run}."""

    def setUp(self) -> None:
        """One verb that tells what it was given."""
        super().setUp()
        verb = Verb(lambda running, **said: said, {"name": str, "below": bool})
        self.patch(verbs, "VERBS", {"echo": verb, "bare": verb._replace(arguments={})})

    def run_(self, line: bytes | dict[str, Any]) -> Any:
        """What a line comes to."""
        return run(self.running(), line if isinstance(line, bytes) else json.dumps(line).encode())

    def wrong(self, line: bytes | dict[str, Any]) -> str:
        """What is wrong with a line."""
        return str(self.assertRaises(CommandError, self.run_, line))

    def test_arguments(self) -> None:
        """Arguments are passed on by name; any may be left out."""
        self.assertEqual(self.run_({"verb": "echo", "below": True}), {"below": True})
        self.assertEqual(self.run_({"verb": "echo"}), {})

    def test_noObject(self) -> None:
        """No line whatever raises anything but what says what a line is."""
        lines = (b"", b"hello", b"\xff\xfe", b"[" * 4000, b"9" * 4000, b"[]", b"5", b'"x"', b"null", b"{")
        for line in lines:
            self.assertEqual(self.wrong(line), "a line is one JSON object")

    def test_noVerb(self) -> None:
        """The verbs are told to who names none of them."""
        for line in ({}, {"verb": "sing"}, {"verb": ["echo"]}, {"verb": None}):
            self.assertEqual(self.wrong(line), "verb is none of echo, bare")

    def test_noArgument(self) -> None:
        """So are the arguments."""
        self.assertEqual(self.wrong({"verb": "echo", "x": 1}), "echo takes no x; it takes name, below")
        self.assertEqual(self.wrong({"verb": "bare", "x": 1}), "bare takes no x; it takes nothing")

    def test_types(self) -> None:
        """A value of another type never gets to a command."""
        self.assertEqual(self.wrong({"verb": "echo", "name": 5}), "name is to be a text")
        self.assertEqual(self.wrong({"verb": "echo", "below": 1}), "below is to be true or false")
        self.assertEqual(self.wrong({"verb": "echo", "name": None}), "name is to be a text")


class VerbsTests(ControlCase):
    """L{verbs.VERBS}."""

    def test_interface(self) -> None:
        """All that the dotchain command asks the daemon."""
        self.assertEqual(
            set(verbs.VERBS),
            {
                *(
                    "audit",
                    "chain",
                    "drain",
                    "explain",
                    "fleet",
                    "flush",
                    "health",
                    "log-level",
                    "metrics",
                    "reload",
                    "stats",
                ),
                *("undrain", "upstreams"),
            },
        )

    def test_parameters(self) -> None:
        """Each verb takes all that its command does."""
        for verb in verbs.VERBS.values():
            self.assertEqual(["running", *verb.arguments], list(signature(verb.run).parameters))
