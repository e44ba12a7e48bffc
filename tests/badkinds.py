"""Kinds of an operator's own whose code is wrong, each in one place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from dotchain.interfaces import IResolver
from dotchain.options import Option, Options
from dotchain.resolver import Stage
from dotchain.share import Share
from dotchain.wire import Query

CHAIN = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = bad end

[stage bad]
kind = tests.badkinds.{kind}
n = 5

[upstream end]
address = udp://127.0.0.1:9
"""
"""A chain with one of them: its section begins in line 9, its C{kind} is in line 10, its C{n} in line 11."""


def fails(*_: object) -> NoReturn:
    """What somebody has not thought of, over two lines."""
    raise KeyError("over\ntwo lines")


def ends(*_: object) -> NoReturn:
    """What takes the whole process for its own."""
    sys.exit(3)


def number(text: str) -> int:
    """A number."""
    return int(text)


def wordless(text: str) -> int:
    """What does not say what is wrong."""
    raise ValueError


def divided(share: Share, value: int) -> int:
    """What can't be divided."""
    fails()


class Plain(Stage):
    """With a text in place of an Option."""

    options: ClassVar[Any] = {"n": "5"}


class Unread(Stage):
    """With nothing that reads."""

    options: ClassVar[Any] = {"n": Option(5, "5", "a number")}  # type: ignore[arg-type]


class Reader(Stage):
    """Whose reader fails."""

    options: ClassVar[Options] = {"n": Option(fails, "5", "a number")}


class Exits(Stage):
    """Whose reader ends the process."""

    options: ClassVar[Options] = {"n": Option(ends, "5", "a number")}


class Silent(Stage):
    """Whose reader does not say what is wrong."""

    options: ClassVar[Options] = {"n": Option(wordless, "5", "a number")}


class Unshared(Stage):
    """Whose value can't be shared among workers."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number", divided)}


class Signature(Stage):
    """Whose constructor wants nothing."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    def __init__(self) -> None:
        pass


class Warns(Stage):
    """Whose warnings fail."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    def warnings(self) -> list[str]:
        """Never."""
        fails()


class Told(Stage):
    """Which neither explains nor counts."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}
    counters: ClassVar[Sequence[str]] = ("seen", "hits")
    seen = 3

    def __init__(self, next: IResolver, reactor: Any, n: int = 5) -> None:
        super().__init__(next, reactor, n=n)

    @property
    def hits(self) -> int:
        """Never."""
        fails()

    def explain(self, query: Query) -> str:
        """Never."""
        fails()


class Uncounted(Stage):
    """Whose counters are no names."""

    counters: ClassVar[Any] = 7
