"""Work that may take long, such as reading a file, out of the way of those who wait for the reactor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorThreads
from twisted.internet.threads import deferToThreadPool

T = TypeVar("T")


def aside(reactor: Any, work: Callable[..., T], *args: object) -> Deferred[T]:
    """
    Do it in a thread, where the reactor has some, else now, as in tests.

    @param work: touches nothing that the reactor's thread may change meanwhile.
    @return: fires with what it returns, or fails with what it raises.
    """
    if IReactorThreads.providedBy(reactor):
        return deferToThreadPool(reactor, reactor.getThreadPool(), work, *args)
    return maybeDeferred(work, *args)
