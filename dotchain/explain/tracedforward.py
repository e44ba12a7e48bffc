"""An upstream over the network as C{dotchain explain} asks it: which address, over which connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..node import Later, Node, Outcome
from ..shell import PromptShell
from ..upstreams.pendingquery import PendingQuery
from ..upstreams.streams.pipeline import Pipeline
from ..upstreams.streams.pool import Pool

if TYPE_CHECKING:
    from ..upstreams.endpoint import Endpoint
    from ..upstreams.forward import Forward
    from ..wire import Answer, Query
    from .outcome import Noting


class TracedForward(PromptShell):
    """Asks, and tells of the addresses that the query was given to."""

    def __init__(self, forward: Forward, before: Noting) -> None:
        """@param before: whoever notes what the upstream answers."""
        self.replays = forward.replays
        self.core = _TracedForwardCore(forward.core, before)


class _TracedForwardCore(Node):
    def __init__(self, core: Node, before: Noting) -> None:
        self._core = core
        self._before = before

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return self._watch(self._core.resolve(query))

    def attempt(self, query: Query) -> Answer | Later:
        """See L{Node.attempt}."""
        return self._watch(self._core.attempt(query))

    def _watch(self, asked: Answer | Later) -> Answer | Later:
        # Else there was no room for it.
        if isinstance(asked, PendingQuery):
            asked.tell(self, (self._before.step, asked, _connection(asked)))
        return asked

    def land(self, query: Query, outcome: Outcome, state: Any) -> Outcome:
        """See L{Asker.land<dotchain.node.Asker.land>}."""
        step, pending, connection = state
        step["resent"] = pending.resent
        step["asked"] = [_asked(pending, place) for place in range(len(pending.tried))]
        if step["asked"]:
            step["asked"][0]["connection"] = connection
        return outcome


def _connection(pending: PendingQuery) -> dict[str, Any] | None:
    """The connection that the query left by at once; None where it has none, or must wait for one."""
    for endpoint in (each for tried in pending.tried for each in (tried, *tried.sidePools)):
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
