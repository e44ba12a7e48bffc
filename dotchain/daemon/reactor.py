"""The reactor that C{twistd dotchain} runs, where no other one is asked for."""

from __future__ import annotations

import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor, IWriteDescriptor
from twisted.internet.main import installReactor
from twisted.internet.posixbase import PosixReactorBase
from twisted.python.failure import Failure
from zope.interface import implementer

from ..contract.violations import ContractViolations
from ..interfaces import IAfterReads, IForgetting
from .turns import READ, WRITE, Turns

if TYPE_CHECKING:
    from twisted.internet.base import DelayedCall


@implementer(IReactorFDSet, IAfterReads, IForgetting)
class EpollReactor(PosixReactorBase):
    """
    Calls what is ready, and does nothing else for it.

    Twisted's own calls each descriptor in a logging context, asks it before whether it is still
    open, and looks at all that is timed in each turn: 8 µs, where a client of one connection or two
    datagrams at a time has a turn for each.
    """

    def __init__(self) -> None:
        self._violations = ContractViolations("whoever reads or writes")
        self._turns = Turns(self._tell, self._lose)
        # Something is to be looked at that is neither a descriptor nor due by then.
        self._disturbed = True
        self._dueAt: float | None = None
        PosixReactorBase.__init__(self)
        self.callAfterReads = self._turns.callAfterReads
        self.forget = self._turns.forget

    def addReader(self, reader: IReadDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._turns.add(reader, READ)

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._turns.add(writer, WRITE)

    def removeReader(self, reader: IReadDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._turns.remove(reader, READ)

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        """See L{IReactorFDSet}."""
        self._turns.remove(writer, WRITE)

    def getReaders(self) -> list[Any]:
        """See L{IReactorFDSet}."""
        return self._turns.having(READ)

    def getWriters(self) -> list[Any]:
        """See L{IReactorFDSet}."""
        return self._turns.having(WRITE)

    def removeAll(self) -> list[Any]:
        """See L{IReactorFDSet}."""
        removeAll: Any = self._removeAll
        return list(removeAll(self.getReaders(), self.getWriters()))

    def _tell(self, error: BaseException) -> None:
        self._violations.tell(Failure(error))

    def _lose(self, descriptor: Any, why: BaseException, reading: bool) -> None:
        """Watch one no more, and tell it so."""
        disconnect: Any = self._disconnectSelectable
        try:
            disconnect(descriptor, why, reading)
        except BaseException as error:
            self._tell(error)

    def callLater(
        self, delay: float, callable: Callable[..., Any], *args: object, **kw: object
    ) -> DelayedCall:
        """See L{IReactorTime<twisted.internet.interfaces.IReactorTime>}."""
        made = super().callLater(delay, callable, *args, **kw)
        made.resetter = self._sooner(made.resetter)
        self._disturbed = True
        return made

    def _sooner(self, move: Callable[[DelayedCall], None]) -> Callable[[DelayedCall], None]:
        """What is told when a call is to come sooner than it was."""

        def moved(call: DelayedCall) -> None:
            self._disturbed = True
            move(call)

        return moved

    def wakeUp(self) -> None:
        """See L{IReactorCore<twisted.internet.interfaces.IReactorCore>}: another thread wants something."""
        self._disturbed = True
        super().wakeUp()

    def stop(self) -> None:
        """See L{IReactorCore<twisted.internet.interfaces.IReactorCore>}."""
        super().stop()
        self._disturbed = True

    def doIteration(self, delay: float | None) -> None:
        """Wait so many seconds at the most, and call each one that is ready, once."""
        self._turns.turn(delay)

    def runUntilCurrent(self) -> None:
        """Run what is due, which there is nothing of in most turns."""
        if self._disturbed or (self._dueAt is not None and self.seconds() >= self._dueAt):
            # Before it is looked at: another thread may come meanwhile.
            self._disturbed = False
            super().runUntilCurrent()
            left = super().timeout()
            self._dueAt = None if left is None else self.seconds() + left

    def timeout(self) -> float | None:
        """Seconds until something is due, or None."""
        if self._disturbed:
            return super().timeout()
        return None if self._dueAt is None else max(self._dueAt - self.seconds(), 0.0)


def install() -> None:
    """Run with it from now on, unless another reactor was chosen, or the system has no epoll."""
    if "twisted.internet.reactor" not in sys.modules and hasattr(select, "epoll"):
        installReactor(EpollReactor())
