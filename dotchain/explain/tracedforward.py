"""An upstream over the network as C{dotchain explain} asks it: which address, over which connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from ..upstreams.streams.pipeline import Pipeline
from ..upstreams.streams.pool import Pool

if TYPE_CHECKING:
    from ..resolver import Result
    from ..upstreams.endpoint import Endpoint
    from ..upstreams.forward import Forward
    from ..upstreams.inflighttable import PendingQuery
    from ..wire import Query
    from .outcome import Noting


class TracedForward:
    """Asks, and tells of the addresses that the query was given to."""

    def __init__(self, forward: Forward, before: Noting) -> None:
        """@param before: whoever notes what the upstream answers."""
        self.replays = forward.replays
        self._forward = forward
        self._before = before

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve<dotchain.interfaces.IResolver.resolve>}."""
        return self._watch(self._forward.resolve(query), query)

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt<dotchain.interfaces.IPromptResolver.attempt>}."""
        return self._watch(self._forward.attempt(query), query)

    def _watch(self, result: Result, query: Query) -> Result:
        step = self._before.step
        pending = next((each for each in self._forward.pendingQueries.all() if each.query is query), None)
        if pending is None or not isinstance(result, Deferred):
            # There was no room for it.
            return result
        connection = _connection(pending)

        def tell(outcome: Any) -> Any:
            step["resent"] = pending.resent
            step["asked"] = [_asked(pending, place) for place in range(len(pending.tried))]
            if step["asked"]:
                step["asked"][0]["connection"] = connection
            return outcome

        return result.addBoth(tell)


def _connection(pending: PendingQuery) -> dict[str, Any] | None:
    """The connection that the query left by at once; None where it has none, or must wait for one."""
    for endpoint in pending.tried:
        for carrier in endpoint.carriers:
            if isinstance(carrier, Pipeline) and pending in carrier.inFlightTable.left():
                return {
                    "age-seconds": round(endpoint.common.now() - carrier.madeAt, 3),
                    "queries": carrier.sent - 1,
                }
    return None


def _asked(pending: PendingQuery, place: int) -> dict[str, Any]:
    """One of the addresses that it was given to: failures come in the order of trying."""
    endpoint: Endpoint = pending.tried[place]
    report = endpoint.peer.report if isinstance(endpoint, Pool) else None
    return {
        "address": str(endpoint.address),
        "connection": None,
        "tls": report and {"version": report.version, "resumed": report.resumed, "name": report.name},
        "failure": pending.reasons[place] if place < len(pending.reasons) else None,
    }
