"""One tree takes the place of another one, in a single turn of the reactor."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from twisted.application.service import IService

from ..address import Address
from ..config.build import Part
from ..config.ini import ConfigError, Problem
from ..config.tree import Tree
from ..contract.faults import BUGS, fault
from ..control.drain import carryOver
from ..fronts.front import Front
from ..fronts.frontsuccession import expired, follow, heldBy, join, lastLook, succeed
from ..fronts.listenerror import whyNotListening
from ..fronts.overlap import let, roomFor
from ..shell import StageShell
from .garbage import freeReplaced
from .servicegroup import ServiceGroup

Sockets = dict[Address, socket.socket]


class Succession:
    """
    What becomes of each part when a tree takes the place of the one that runs.

    @ivar new: that tree, until it is taken.
    """

    # Seconds between two looks whether the last query of the old tree has its answer.
    LOOK = 0.05

    def __init__(
        self,
        tree: Tree,
        new: Tree,
        groups: tuple[ServiceGroup, ServiceGroup],
        reactor: Any,
        fatal: Callable[[str], object],
    ) -> None:
        """
        @param tree: what runs.
        @param new: made by L{load<dotchain.config.load.load>} to take its place.
        @param groups: the services of parts and those of fronts.
        @param fatal: see L{Front}.
        """
        self.new = new
        self._tree = tree
        self._parts, self._fronts = groups
        self._reactor = reactor
        self._fatal = fatal
        self._opened: dict[str, Sockets] = {}
        self._started: list[Any] = []
        known = {id(part.thing) for part in tree.parts}
        self._added = [part for part in new.parts if id(part.thing) not in known]
        stays = {id(part.thing) for part in new.parts}
        self._gone = [part for part in tree.parts if id(part.thing) not in stays]
        self._old = {part.section.title: part for part in tree.fronts}

    @property
    def staying(self) -> list[Part]:
        """Parts and fronts that stay, with the sections that they have in the new file."""
        added = {id(part.thing) for part in self._added}
        fronts = [self._kept(part) for part in self.new.fronts]
        return [*filter(None, fronts), *(part for part in self.new.parts if id(part.thing) not in added)]

    def _kept(self, part: Part) -> Part | None:
        """The front that serves already as this one would."""
        title = part.section.title
        old = self._old.get(title)
        if old is None or self._tree.identities[title].differing(self.new.identities[title]):
            return None
        return Part(part.section, old.thing)

    def start(self) -> None:
        """
        Start all new parts; nobody asks them yet.

        @raise ConfigError: where that can't be done: then nothing has changed.
        """
        try:
            for part in self.new.fronts:
                if self._kept(part) is None:
                    self._refuseExpired(part)
            for part in self._added:
                self._start(part)
        except ConfigError:
            self.abandon()
            raise

    def open(self, given: Sockets | None = None) -> None:
        """
        Bind all new addresses, right before L{take}: what comes there waits until then.

        @param given: sockets of new addresses that are bound already; they stay the caller's.
        @raise ConfigError: where that can't be done: then nothing has changed.
        """
        try:
            for part in self.new.fronts:
                if self._kept(part) is None:
                    self._open(part, given or {})
        except ConfigError:
            self.abandon()
            raise

    def _refuseExpired(self, part: Part) -> None:
        old = self._old.get(part.section.title)
        if old is not None and (why := expired(part.thing, old.thing)):
            raise self._refusal(part.section.problem("certificate", why))

    def _open(self, part: Part, given: Sockets) -> None:
        held: Sockets = dict(given)
        for each in self._tree.fronts:
            held.update(heldBy(each.thing))
        opened = self._opened[part.section.title] = {}
        for address in part.thing.listen:
            try:
                before = held.get(address)
                opened[address] = _beside(part.thing, address, held) if before is None else before.dup()
            except OSError as error:
                why = whyNotListening(address, error)
                text = f"cannot listen on {address}: {why}"
                raise self._refusal(part.section.problem("listen", text)) from None

    def _refusal(self, problem: Problem) -> ConfigError:
        return ConfigError(self.new.file, [problem])

    def _start(self, part: Part) -> None:
        if not IService.providedBy(part.thing):
            return
        try:
            part.thing.privilegedStartService()
            self._started.append(part.thing)
            part.thing.startService()
        except BUGS as error:
            raise self._refusal(fault(part.section, "can't be started", error)) from None

    def abandon(self) -> None:
        """The old tree goes on."""
        for sockets in self._opened.values():
            for each in sockets.values():
                each.close()
        for thing in self._started:
            thing.stopService()
        self._opened, self._started = {}, []

    def take(self) -> None:
        """Take its place: whoever is asked from now on is of the new tree."""
        tree, new = self._tree, self.new
        kept = {address for part in new.fronts for address in part.thing.listen}
        for part in tree.fronts:
            lastLook(part.thing, kept)
        self._move()
        carryOver(tree, new)
        for part in self._added:
            if IService.providedBy(part.thing):
                part.thing.parent = self._parts
                self._parts.services.append(part.thing)
        waiting = self._waiting()
        tree.total.most, tree.backlog.most = new.total.most, new.backlog.most
        new.total, new.backlog = tree.total, tree.backlog
        fronts = [self._place(part) for part in new.fronts]
        leaving = [part.thing for part in tree.fronts if part.thing not in [each.thing for each in fronts]]
        new.fronts = fronts
        tree.become(new)
        for front in leaving:
            self._leave(front)
        self._retire(waiting, self._reactor.seconds() + tree.drain)

    def _move(self) -> None:
        """Have what stays ask others, with nothing of those who watch between them."""
        watching = [
            each.thing for each in (*self._tree.parts, *self._added) if isinstance(each.thing, StageShell)
        ]
        for stage in reversed(watching):
            stage.lift()
        for move in self.new.moves:
            move.make()
        for part in self.new.parts:
            if isinstance(part.thing, StageShell):
                part.thing.lay()

    def _place(self, part: Part) -> Part:
        """The front of a section from now on."""
        title = part.section.title
        old, kept = self._old.get(title), self._kept(part)
        if kept is not None:
            follow(kept.thing, part.thing)
            return kept
        front = part.thing
        join(front, self._tree.total, self._tree.backlog)
        front.fatal = self._fatal
        front.open, again = self._opened[title].pop, front.open
        front.bind()
        front.open = again
        if old is not None:
            succeed(front, old.thing)
        front.parent = self._fronts
        self._fronts.services.append(front)
        front.startService()
        return part

    def _leave(self, front: Front) -> None:
        """Its addresses are others' or nobody's; what was asked is answered."""
        late = self._reactor.callLater(self._tree.drain, front.abort)

        def done(_: object) -> None:
            if late.active():
                late.cancel()

        self._fronts.removeService(front).addCallback(done)

    def _waiting(self) -> list[Any]:
        """Who waits for answers of old trees, each with those who know whether he still does."""
        fronts = [*(part.thing for part in self._tree.fronts), *self._fronts.leaving]
        return [
            (responder.answerTimeouts, query)
            for front in fronts
            for responder in front.responders.values()
            for query in responder.answerTimeouts.waiting()
        ]

    def _retire(self, waiting: list[Any], until: float) -> None:
        """Stop what is gone, once nobody waits for it."""
        left = [(timeouts, query) for timeouts, query in waiting if query in timeouts]
        if left and self._reactor.seconds() < until:
            self._reactor.callLater(self.LOOK, self._retire, left, until)
            return
        for part in reversed(self._gone):
            if IService.providedBy(part.thing) and part.thing in self._parts.services:
                self._parts.removeService(part.thing)
        self._gone, self._old = [], {}
        # Others hold this one until the turn is over.
        self._reactor.callLater(0, freeReplaced)


def _beside(front: Front, address: Address, held: Sockets) -> socket.socket:
    with roomFor(address, held.items()) as shared:
        made = front.open(address, shared=shared)
    if shared:
        let(made, False)
    return made
