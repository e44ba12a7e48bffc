"""Readers of options that name resolvers: a constructor gets these in the place of their names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .options import Value, items, linesOf


class Naming(ABC):
    """
    A reader of an option whose text names resolvers.

    As read, a name stands in the place of each resolver. What is named is made first, and L{through} then
    puts it there.

    @cvar roles: of the sections that may be named.
    @cvar once: whether each may be named only once.
    """

    roles: ClassVar[tuple[str, ...]] = ("chain", "upstream")
    once: ClassVar[bool] = False

    @abstractmethod
    def __call__(self, text: Value) -> Any:
        """
        The value, with names in it.

        @raise ValueError: what is wrong with the text, whoever has those names.
        """

    def words(self, text: str) -> list[Value]:
        """The names in a text, right or wrong, each with its line."""
        return listed(text)

    @abstractmethod
    def through(self, value: Any, change: Callable[[Any], Any]) -> Any:
        """The same value with something else in the place of each name or resolver."""


def listed(text: str) -> list[Value]:
    """The words of a list, each with its line; that commas separate them is told elsewhere."""
    return [
        Value.at(word, line.folder, line.line)
        for line in linesOf(text)
        for word in line.replace(",", " ").replace(";", " ").split()
    ]


def single(text: str) -> str:
    """
    The one name in a text.

    @raise ValueError: where it is none, or there are more.
    """
    found = items(text)
    if len(found) != 1:
        raise ValueError(f"{text!r} is not one name of a chain or an upstream" if found else "is empty")
    return found[0]


class _Upstreams(Naming):
    """Names of upstreams, best first: a mapping of these to resolvers."""

    roles = ("upstream",)
    once = True

    def __call__(self, text: str) -> dict[str, Any]:
        """See L{Naming.__call__}."""
        names = items(text)
        if not names:
            raise ValueError("is empty; name at least one upstream")
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"names {name!r} twice")
        return {name: name for name in names}

    def through(self, value: Any, change: Callable[[Any], Any]) -> Any:
        """See L{Naming.through}."""
        if not isinstance(value, Mapping):
            return value
        return {name: change(each) for name, each in value.items()}


class _Resolver(Naming):
    """The name of a chain or an upstream: a resolver."""

    def __call__(self, text: str) -> str:
        """See L{Naming.__call__}."""
        return single(text)

    def through(self, value: Any, change: Callable[[Any], Any]) -> Any:
        """See L{Naming.through}."""
        return change(value)


upstreams = _Upstreams()
"""Reads names of upstreams, groups among them, best first: a mapping of the names to resolvers."""

resolver = _Resolver()
"""Reads the name of one chain, upstream or group: a resolver."""
