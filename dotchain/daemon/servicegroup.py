"""Services that start and stop together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred, succeed
from twisted.logger import Logger

from ..contract.faults import BUGS


class NotStarted(Exception):
    """
    A part has raised something when it was started.

    @ivar service: which.
    @ivar error: what.
    """

    def __init__(self, service: IService, error: BaseException) -> None:
        super().__init__(str(error))
        self.service = service
        self.error = error


class ServiceGroup(MultiService):
    """
    Services of any names: two upstreams may authenticate the same one.

    @ivar heard: called by a service that has heard of a flush of all machines, with whether it is our own.
    @ivar leaving: those that were removed and have yet to stop.
    """

    heard: Callable[[Any, bool], object] = staticmethod(lambda *_: None)

    _log = Logger("dotchain")

    def __init__(self) -> None:
        MultiService.__init__(self)
        self.leaving: dict[IService, Deferred[Any]] = {}

    def addService(self, service: IService) -> None:
        """See L{IServiceCollection<twisted.application.service.IServiceCollection>}."""
        self.services.append(service)

    def removeService(self, service: IService) -> Deferred[Any]:
        """See L{IServiceCollection<twisted.application.service.IServiceCollection>}."""
        self.services.remove(service)
        if not self.running:
            return succeed(None)
        self.leaving[service] = stop = maybeDeferred(service.stopService)
        stop.addErrback(lambda failure: self._log.failure("a part did not stop", failure))
        return stop.addCallback(self._left, service)

    def _left(self, _: object, service: IService) -> None:
        del self.leaving[service]

    def privilegedStartService(self) -> None:
        """
        See L{IService<twisted.application.service.IService>}.

        @raise NotStarted: where one can't be started.
        """
        Service.privilegedStartService(self)
        self._each(lambda service: service.privilegedStartService())

    def startService(self) -> None:
        """
        See L{IService<twisted.application.service.IService>}.

        @raise NotStarted: where one can't be started.
        """
        Service.startService(self)
        self._each(lambda service: service.startService())

    def _each(self, start: Callable[[Any], object]) -> None:
        for service in self.services:
            try:
                start(service)
            except BUGS as error:
                raise NotStarted(service, error) from error

    def stopService(self) -> Deferred[Any]:
        """Stop all; fires when all have, or have failed to, those that are leaving among them."""
        self.running = 0
        leaving = list(self.leaving.values())
        stops = [maybeDeferred(service.stopService) for service in reversed(self.services)]
        for stop in stops:
            stop.addErrback(lambda failure: self._log.failure("a part did not stop", failure))
        return DeferredList([*stops, *leaving])
