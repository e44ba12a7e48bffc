"""The root service of a daemon with several processes: opens sockets, and keeps workers that serve there."""

from __future__ import annotations

import os
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList

from ..config.ini import ConfigError, Problem
from ..config.load import load
from ..config.tree import Tree
from ..control.metrics.metrics import FAMILIES
from ..control.metrics.tally import Tally
from ..control.reloads import Reloaded
from ..daemon import openfiles
from ..daemon.service import Daemon
from .commands import carryOut
from .hangwatch import HangWatch
from .jointreload import JointReload
from .newsockets import NewSockets
from .parentsockets import ParentSockets
from .program import Program
from .standinchoice import StandInChoice
from .standing import StandingOrders
from .worker import Worker


class WorkersService(Service):
    """
    All workers, as a service that stops when all have drained.

    @ivar workers: by their number.
    """

    def __init__(self, workers: list[Worker]) -> None:
        self.workers = workers

    def stopService(self) -> Deferred[Any]:
        """
        Drain.

        @return: fires once all have ended.
        """
        Service.stopService(self)
        return DeferredList([worker.stop() for worker in self.workers])


class Parent(Daemon):
    """
    What twistd runs where the file wants several workers.

    It resolves nothing itself; its tree tells what the sections are, and who warns of what.
    """

    # Seconds from the end of the drain until a worker is killed that has not noticed it.
    GRACE = 1.0

    def __init__(self, tree: Tree, reactor: Any, *args: Any) -> None:
        """@param args: see L{Daemon}."""
        # What the workers have, the parent need not.
        tree.parts = [part._replace(thing=None) for part in tree.parts]
        tree.fronts = [part._replace(thing=ParentSockets(part.thing, tree.share.of)) for part in tree.fronts]
        super().__init__(tree, reactor, *args)
        self._user = os.geteuid()
        program = self._program = Program(
            tree.source, tree.share.of, [part.thing for part in tree.fronts], tree.passed
        )
        numbers = range(1, tree.share.of + 1)
        self.workersService = WorkersService(
            [Worker(number, program, reactor, self._changed) for number in numbers]
        )
        Service.setServiceParent(self.workersService, self.fronts)
        self._standInChoice = StandInChoice(self.workersService.workers)
        self._standing = StandingOrders()
        self._tally = Tally(FAMILIES)
        self._jointReload = JointReload(tree, self.workersService.workers, reactor, self._follow)
        self._hangWatch = HangWatch(self.workersService.workers, reactor, self._standInChoice.update)
        self._announced = False

    def limitFiles(self) -> None:
        """See L{Daemon.limitFiles}: workers inherit the limit, and hold themselves below it."""
        openfiles.raiseLimit(self.tree.openFiles)

    def startService(self) -> None:
        """
        Start the workers, once the reactor runs.

        @raise CannotStart: where they could not run, or not read what the configuration names.
        """
        if not self._bound:
            self.privilegedStartService()
        self.confine(self.tree.dumpable)
        if os.geteuid() != self._user:
            self._checkRights()
        Service.startService(self)
        self._reactor.callWhenRunning(self._startAll)
        self._watch.update()
        self.letGo()

    def _checkRights(self) -> None:
        """Read everything again as the user that workers run as, as they will."""
        if not os.access(Program.executable, os.X_OK):
            raise self.cannotStart(
                f"{self.tree.file}: workers can't run {Program.executable}: permission denied"
            )
        try:
            load(self.tree.source, self._reactor, passed=self.tree.passed)
        except ConfigError as error:
            raise self.cannotStart("\n".join(error.lines)) from None

    def _startAll(self) -> None:
        self.takeSignals()
        for worker in self.workersService.workers:
            worker.start()
        self._hangWatch.start()

    def _changed(self, worker: Worker) -> None:
        """A worker serves, or doesn't any more."""
        if self._ending:
            return
        self._standInChoice.update()
        if worker.serving:
            self._standing.give(worker)
        if not self._announced and all(each.serving for each in self.workersService.workers):
            self._announced = True
            self.announce()
        elif self._announced and worker.serving:
            self._log.info("worker {number} serves again", number=worker.number)

    def announce(self) -> None:
        """See L{Daemon.announce}."""
        for line in dict.fromkeys(line for worker in self.workersService.workers for line in worker.warnings):
            self._log.warn("{line}", line=line)
        Daemon.announce(self)

    def resetLogLevel(self) -> None:
        """See L{Daemon.resetLogLevel}."""
        Daemon.resetLogLevel(self)
        self._standing.forget("log-level")

    def reloadAll(self, title: str | None = None) -> Deferred[Reloaded]:
        """See L{Daemon.reloadAll}: all workers do, and whoever is started later reads what is there then."""
        return self._jointReload.reload(title)

    def _follow(self, new: Tree, sockets: NewSockets) -> None:
        """Workers are about to take this tree, with these sockets."""
        new.parts = [part._replace(thing=None) for part in new.parts]
        new.fronts = sockets.fronts
        sockets.take()
        self.tree.become(new)
        self._program.follow(new.source, [part.thing for part in new.fronts])

    def news(self) -> list[Problem]:
        """See L{Daemon.news}: all workers have the same parts."""
        found = [each for worker in self.workersService.workers for each in worker.news]
        for worker in self.workersService.workers:
            worker.news.clear()
        return list(dict.fromkeys(found))

    def carryOut(self, line: bytes) -> Any:
        """See L{Daemon.carryOut}: the workers do, and their results become one."""
        workers = self.workersService.workers
        return carryOut(line, self._running, workers, self._standing, self._tally)

    def stopService(self) -> Deferred[None]:
        """See L{Daemon.stopService}."""
        self._ending = True
        self._hangWatch.stop()
        for front in self.tree.fronts:
            front.thing.abort()
        return Daemon.stopService(self)

    def hurryUp(self, why: str) -> None:
        """See L{Daemon.hurryUp}."""
        self._log.warn("the drain is cut short: {why}", why=why)
        for worker in self.workersService.workers:
            worker.hurry()
        self._reactor.callLater(self.GRACE, self._killAll)

    def _killAll(self) -> None:
        for worker in self.workersService.workers:
            worker.kill()
