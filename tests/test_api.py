"""The one import of those who write stages."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

from twisted.internet.defer import ensureDeferred
from twisted.trial.unittest import SynchronousTestCase

import dotchain
from dotchain import api, options
from dotchain.wire import Answer, codes


class ApiTests(SynchronousTestCase):
    """L{dotchain.api}."""

    def test_names(self) -> None:
        """All that it promises is there, and what it has is promised."""
        there = {name for name in vars(api) if not name.startswith("_")}
        self.assertEqual(there, set(api.__all__))

    def test_codes(self) -> None:
        """Each extended DNS error that dotchain has a name for is to be had."""
        wanted = {name for name in vars(codes) if name.startswith("EDE_")}
        self.assertEqual(wanted - set(api.__all__), set())

    def test_readers(self) -> None:
        """So is each reader of values but that of numbers of processes."""
        readers = {
            name
            for name, thing in vars(options).items()
            if getattr(thing, "__module__", "") == options.__name__
            and not name.startswith("_")
            and name.islower() | (name == "atLeast")
        }
        self.assertEqual(readers - set(api.__all__), {"processes", "defaults"})

    def test_typed(self) -> None:
        """Type checkers are told that the package has types, in a wheel, too."""
        folder = Path(dotchain.__file__).parent
        self.assertTrue((folder / "py.typed").is_file())
        config = ConfigParser()
        if config.read(folder.parent / "setup.cfg"):
            self.assertIn("py.typed", config["options.package_data"]["dotchain"])


class AwaitTests(SynchronousTestCase):
    """C{await} on what a resolver returns."""

    def test_answer(self) -> None:
        """An answer that is known may be awaited, and is itself."""
        answer = Answer.bare(0)

        async def resolve() -> Answer:
            return await answer

        self.assertIs(self.successResultOf(ensureDeferred(resolve())), answer)
