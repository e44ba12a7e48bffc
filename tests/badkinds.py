"""Kinds of an operator's own whose code is wrong, each in one place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from twisted.application.service import Service

from dotchain.api import REQUIRED, IResolver, Option, Options, Query, Result, Share, Stage, Upstream

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


class Passing(Stage):
    """Nothing is wrong with it."""

    def resolve(self, query: Query) -> Result:
        """Pass it on."""
        return self.next(query)


class Plain(Passing):
    """With a text in place of an Option."""

    options: ClassVar[Any] = {"n": "5"}


class Unread(Passing):
    """With nothing that reads."""

    options: ClassVar[Any] = {"n": Option(5, "5", "a number")}  # type: ignore[arg-type]


class Default(Passing):
    """With a default that its reader does not take."""

    options: ClassVar[Options] = {
        "n": Option(number, "5", "a number"),
        "m": Option(number, "many", "a number"),
    }


class Reader(Passing):
    """Whose reader fails."""

    options: ClassVar[Options] = {"n": Option(fails, "5", "a number")}


class Exits(Passing):
    """Whose reader ends the process."""

    options: ClassVar[Options] = {"n": Option(ends, "5", "a number")}


class Silent(Passing):
    """Whose reader does not say what is wrong."""

    options: ClassVar[Options] = {"n": Option(wordless, "5", "a number")}


class Unshared(Passing):
    """Whose value can't be shared among workers."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number", divided)}


class Texts(Stage):
    """What answers with a text."""

    def resolve(self, query: Query) -> Any:
        """Answer so."""
        return "192.0.2.1"


class Raises(Stage):
    """What has a bug."""

    def resolve(self, query: Query) -> Result:
        """Meet it."""
        fails()


class Signature(Passing):
    """Whose constructor wants nothing."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    def __init__(self) -> None:
        pass


class Headless(Passing):
    """Whose constructor keeps nothing of what it gets."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    def __init__(self, next: IResolver, reactor: Any, n: int = 5) -> None:
        self.n = n


class Warns(Passing):
    """Whose warnings fail."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    def warnings(self) -> list[str]:
        """Never."""
        fails()


class Told(Passing):
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


class Uncounted(Passing):
    """Whose counters are no names."""

    counters: ClassVar[Any] = 7


class Numeric(Passing):
    """Whose default is no text."""

    options: ClassVar[Options] = {"n": Option(number, 5, "a number")}


class Unshareable(Passing):
    """With nothing that shares."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number", 2)}  # type: ignore[arg-type]


class Unwritable(Passing):
    """With a key that no line can begin with."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number"), "n n": Option(number, "5", "more")}


class Method(Passing):
    """With an option that takes the place of a method."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number"), "resolve": Option(number, "5", "x")}


class Property(Passing):
    """With an option that is a property, too."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    @property
    def n(self) -> int:
        """A number."""
        return 5


class Next(Passing):
    """With an option that takes the place of what Stage keeps."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number"), "next": Option(number, "5", "x")}


class Named(Passing, Service):
    """With an option that takes the place of what a service keeps."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number"), "name": Option(number, "5", "x")}


class Kind(Passing):
    """With an option that is every section's."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number"), "kind": Option(number, "5", "x")}


class Twins(Passing):
    """With two options of one attribute."""

    options: ClassVar[Options] = {
        "n": Option(number, "5", "a number"),
        "a-b": Option(number, "5", "x"),
        "a_b": Option(number, "5", "x"),
    }


class Letters(Passing):
    """Whose counters are one text."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}
    counters: ClassVar[Any] = "refused"


class Both(Passing):
    """With a counter that is an option."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}
    counters: ClassVar[Sequence[str]] = ("n",)


class Missing(Passing):
    """With a counter that is not there."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}
    counters: ClassVar[Sequence[str]] = ("refused",)


class Textual(Missing):
    """With a counter that counts nothing."""

    refused = "none"


class Idle(Stage):
    """Whose method has another name."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}

    def reslove(self, query: Query) -> Result:
        """Never."""
        return self.next(query)


class Resolved(Stage):
    """With a number whose name is much like that of the method."""

    options: ClassVar[Options] = {"n": Option(number, "5", "a number")}
    counters: ClassVar[Sequence[str]] = ("resolved",)
    resolved = 0


class IdleEnd(Upstream):
    """An upstream that has none."""


class Wanting(Passing):
    """With an option that must be given."""

    options: ClassVar[Options] = {"n": Option(number, REQUIRED, "a number")}


class Wary(Passing):
    """What warns of whatever a test says."""

    wary: Sequence[str] = ()

    def warnings(self) -> Sequence[str]:
        """That."""
        return self.wary
