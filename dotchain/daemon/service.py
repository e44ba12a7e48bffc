"""The root service: binds, serves, reloads, drains."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from ..clockwork import boottime
from ..config.ini import Problem
from ..config.tree import Tree
from ..control.fleet.heart import Heart, idOf
from ..control.heard import Heard
from ..control.measuring import Measuring
from ..control.reloads import Reloaded, Reloads
from ..control.running import Running
from ..control.verbs import run
from ..upstreams.netlink import notices
from . import openfiles
from .binding import NotBound, bind
from .exiting import exitWith
from .launch import CannotStart, obstacle
from .network import NetworkWatch
from .operatorsockets import NoOperatorSocket, OperatorSockets
from .plan import planned
from .readiness import readiness
from .reload import Reload
from .reloaded import tell
from .sdnotify import reloading, sdNotify
from .servicegroup import ServiceGroup
from .signals import SetSignal, Signals
from .twistd import Twistd
from .warned import Warned, lines
from .watch import Watch


class Daemon(MultiService):
    """
    Upstreams and stages start before the fronts, and stop after them.

    @ivar tree: what it runs.
    @ivar twistd: what it has of twistd.
    @ivar confine: called by the user that it serves as, with whether its process may be looked into.
    """

    twistd = Twistd()
    confine: Callable[[bool], object] = staticmethod(lambda _: None)

    _log = Logger("dotchain")

    def __init__(
        self,
        tree: Tree,
        reactor: Any,
        setSignal: SetSignal = signal.signal,
        notices: Callable[[], Any] = notices,
        exitWith: Callable[[int], object] = exitWith,
    ) -> None:
        """
        @param exitWith: sets the status that the process ends with.
        @param setSignal: sets what a signal calls.
        @param notices: opens the socket that tells of changes of the network, or None.
        """
        MultiService.__init__(self)
        self._networkWatch = NetworkWatch(tree, reactor, notices)
        self.tree = tree
        self._reactor = reactor
        self._signals = Signals(self, reactor, setSignal)
        self._exitWith = exitWith
        file = Path(tree.file).absolute()
        self._warned = Warned(tree)
        self._news: list[Problem] = []
        now = boottime.now
        self._running = Running(
            *(tree, file, reactor, now, now(), self.reload, self._newWarnings),
            threshold=lambda: self.twistd.threshold,
            measuring=Measuring(tree.fronts, reactor) if tree.web else None,
            reloads=Reloads(),
            warnings=lambda: lines(self.tree.warnings, file),
            plan=lambda: planned(self.tree, reactor),
            machine=idOf(tree.share),
            machines=lambda: self._heart.machines,
        )
        self._heart = Heart(self._running, reactor)
        self._operatorSockets = OperatorSockets(tree, self.carryOut, reactor)
        self._bound = False
        self._hurry: Deferred[None] | None = None
        self._ending = False
        self.parts, self.fronts = ServiceGroup(), ServiceGroup()
        self.parts.heard = Heard(self._running).take
        for parts, group in ((tree.parts, self.parts), (tree.fronts, self.fronts)):
            MultiService.setServiceParent(group, self)
            for part in parts:
                if IService.providedBy(part.thing):
                    part.thing.setServiceParent(group)
        for front in tree.fronts:
            front.thing.fatal = self.fail
        self._reload = Reload(tree, (self.parts, self.fronts), reactor, self._running.measuring, self.fail)
        self._watch = Watch(
            tree, reactor, self.reloadAll, partial(self._running.reloads.count, isWhole=False)
        )

    def privilegedStartService(self) -> None:
        """
        Bind every front, as long as the process may bind ports below 1024.

        @raise CannotStart: where an address can't be had.
        """
        self.limitFiles()
        self._signals.takeHangup()
        self._begin(lambda: MultiService.privilegedStartService(self))
        self._open()
        self.twistd.keepTidy(self._operatorSockets.files)
        self._bound = True

    def setServiceParent(self, parent: Any) -> None:
        """See L{IService<twisted.application.service.IService>}: twistd logs where its application says."""
        MultiService.setServiceParent(self, parent)
        self.twistd.install(parent, self.tree.log)

    def _open(self) -> None:
        try:
            bind(self.tree.fronts)
            self._operatorSockets.bind(self.twistd.user)
        except (NotBound, NoOperatorSocket) as error:
            raise self.cannotStart(error.problem.at(self.tree.file)) from None

    def limitFiles(self) -> None:
        """Raise the limit of open files, and hold all parts below it."""
        self.tree.warnings += openfiles.share(self.tree, openfiles.raiseLimit(self.tree.openFiles))

    def cannotStart(self, line: str) -> CannotStart:
        """What to raise where this is the reason; it is told."""
        self._log.critical("{line}", line=line)
        with suppress(OSError):
            # twistd has made sys.stderr a part of the log.
            print(line, file=self.twistd.terminal or sys.__stderr__, flush=True)
        self._operatorSockets.abandon()
        return CannotStart(line)

    def startService(self) -> None:
        """Serve; ready when the reactor runs."""
        if not self._bound:
            self.privilegedStartService()
        self.confine(self.tree.dumpable)
        self._networkWatch.startService()
        self._begin(lambda: MultiService.startService(self))
        self._heart.startService()
        if self._running.measuring is not None:
            self._running.measuring.start()
        self._reactor.callWhenRunning(self._ready)
        self._watch.update()
        self.letGo()

    def _begin(self, start: Callable[[], None]) -> None:
        if line := obstacle(self.tree, start):
            raise self.cannotStart(line)

    def letGo(self) -> None:
        """Nothing can keep it from running any more: leave the terminal of who has started it."""
        self.twistd.letGo()

    def _ready(self) -> None:
        self.takeSignals()
        self.announce()

    def takeSignals(self) -> None:
        """Take over the signals, which the reactor has just set."""
        self._signals.takeAll()

    def announce(self) -> None:
        """Tell that all is well, and what could be better."""
        for warning in self.tree.warnings:
            self._log.warn("{line}", line=warning.at(self.tree.file), section=warning.section or None)
        for line in readiness(self.tree, self._operatorSockets.web):
            self._log.info("{line}", line=line)
        sdNotify("READY=1")

    def end(self, number: int = signal.SIGTERM) -> None:
        """Drain and exit with status 0; when asked again, don't wait for the drain."""
        if self._hurry is not None:
            self.hurryUp("asked twice")
        elif not self._ending:
            self._ending = True
            self._log.info("dotchain stops: {signal}", signal=signal.Signals(number).name)
            # twistd's own signal code would have the process die of the signal.
            self._reactor.stop()

    def fail(self, reason: str) -> None:
        """
        Drain and exit with status 1, which has a supervisor start the daemon anew: better than to
        stay up and not to listen.
        """
        if not self._ending:
            self._log.critical("dotchain stops: {reason}", reason=reason)
            self._ending = True
            self._exitWith(1)
            self._reactor.stop()

    def stopService(self) -> Deferred[None]:
        """
        Let the fronts answer what is in flight, then stop the rest.

        @return: fires when all has stopped, and after the drain's time at the latest.
        """
        sdNotify("STOPPING=1")
        self._networkWatch.stopService()
        leaving = self._heart.stopService()
        self._watch.stop()
        done: Deferred[None] = Deferred()
        self._hurry = done
        limit = self._reactor.callLater(self.tree.drain, self.hurryUp, f"over {self.tree.drain:g} s")
        drained = self.fronts.stopService()
        drained.addCallback(lambda _: leaving)
        drained.addCallback(lambda _: None if done.called else self.parts.stopService())
        drained.addCallback(lambda _: None if done.called else done.callback(None))
        return done.addCallback(self._stopped, limit)

    def _stopped(self, _: None, limit: IDelayedCall) -> Deferred[None] | None:
        self.running = 0
        if limit.active():
            limit.cancel()
        return self._operatorSockets.stop()

    def hurryUp(self, why: str) -> None:
        """In the middle of the drain, close all at once."""
        assert self._hurry is not None
        if self._hurry.called:
            return
        self._log.warn("the drain is cut short: {why}", why=why)
        for front in (*(part.thing for part in self.tree.fronts), *self.fronts.leaving):
            front.abort()
        self._hurry.callback(None)
        if self.parts.running:
            self.parts.stopService()

    def reload(self, number: int = signal.SIGHUP) -> Deferred[Reloaded]:
        """
        Take the INI file as it is now, read certificates, CAs, lists and zones anew, and find the log again
        where it was moved; what can't be read keeps its old state.

        @return: fires when that is done, with the outcome of each part, that of the log where it can't
            be opened, and that of the INI file where it can't be taken, as during the drain.
        """
        if self._ending:
            return succeed([(self.tree.file, "the daemon is about to end")])
        sdNotify(reloading())
        self.resetLogLevel()
        files = self.twistd.reopenLog()
        self._watch.taken()
        return self.reloadAll().addCallback(self._reloaded, files)

    def resetLogLevel(self) -> None:
        """What was set while it ran is over."""
        if self.twistd.threshold is not None:
            self.twistd.threshold.reset()

    def reloadAll(self, title: str | None = None) -> Deferred[Reloaded]:
        """Do that, and tell nobody else; of one section no more than its files."""
        return self._reload.reload(title)

    def news(self) -> list[Problem]:
        """What parts warn of since the reload that is just over, and did not before."""
        return self._warned.again()

    def _newWarnings(self) -> list[str]:
        """The same of the last reload, a line for each, for somebody who may be in another folder."""
        return lines(self._news, self._running.file)

    def _reloaded(self, parts: Reloaded, files: Reloaded) -> Reloaded:
        self._news = self.news()
        for warning in self._news:
            self._log.warn("{line}", line=warning.at(self.tree.file), section=warning.section or None)
        self._running.reloads.count(parts + files, isWhole=True)
        self.confine(self.tree.dumpable)
        tell(self.tree, parts, files)
        self._watch.update()
        sdNotify("READY=1")
        return parts + files

    def carryOut(self, line: bytes) -> Any:
        """
        Do what the control socket is told: see L{run}.

        @raise CommandError: for what can't be done.
        """
        return run(self._running, line)
