"""The tree that a worker is to take, until its parent knows whether all of them can."""

from __future__ import annotations

import socket
from itertools import chain
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import TaskStopped

from ..address import Address
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
        self._succession: Succession | None = None
        self._preparing: Deferred[Reloaded] | None = None

    def prepare(self, source: Source) -> Deferred[Reloaded]:
        """
        Build it beside the one that serves, start what is new, and have read what stays.

        @return: fires with the outcome of each part that stays.
        @raise Declined: where it can't be taken, with a line for each error.
        """
        self.abandon()
        self._preparing = Deferred.fromCoroutine(self._prepare(source))
        return self._preparing

    async def _prepare(self, source: Source) -> Reloaded:
        try:
            succession = await self._reload.successionTo(source)
            succession.start()
        except ConfigError as error:
            raise Declined("\n".join(error.lines)) from None
        except (CancelledError, TaskStopped):
            raise Declined("is not wanted any more") from None
        asWorker(succession.new)
        self._succession = succession
        return await reloadParts(succession.staying, self._tree, self._reactor)

    def open(self, opened: Opened, given: list[socket.socket]) -> None:
        """
        Be ready to listen on the sockets of new addresses.

        @raise Declined: where there is none that is ready, or that can't be done.
        """
        try:
            succession = self._ready()
            fronts = succession.new.fronts
            for number, place, count in opened:
                self._given[fronts[number].thing.listen[place]], given = given[:count], given[count:]
            succession.open({address: self._own(each) for address, each in self._given.items()})
        except (ConfigError, Declined) as error:
            self.abandon()
            for each in given:
                each.close()
            raise Declined("\n".join(getattr(error, "lines", [str(error)]))) from None

    def _ready(self) -> Succession:
        if self._succession is None:
            raise Declined("nothing is prepared")
        return self._succession

    def take(self) -> None:
        """
        Serve with it.

        @raise Declined: where there is none.
        """
        succession, self._succession = self._ready(), None
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
        succession, self._succession = self._succession, None
        if succession is not None:
            succession.abandon()
        given, self._given = self._given, {}
        for each in chain.from_iterable(given.values()):
            each.close()
