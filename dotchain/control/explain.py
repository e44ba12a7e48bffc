"""C{explain}: the way of one query through the running chain."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from ..client import Client
from ..deferring import resultOf
from ..explain.outcome import DROPPED, FAILED, begun, described, settle, unasked
from ..explain.tracing import Trace
from ..fronts.front import Front
from ..fronts.responder import Responder
from ..wire import Answer, Query, ask
from ..wire.codes import AXFR, IXFR
from ..wire.edns import BARE
from .running import CommandError, Running

# Seconds; any upstream has given up by then.
LIMIT = 20.0

# Seconds until a dry run is looked at again that a stage keeps waiting before it asks.
_LOOK = 0.05


class Explained(Query):
    """A query that nobody's client has asked."""

    explained = True

    __slots__ = ()


async def explain(
    running: Running,
    name: str = "",
    type: str = "A",
    client: str = "127.0.0.1",
    front: str = "",
    transport: str = "",
    sni: str = "",
    identity: str = "",
    dnssec: bool = False,
    dry: bool = False,
) -> dict[str, Any]:
    """
    Ask the chain of a front as a client would, and tell who did what, and how long it took.

    What the front remembers for a second is passed by, and its counters stay as they are.
    One worker's result is as good as another's: only one is to be asked.

    @param client: the IP address that asks.
    @param front: the name of the front; the first one, if it is empty.
    @param transport: by which of its transports; if it is empty, over TLS with C{sni} or C{identity}, else
        that of its first address.
    @param sni: the server name that the client's TLS asks for.
    @param identity: the name in the client's certificate.
    @param dnssec: whether the query has DO set.
    @param dry: ask no upstream that would send anything, and tell which one would be asked.
    @raise CommandError: for a question, a client, a front or a transport that is none.
    """
    thing = _front(running, front)
    responder = _responder(thing, transport or ("tls" if sni or identity else thing.listen[0].transport))
    asking = _client(client, responder)
    sni, identity = (each.lower().removesuffix(".") for each in (sni, identity))
    asking = asking._replace(sni=sni, identity=identity)
    query = _query(name, type, asking, dnssec)
    trace = Trace(running.tree.parts, str(running.file), running.now, dry)
    responder = responder.through(trace.traced(responder.resolver))
    permitted = responder.permits(query.client.address)
    may = "may ask" if permitted else "may not ask"
    step = begun(responder.name, "front", f"{may}{_asBalancer(thing, responder, query.client.address)}")
    step["steps"] = trace.steps
    askedAt = running.now()
    if permitted or not responder.drop:
        outcome = await _outcome(running, responder, query, permitted, trace)
        settle(step, outcome, running.now() - askedAt)
        if trace.unasked:
            unasked(step)
        if step["outcome"] == FAILED:
            step["answer"] = described(responder.failed(outcome.value))
    else:
        step["outcome"] = DROPPED
    return {
        "client": query.client._asdict(),
        "question": {"name": name, "type": type},
        "dnssec": dnssec,
        "allowed": permitted,
    } | step


def _front(running: Running, name: str) -> Front:
    fronts: dict[str, Front] = {section.name: thing for section, thing in running.tree.fronts}
    found = fronts.get(name) if name else next(iter(fronts.values()))
    if found is None:
        raise CommandError(f"there is no front {name!r}; there are {', '.join(fronts)}")
    return found


def _responder(front: Front, transport: str) -> Responder:
    found = front.responders.get(transport)
    if found is None:
        raise CommandError(
            f"the front has no address over {transport!r}; there are {', '.join(front.responders)}"
        )
    return found


def _client(address: str, responder: Responder) -> Client:
    try:
        return responder.client(str(ip_address(address)))
    except ValueError:
        raise CommandError(f"{address!r} is no IP address such as 192.0.2.1 or 2001:db8::1") from None


def _asBalancer(front: Front, responder: Responder, address: str) -> str:
    """What is to be known of a client who must say for whom he asks."""
    introductions = front.introductions.get(responder.transport)
    if introductions is None or not introductions.demands(address):
        return ""
    return " for himself; as a balancer he says by PROXY headers for whom he asks"


def _query(name: str, type: str, client: Client, dnssec: bool) -> Query:
    if not name:
        raise CommandError("no name to ask for, such as example.org")
    try:
        query = Explained(ask(name, type, edns=BARE[dnssec]).wire, client)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if query.type in (AXFR, IXFR):
        raise CommandError("no stage sees a zone transfer")
    return query


async def _outcome(
    running: Running, responder: Responder, query: Query, permitted: bool, trace: Trace
) -> Any:
    """The answer, or why there is none."""
    if not permitted:
        return responder.refuse(query)
    result = resultOf(responder.resolve(query))
    if not isinstance(result, Deferred):
        return result
    late = running.reactor.callLater(LIMIT, _giveUp, result, responder)
    looking = LoopingCall(_lookFor, trace, result, responder)
    looking.clock = running.reactor
    if trace.dry:
        looking.start(_LOOK)
    try:
        return await result
    except BaseException:
        return Failure()
    finally:
        if late.active():
            late.cancel()
        if looking.running:
            looking.stop()
        for each in trace.unasked:
            each.cancel()


def _lookFor(trace: Trace, result: Deferred[Answer], responder: Responder) -> None:
    """Wait no longer than until somebody would have been asked."""
    if trace.unasked:
        _giveUp(result, responder)


def _giveUp(result: Deferred[Answer], responder: Responder) -> None:
    """Wait no longer, even where a stage fails as it is told so."""
    try:
        result.cancel()
    except BaseException:
        responder.contractViolations.tell(Failure())
