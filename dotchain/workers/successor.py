"""The tree that a worker is to take, until its parent knows whether all of them can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from ..config.ini import ConfigError
from ..config.load import Tree
from ..config.source import Source
from ..control.running import Reloaded
from ..daemon.reload import Reload
from ..daemon.reloaded import reloadParts
from ..daemon.succession import Succession
from .channel import Declined


def asWorker(tree: Tree) -> None:
    """Leave to the parent what it does for all: it has the control socket and the site, and watches files."""
    tree.control, tree.watch = None, False
    # It asks for what is measured here.
    tree.web = tree.web and tree.web._replace(addresses=())


class Successor:
    """That of one worker."""

    def __init__(self, tree: Tree, reload: Reload, reactor: Any, taken: Callable[[], object]) -> None:
        """
        @param tree: what runs.
        @param taken: called when another one has taken its place.
        """
        self._tree = tree
        self._reload = reload
        self._reactor = reactor
        self._taken = taken
        self._succession: Succession | None = None

    def prepare(self, source: Source) -> Deferred[Reloaded]:
        """
        Build it beside the one that serves, start what is new, and have read what stays.

        @return: fires with the outcome of each part that stays.
        @raise Declined: where it can't be taken, with a line for each error.
        """
        self.abandon()
        try:
            succession = self._reload.successionTo(source)
            succession.prepare()
        except ConfigError as error:
            raise Declined("\n".join(error.lines)) from None
        asWorker(succession.new)
        self._succession = succession
        return reloadParts(succession.staying, self._tree, self._reactor)

    def take(self) -> None:
        """
        Serve with it.

        @raise Declined: where there is none.
        """
        succession, self._succession = self._succession, None
        if succession is None:
            raise Declined("nothing is prepared")
        self._reload.take(succession)
        self._taken()

    def abandon(self) -> None:
        """Go on as before."""
        succession, self._succession = self._succession, None
        if succession is not None:
            succession.abandon()
