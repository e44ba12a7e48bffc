"""This host's clock, which may be what is wrong where certificates are refused for their dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from ...options import OptionError
from ...reason import phrase
from ...resolver import ResolveError
from ...wire.codes import EDE_OTHER
from ..endpoint import Endpoint
from ..upstreamcommon import UpstreamCommon

if TYPE_CHECKING:
    import dns.name

    from ...tls.client import UpstreamIdentity
    from ...wire import Answer
    from ..pendingquery import PendingQuery
    from .bootstrap import Bootstrap


class ClockEndpoint(Endpoint):
    """
    The bootstrap servers, for the few names without which the clock would stay wrong.

    What comes from there is not authenticated: it is kept for a minute at the most, and
    marked by an extended DNS error.
    """

    # Seconds that an answer may be cached.
    TTL = 60

    def __init__(self, names: Sequence[dns.name.Name], bootstrap: Bootstrap, common: UpstreamCommon) -> None:
        """@param names: those answered like this, and all below them."""
        super().__init__(bootstrap.addresses[0], common)
        self._names = names
        self._bootstrap = bootstrap

    @property
    def nothingOpen(self) -> bool:
        """See L{Endpoint.nothingOpen}: the bootstrap servers see to themselves."""
        return True

    def serves(self, pending: PendingQuery) -> bool:
        """Whether the query is for one of the names."""
        query = pending.query
        return not query.signed and any(query.name.is_subdomain(name) for name in self._names)

    def submit(self, pending: PendingQuery) -> None:
        """See L{Endpoint.submit}."""
        result = cast("Deferred[Any]", self._bootstrap.resolve(pending.query))
        result.addCallbacks(self._heard, self._failed, callbackArgs=(pending,), errbackArgs=(pending,))

    def _heard(self, answer: Answer, pending: PendingQuery) -> None:
        self.answers += 1
        self.complain("clock", "answers a clock name, since the dates of a certificate were refused")
        told = (EDE_OTHER, "answered by a bootstrap server, since the clock here may be wrong")
        self.deliver(pending, answer.capped(self.TTL).having(errors=(*answer.errors, told)))

    def _failed(self, failure: Failure, pending: PendingQuery) -> None:
        failure.trap(ResolveError)
        assert isinstance(failure.value, ResolveError)
        self.common.failed(pending, phrase("bootstrap failed: {}", failure.value.text))

    def sweep(self, now: float) -> None:
        """See L{Endpoint.sweep}."""

    def stop(self) -> None:
        """See L{Endpoint.stop}."""


def checkClockNames(names: object, identity: UpstreamIdentity | None) -> None:
    """@raise OptionError: where no certificate is ever refused for its dates."""
    if names and (identity is None or not identity.strict or identity.wanted.reference is None):
        raise OptionError(
            "clock-names",
            "is for tls:// addresses with a name and profile = strict; "
            "nothing else is refused because of the clock",
        )
