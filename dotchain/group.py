"""Services that start and stop together."""

from __future__ import annotations

from typing import Any

from twisted.application.service import IService, MultiService
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.logger import Logger


class Group(MultiService):
    """Services of any names: two upstreams may authenticate the same one."""

    _log = Logger("dotchain")

    def __init__(self) -> None:
        MultiService.__init__(self)

    def addService(self, service: IService) -> None:
        """See L{IServiceCollection<twisted.application.service.IServiceCollection>}."""
        self.services.append(service)

    def removeService(self, service: IService) -> Any:
        """See L{IServiceCollection<twisted.application.service.IServiceCollection>}."""
        self.services.remove(service)
        return service.stopService() if self.running else None

    def stopService(self) -> Deferred[Any]:
        """Stop all; fires when all have, or have failed to."""
        self.running = 0
        stops = [maybeDeferred(service.stopService) for service in reversed(self.services)]
        for stop in stops:
            stop.addErrback(lambda failure: self._log.failure("a part did not stop", failure))
        return DeferredList(stops)
