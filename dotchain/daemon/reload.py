"""A reload: the INI file as it is now, and all files that it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, DeferredLock

from ..config.ini import ConfigError
from ..config.source import Source, again
from ..config.tree import Tree
from ..control.reloads import Reloaded
from .beside import beside
from .plan import untakeable
from .reloaded import reloadParts
from .servicegroup import ServiceGroup
from .succession import Succession

if TYPE_CHECKING:
    from ..control.measuring import Measuring


class Reload:
    """
    Reloads what a daemon runs, one reload after the other.

    Where anything can't be read, the tree that runs goes on. What stays reads its files before the new tree
    takes the place of the old one, so that this does not happen where one can't be read.
    """

    def __init__(
        self,
        tree: Tree,
        groups: tuple[ServiceGroup, ServiceGroup],
        reactor: Any,
        measuring: Measuring | None,
        fatal: Callable[[str], object],
    ) -> None:
        """See L{Succession}."""
        self._tree = tree
        self._groups = groups
        self._reactor = reactor
        self._measuring = measuring
        self._fatal = fatal
        self._lock = DeferredLock()

    def reload(self, title: str | None = None) -> Deferred[Reloaded]:
        """
        Do it.

        @param title: of one section: then no more is read than its files.

        @return: fires with the outcome of each part, and that of the INI file where it has changed.
        """
        done: Deferred[Reloaded] = self._lock.run(lambda: Deferred.fromCoroutine(self._reload(title)))
        return done

    def _files(self, title: str) -> Deferred[Reloaded]:
        parts = [each for each in (*self._tree.fronts, *self._tree.parts) if each.section.title == title]
        return reloadParts(parts, self._tree, self._reactor)

    async def _reload(self, title: str | None) -> Reloaded:
        tree = self._tree
        if title is not None:
            return await self._files(title)
        try:
            found = again(tree.source) if tree.source.file else tree.source
            if found == tree.source:
                return await reloadParts([*tree.fronts, *tree.parts], tree, self._reactor)
            succession = await self.successionTo(found)
            succession.start()
        except ConfigError as error:
            return [(tree.file, untakeable(error))]
        parts = await reloadParts(succession.staying, tree, self._reactor)
        return [*parts, (tree.file, self._read(parts, succession))]

    async def successionTo(self, found: Source) -> Succession:
        """
        What the file as it is now would make of the tree; nothing has changed yet.

        @raise ConfigError: with all that is wrong with it.
        """
        new = await beside(self._tree, found, self._reactor)
        return Succession(self._tree, new, self._groups, self._reactor, self._fatal)

    def _read(self, parts: Reloaded, succession: Succession) -> str | None:
        """Take it, or tell why not."""
        if any(why is not None for _, why in parts):
            succession.abandon()
            return "what it names can't be read"
        try:
            succession.open()
        except ConfigError as error:
            return untakeable(error)
        self.take(succession)
        return None

    def take(self, succession: Succession) -> None:
        """Let a new tree take the place of the old one."""
        if self._measuring is not None:
            self._measuring.stages.lift()
        succession.take()
        if self._measuring is not None:
            self._measuring.stages.start()
