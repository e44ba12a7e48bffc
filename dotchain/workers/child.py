"""A worker: the chain of one process, on sockets that its parent has opened."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import deferLater
from twisted.logger import globalLogBeginner
from twisted.python.failure import Failure

from ..activation import PassedSocket
from ..clockwork.boottime import steady
from ..config.build import Part
from ..config.ini import ConfigError
from ..config.load import load
from ..config.tree import Tree
from ..contract.loopless import forbid
from ..control.reloads import Reloaded
from ..control.running import CommandError
from ..daemon import openfiles
from ..daemon.confinement import confine
from ..daemon.garbage import spareModules
from ..daemon.logthreshold import LogThreshold
from ..daemon.reactor import install
from ..daemon.reloaded import reloadParts
from ..daemon.service import Daemon
from ..daemon.stallwatch import StallWatch
from ..daemon.twistd import Twistd
from ..daemon.warned import Warned
from ..daemon.watchdog import tellWhere
from ..share import Share
from .channel import Answers, Channel, Declined, speak
from .inheritedsockets import InheritedSockets, adopt
from .newsockets import Opened, receive
from .outofmemory import goFirst
from .packedsource import Packed, unpacked
from .standin import StandIn
from .successor import Successor, asWorker
from .workerlog import WorkerLogObserver

CHANNEL = 3
"""The open file that a worker finds its end of the channel at."""
HANDED = 4
"""The one where it is given sockets later; those that it is started with follow."""


class WorkerDaemon(Daemon):
    """What a daemon is, but for what its parent does: open sockets, tell, and watch over the whole."""

    def __init__(
        self, tree: Tree, inheritedSockets: InheritedSockets, leaving: Callable[[], object], *args: Any
    ) -> None:
        """
        @param leaving: called when the fronts begin to take nothing new.
        @param args: see L{Daemon}.
        """
        super().__init__(tree, *args)
        spares = adopt(tree.fronts, inheritedSockets, tree.share)
        self._spare = sum(map(len, spares.values()))
        self._leaving = leaving
        self.standIn = StandIn(spares, self._reactor)
        Service.setServiceParent(self.standIn, self.fronts)
        self.successor = Successor(tree, self._reload, self._reactor, self.standIn)

    def limitFiles(self) -> None:
        """See L{Daemon.limitFiles}: the sockets of the others are open here, too."""
        limit = openfiles.raiseLimit(self.tree.openFiles) - self._spare
        # All else the parent knows itself.
        self.tree.warnings = openfiles.share(self.tree, limit)

    def reloadAll(self, title: str | None = None) -> Deferred[Reloaded]:
        """See L{Daemon.reloadAll}."""
        everyone = [*self.tree.fronts, *self.tree.parts]
        wanted = [each for each in everyone if title in (None, each.section.title)]
        return reloadParts(wanted, self.tree, self._reactor)

    def announce(self) -> None:
        """See L{Daemon.announce}: the parent does it, once for all."""

    def leave(self) -> None:
        """End, like the others."""
        if not self._ending:
            self._ending = True
            self._reactor.stop()

    def hurry(self) -> None:
        """Close all at once, where it is about to end."""
        if self._hurry is not None:
            self.hurryUp("asked to")

    def stopService(self) -> Deferred[None]:
        """See L{Daemon.stopService}."""
        self._leaving()
        # What was logged last is written in the turn after.
        return Daemon.stopService(self).addCallback(lambda _: deferLater(self._reactor, 0, lambda: None))


class Child:
    """
    Does what the parent asks for; ends when it is told to, or when the parent has ended.

    @ivar channel: leads to the parent.
    """

    def __init__(
        self,
        reactor: Any,
        make: Callable[..., WorkerDaemon] = WorkerDaemon,
        watch: Callable[[Sequence[Part]], object] = lambda _: None,
        threshold: LogThreshold | None = None,
        handed: socket.socket | None = None,
        confine: Callable[[bool], object] = lambda _: None,
    ) -> None:
        """
        @param confine: see L{Daemon}.
        @param handed: where it is given sockets.
        @param make: makes what is run: see L{WorkerDaemon}.
        @param threshold: what the log holds back.
        @param watch: called with its parts.
        """
        self._reactor = reactor
        self._confine = confine
        self._make = make
        self._handed = handed
        self._watch = watch
        self._twistd = Twistd(threshold=threshold)
        self._daemon: WorkerDaemon | None = None
        self._warned: Warned | None = None
        answers: Answers = {
            "beat": lambda: None,
            "begin": self.begin,
            "cover": self.cover,
            "uncover": self.uncover,
            "reload": self.reload,
            "prepare": self.prepare,
            "open": self.open,
            "take": self.take,
            "abandon": self.abandon,
            "control": self.control,
            "stop": self.stop,
            "hurry": self.hurry,
        }
        self.channel = Channel(answers, self.stop)

    @property
    def _running(self) -> WorkerDaemon:
        if self._daemon is None:
            raise Declined("it does not serve yet")
        return self._daemon

    def begin(
        self,
        source: Packed,
        number: int,
        of: int,
        secret: str,
        inheritedSockets: InheritedSockets,
        passed: list[list[Any]] | None = None,
    ) -> list[str]:
        """
        Serve.

        @param secret: see L{Share}, in hexadecimal.
        @param passed: each L{PassedSocket}; those of the fronts are among C{inheritedSockets}.
        @return: warnings.
        @raise Declined: with what is wrong with the configuration, a line for each.
        """
        share = Share(number, of, bytes.fromhex(secret))
        try:
            known = None if passed is None else [PassedSocket(*each) for each in passed]
            tree = load(unpacked(source), self._reactor, share=share, passed=known)
        except ConfigError as error:
            raise Declined("\n".join(error.lines)) from None
        asWorker(tree)
        self._warned = Warned(tree)
        daemon = self._daemon = self._make(
            tree, inheritedSockets, lambda: self.channel.tell("leaving"), self._reactor
        )
        daemon.twistd, daemon.confine = self._twistd, self._confine
        self._reactor.addSystemEventTrigger("before", "shutdown", daemon.stopService)
        daemon.startService()
        self._watch(tree.parts)
        return [warning.at(tree.file) for warning in tree.warnings]

    def cover(self, number: int) -> None:
        """Stand in for a worker."""
        self._running.standIn.cover(number)

    def uncover(self, number: int) -> None:
        """Do so no more."""
        self._running.standIn.uncover(number)

    def reload(self, title: str | None = None) -> Deferred[Reloaded]:
        """Read certificates and the like anew, all of them or those of one section."""
        self._running.resetLogLevel()
        return maybeDeferred(self._running.reloadAll, title).addCallback(self._reloaded)

    def prepare(self, source: Packed) -> Deferred[Reloaded]:
        """Be ready to take another configuration: see L{Successor.prepare}."""
        self._running.resetLogLevel()
        return self._running.successor.prepare(unpacked(source))

    def open(self, opened: Opened) -> None:
        """Be given the sockets of its new addresses: see L{Successor.open}."""
        count = sum(count for _, _, count in opened)
        given = receive(self._handed, count) if self._handed is not None else []
        self._running.successor.open(opened, given)

    def take(self) -> Reloaded:
        """Take it; warnings are sent before this is over."""
        self._running.successor.take()
        self._confine(self._running.tree.dumpable)
        return self._reloaded([])

    def abandon(self) -> None:
        """Don't."""
        self._running.successor.abandon()

    def _reloaded(self, outcomes: Reloaded) -> Reloaded:
        """Warnings go before the outcomes, which the parent waits for."""
        if news := self._warned.again() if self._warned else ():
            self.channel.tell("warned", problems=news)
        return outcomes

    def control(self, line: str) -> Deferred[Any]:
        """Carry out a line of the control socket, which is the parent's."""

        def declined(failure: Failure) -> None:
            failure.trap(CommandError)
            raise Declined(failure.getErrorMessage()) from None

        return maybeDeferred(self._running.carryOut, line.encode()).addErrback(declined)

    def stop(self) -> None:
        """Drain, and end."""
        if self._daemon is None:
            self._reactor.stop()
        else:
            self._daemon.leave()

    def hurry(self) -> None:
        """End at once."""
        self._running.hurry()


def main() -> None:
    """Serve as a worker until the parent wants no more."""
    install()
    # As in makeService: importing it installs another one where that is not there.
    from twisted.internet import reactor  # noqa: PLC0415

    forbid(reactor)
    steady(reactor)
    spareModules()
    tellWhere()
    goFirst()
    threshold = LogThreshold()
    child = Child(
        reactor,
        watch=lambda parts: StallWatch(reactor, parts).start(),
        threshold=threshold,
        handed=socket.socket(fileno=HANDED),
        confine=confine,
    )
    observer = threshold.before(WorkerLogObserver(child.channel.tell))
    # Standard output and error are the parent's, too, for what is no event.
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
    speak(child.channel, socket.socket(fileno=CHANNEL), reactor)
    run: Any = reactor
    run.run()
