"""Texts of INI files, and kinds to build of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

from twisted.application.service import Service
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer, provider

from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.config.tree import Tree
from dotchain.fronts.front import Front
from dotchain.interfaces import IKind, IResolver
from dotchain.options import REQUIRED, Option, OptionError, Options, path, whole, words
from dotchain.resolver import ResolveError, Result, Stage
from dotchain.wire import Answer, Query, ask
from dotchain.wire.codes import REFUSED

from .folders import written

ANSWER = Answer.bare(REFUSED)
QUERY = ask("foo.example.org")


class Mark(Stage):
    """A stage that does nothing, and knows what stands behind it."""

    options: ClassVar[Options] = {
        "max-marks": Option(whole, "3", "how many"),
        "file": Option(path, None, "some file"),
    }
    max_marks: int
    file: Path | None

    def __init__(self, next: IResolver, reactor: Any, **options: Any) -> None:
        super().__init__(next, reactor, **options)
        self.behind = next
        if self.max_marks > 9:
            raise OptionError("max-marks", "more than 9 is too many")
        if self.max_marks == 8:
            raise ValueError("8 is not for me")
        if self.max_marks == 7:
            raise KeyError("seven")
        if self.max_marks == 6:
            raise FileNotFoundError(2, "No such file or directory", "gone")

    def resolve(self, query: Query) -> Result:
        """Pass it on."""
        return self.next(query)


class Slow(Stage):
    """A stage that waits for its next one."""

    async def resolve(self, query: Query) -> Answer:
        """Ask, and fail where there is no reactor."""
        answer = await self.next(query)
        if not self.reactor:
            raise ResolveError("no reactor")
        return answer


@implementer(IResolver)
@provider(IKind)
class End(Service):
    """An upstream that is a service."""

    kind = "end"
    role = "upstream"
    options: ClassVar[Options] = {
        "word": Option(words, REQUIRED, "a word"),
        "pin": Option(path, None, "a file"),
    }
    replays = True

    def __init__(self, reactor: Any, word: tuple[str, ...], pin: Path | None) -> None:
        self.reactor, self.word = reactor, word
        self.pinned = pin and pin.read_bytes()

    def resolve(self, query: Query) -> Result:
        """Always the same."""
        return ANSWER

    def warnings(self) -> list[str]:
        """One for each word."""
        return [f"beware of {word}" for word in self.word]


@implementer(IResolver)
@provider(IKind)
class Sink:
    """An upstream without keys."""

    kind = "sink"
    role = "upstream"
    options: ClassVar[Options] = {}
    replays = False

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor

    def resolve(self, query: Query) -> Result:
        """Always the same."""
        return ANSWER


class Later(Sink):
    """The same, as a coroutine."""

    async def resolve(self, query: Query) -> Answer:  # type: ignore[override]
        """Always the same."""
        return ANSWER


class Kept(Front):
    """A front that keeps what it asks where a test sees it."""

    def __init__(self, name: str, resolver: IResolver, reactor: Any, **options: Any) -> None:
        super().__init__(name, resolver, reactor, **options)
        self.resolver = resolver


GOOD = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = mark end

[stage mark]
kind = tests.configs.Mark

[upstream end]
kind = tests.configs.End
word = a b
"""


class ConfigCase(SynchronousTestCase):
    """Loads texts."""

    def load(self, text: str, dry: bool = False) -> Tree:
        """The tree of a text."""
        self.reactor = MemoryReactorClock()
        self.file = written(self, dedent(text))
        return load(str(self.file), self.reactor, dry=dry, makeFront=Kept)

    def lines(self, text: str) -> list[str]:
        """What is wrong with a text, without the file's name."""
        error = self.assertRaises(ConfigError, self.load, text)
        return [line.removeprefix(f"{self.file}:") for line in error.lines]

    def line(self, text: str) -> str:
        """The one thing that is wrong."""
        (line,) = self.lines(text)
        return str(line)

    def first(self, tree: Tree) -> Any:
        """What the first front asks."""
        return tree.fronts[0].thing.resolver

    def named(self, tree: Tree, name: str) -> list[Any]:
        """All that was made of the section of that name."""
        return [part.thing for part in tree.parts if part.section.name == name]
