"""The tree that a worker is to take, until its parent knows whether all of them can."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from itertools import chain
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import TaskStopped

from ..address import Address
from ..config.build import Part
from ..config.ini import ConfigError
from ..config.source import Source
from ..config.tree import Tree
from ..control.reloads import Reloaded
from ..daemon.reload import Reload
from ..daemon.reloaded import reloadParts
from ..daemon.succession import Succession
from .channel import Declined
from .newsockets import Opened
from .standin import Given, StandIn


def asWorker(tree: Tree) -> None:
    """Leave to the parent what it does for all: it has the control socket and the site, and watches files."""
    tree.control, tree.watch = None, False
    # It asks for what is measured here.
    tree.web = tree.web and tree.web._replace(addresses=())


class Successor:
    """That of one worker."""

    def __init__(self, tree: Tree, reload: Reload, reactor: Any, standIn: StandIn) -> None:
        """
        @param tree: what runs.
        @param standIn: has the sockets of the other workers.
        """
        self._tree = tree
        self._reload = reload
        self._reactor = reactor
        self._standIn = standIn
        # Of new addresses, those of each worker.
        self._given: dict[Address, list[socket.socket]] = {}
        # Those whose address is not known yet.
        self._unplaced: list[socket.socket] = []
        self._succession: Succession | None = None
        self._preparing: Deferred[Reloaded] | None = None

    def prepare(self, source: Source, opened: Opened, given: list[socket.socket]) -> Deferred[Reloaded]:
        """
        Build it beside the one that serves, start what is new, and have read what stays.

        @param given: the sockets of new addresses.
        @return: fires with the outcome of each part that stays.
        @raise Declined: where it can't be taken, with a line for each error.
        """
        self.abandon()
        self._unplaced = given
        self._preparing = Deferred.fromCoroutine(self._prepare(source, opened))
        return self._preparing

    async def _prepare(self, source: Source, opened: Opened) -> Reloaded:
        try:
            succession = await self._reload.successionTo(source)
            self._place(succession.new.fronts, opened)
            succession.prepare({address: self._own(each) for address, each in self._given.items()})
        except ConfigError as error:
            self._drop()
            raise Declined("\n".join(error.lines)) from None
        except (CancelledError, TaskStopped):
            raise Declined("is not wanted any more") from None
        asWorker(succession.new)
        self._succession = succession
        return await reloadParts(succession.staying, self._tree, self._reactor)

    def _place(self, fronts: Sequence[Part], opened: Opened) -> None:
        """Tell by the new tree whose the new sockets are."""
        for number, place, count in opened:
            self._given[fronts[number].thing.listen[place]] = self._unplaced[:count]
            del self._unplaced[:count]

    def take(self) -> None:
        """
        Serve with it.

        @raise Declined: where there is none.
        """
        succession, self._succession = self._succession, None
        if succession is None:
            raise Declined("nothing is prepared")
        self._reload.take(succession)
        given, self._given = self._given, {}
        fronts = {each: part.thing for part in self._tree.fronts for each in part.thing.listen}
        self._standIn.follow(fronts, self._spares(given))

    def _own(self, sockets: list[socket.socket]) -> socket.socket:
        return sockets[(self._tree.share.number - 1) % len(sockets)]

    def _spares(self, given: dict[Address, list[socket.socket]]) -> dict[int, list[Given]]:
        """The sockets of each of the others; the front has a copy of our own."""
        found: dict[int, list[Given]] = {}
        for address, sockets in given.items():
            own = self._own(sockets)
            for number, each in enumerate(sockets, 1):
                if each is own:
                    each.close()
                else:
                    found.setdefault(number, []).append((address, each))
        return found

    def abandon(self) -> None:
        """Go on as before."""
        if self._preparing is not None and self._succession is None:
            self._preparing.cancel()
        self._preparing = None
        self._drop()

    def _drop(self) -> None:
        succession, self._succession = self._succession, None
        if succession is not None:
            succession.abandon()
        for each in chain(self._unplaced, *self._given.values()):
            each.close()
        self._unplaced, self._given = [], {}
