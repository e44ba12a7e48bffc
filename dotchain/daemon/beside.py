"""The tree that is to take the place of one that serves, made beside it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import TaskStopped

from ..clockwork.aside import aside
from ..clockwork.slices import inSlices
from ..config.ini import ConfigError
from ..config.load import load
from ..config.source import Source
from ..config.tree import Tree
from ..readahead import ReadAhead, Steps, Work
from .unchangeable import refusal


async def beside(tree: Tree, source: Source, reactor: Any, dry: bool = False) -> Tree:
    """
    Make it.

    It is made once more after each time that it wants files which are not read yet; these are read meanwhile,
    so that queries don't wait.

    @param tree: what runs.
    @param dry: see L{load}.
    @raise ConfigError: with all that is wrong with it.
    """
    ahead = ReadAhead()
    while True:
        with ahead.inUse():
            made = _made(tree, source, reactor, dry)
        if not ahead.wanted:
            break
        for key, work in ahead.wanted.items():
            ahead.put(key, await _outcome(work, reactor))
    if isinstance(made, ConfigError):
        raise made
    if problems := refusal(tree, made):
        raise ConfigError(made.file, problems)
    return made


def _made(tree: Tree, source: Source, reactor: Any, dry: bool) -> Tree | ConfigError:
    try:
        return load(source, reactor, dry=dry, share=tree.share, passed=tree.passed, instead=tree)
    except ConfigError as error:
        return error


async def _outcome(work: Work, reactor: Any) -> Any:
    """What is read, or why it can't be."""
    try:
        if not work.inSteps:
            return await aside(reactor, work.read)
        found: list[Any] = []
        done: Deferred[Any] = inSlices(_kept(work.read(), found), reactor)
        await done
        return found.pop()
    except (CancelledError, TaskStopped):
        raise
    except Exception as error:
        return error


def _kept(steps: Steps[Any], found: list[Any]) -> Generator[None, None, None]:
    found.append((yield from steps))
