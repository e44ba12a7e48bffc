"""A reload of whatever reads a file that has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from ..clockwork.filewatch import FileWatch
from ..config.tree import Tree
from ..control.reloads import Reloaded


class Watch:
    """
    Looks at the files that sections name, symbolic links followed: certbot and Kubernetes put others behind
    them.

    A certificate may be there before its key is. So what can't be read is tried again, and told only where it
    is no better after a while.
    """

    # Seconds that the second of two files may come after the first.
    GRACE = 5.0

    _log = Logger("dotchain")

    def __init__(
        self,
        tree: Tree,
        reactor: Any,
        reload: Callable[[str], Deferred[Reloaded]],
        count: Callable[[Reloaded], object],
    ) -> None:
        """
        @param reload: has the parts of a section read their files anew, by its title.
        @param count: hears how that went, but not of what is tried again before anybody is told.
        """
        self._tree = tree
        self._reactor = reactor
        self._reload = reload
        self._count = count
        self._watches: dict[str, tuple[tuple[Path, ...], FileWatch]] = {}
        self._late: dict[str, Any] = {}

    def update(self) -> None:
        """Look at the files of the tree as it is now."""
        wanted = self._tree.files if self._tree.watch else {}
        for title in [each for each in self._watches if wanted.get(each) != self._watches[each][0]]:
            self._watches.pop(title)[1].stop()
            self._giveUp(title)
        for title, files in wanted.items():
            if files and title not in self._watches:
                watch = FileWatch(self._reactor, files, lambda title=title: self._changed(title))  # type: ignore[misc]
                self._watches[title] = files, watch
                watch.start()

    def stop(self) -> None:
        """Look no more."""
        for _, watch in self._watches.values():
            watch.stop()
        for title in list(self._late):
            self._giveUp(title)
        self._watches = {}

    def _giveUp(self, title: str) -> None:
        late = self._late.pop(title, None)
        if late is not None and late.active():
            late.cancel()

    def taken(self) -> None:
        """All files are about to be read."""
        for _, watch in self._watches.values():
            watch.taken()

    def _changed(self, title: str) -> None:
        self._reload(title).addCallback(self._over, title)

    def _over(self, outcomes: Reloaded, title: str) -> None:
        wrong = [why for _, why in outcomes if why is not None]
        late = self._late.pop(title, None)
        if not wrong:
            if late is not None and late.active():
                late.cancel()
            self._count(outcomes)
            self._log.info("[{section}] files have changed, and are read anew", section=title)
        elif late is None:
            self._late[title] = self._reactor.callLater(self.GRACE, self._changed, title)
        elif late.active():
            # Another file has come meanwhile, and more may.
            self._late[title] = late
        else:
            self._count(outcomes)
            self._log.error("[{section}] keeps the old state: {why}", section=title, why=wrong[0])
