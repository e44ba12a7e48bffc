"""Stages and an upstream that ask others by keys."""

from __future__ import annotations

from typing import ClassVar

from dotchain.api import (
    REQUIRED,
    Option,
    Options,
    Query,
    Result,
    Stage,
    Upstream,
    resolver,
    routes,
    upstreams,
)

from ..configs import ANSWER


class Beside(Stage):
    """A stage that asks others than the next one."""

    options: ClassVar[Options] = {"over": Option(upstreams, REQUIRED, "the others")}

    def resolve(self, query: Query) -> Result:
        """Pass it on."""
        return self.next(query)


class Twofold(Beside):
    """A stage that asks others by two keys, of which one has a default and one needs no value."""

    options: ClassVar[Options] = {
        "to": Option(upstreams, "tests.configs.Sink", "whom it tells"),
        "ask-first": Option(upstreams, None, "whom it asks before"),
    }


class Aside(Beside):
    """A stage that asks one other, and some by rules."""

    options: ClassVar[Options] = {
        "to": Option(resolver, None, "whom it tells"),
        "rules": Option(routes, "", "whom it asks, and when"),
    }


class Paired(Upstream):
    """A group with two keys."""

    options: ClassVar[Options] = {
        "one": Option(upstreams, REQUIRED, "some"),
        "other": Option(upstreams, REQUIRED, "others"),
    }

    def resolve(self, query: Query) -> Result:
        """Nobody is asked."""
        return ANSWER
