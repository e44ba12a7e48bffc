"""What is measured: who does which work, how, and with how much room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .candidate import Room
from .daemons.held import filled
from .daemons.silent import SilentServer
from .load import names
from .load.dnsperf import Load
from .methods.arrivals import Arrivals
from .methods.filling import Filling
from .methods.held import HELD, HeldNames
from .methods.idle import IDLE_SECONDS, Idle
from .methods.latency import Latency, LatencyInTraffic
from .methods.method import Method
from .methods.silence import Silence
from .methods.soak import Soak
from .methods.starting import Starting
from .methods.throughput import Cost, Throughput
from .plan import Plan
from .roles import ANSWERING, ARRIVED_AT, CACHING, FORWARDING, POLICY, PROXIES, SHARED, WORKERS, Role
from .site import Site, deaf

CONNECTIONS = (1, 20, 200, 1000)
RATES = (50_000, 150_000)
IDLE = 5000
VISITS = 200

_UDP = Load("udp", 8)
# The system spreads clients over the sockets of workers by their ports: few would not spread evenly.
_SPREAD = 500
# dnsdist's cache must hold every unique name of a run.
_PASSING = 2_000_000
# Room for many connections takes memory of some, even where there are none.
_FEW = 100


@dataclass(frozen=True)
class Scenario:
    """
    @ivar title: what it is, in a line.
    @ivar role: who takes part.
    @ivar method: makes what measures them.
    @ivar room: what they must have room for.
    @ivar furnish: adds to the place what its forwarders ask instead of the backend.
    @ivar anew: each is started for each run, and no other runs then; else all run all the time.
    @ivar soak: it takes long, and is run by C{--soak} alone or by its name.
    """

    title: str
    role: Role
    method: Callable[[Plan, Path], Method]
    room: Callable[[Plan], Room] = lambda plan: Room()
    furnish: Callable[[Site, ExitStack], None] = lambda site, stack: None
    anew: bool = False
    soak: bool = False


def silent(site: Site, stack: ExitStack) -> None:
    """A server that leaves some names unanswered."""
    server = SilentServer(site.place("silent"), site.credentials)
    site.servers = [stack.enter_context(deaf(server)).tlsPort]


def _udp() -> Iterator[tuple[str, Scenario]]:
    yield "cached", Scenario("UDP in, 1,000 names from the cache", ANSWERING, partial(Throughput, load=_UDP))
    yield (
        "zipf",
        Scenario(
            "UDP in, 100,000 names from the cache, drawn by Zipf's law",
            ANSWERING,
            partial(Throughput, load=_UDP, names=names.Ranked, count=names.RANKED),
            lambda plan: Room(names=names.RANKED),
        ),
    )
    yield (
        "unique",
        Scenario(
            "UDP in, unique names, DNS over TLS out",
            FORWARDING,
            partial(Throughput, load=_UDP, names=names.Unique),
            lambda plan: Room(passing=_PASSING),
        ),
    )
    for rate in RATES:
        title = f"UDP in, 1,000 names from the cache, {rate:,} queries a second"
        yield f"cpu-{rate}", Scenario(title, ANSWERING, partial(Cost, load=_UDP, rate=rate))


def _policy() -> Iterator[tuple[str, Scenario]]:
    differ = "with and without the stages route, block, answers and limit"
    yield (
        "policy",
        Scenario(f"UDP in, 1,000 names from the cache, {differ}", POLICY, partial(Throughput, load=_UDP)),
    )
    yield (
        "policy-unique",
        Scenario(
            f"UDP in, unique names, DNS over TLS out, {differ}",
            POLICY,
            partial(Throughput, load=_UDP, names=names.Unique),
        ),
    )


def _silence() -> Iterator[tuple[str, Scenario]]:
    title = "UDP in, unique names, DNS over TLS out, 1,000 a second beside as many that are never answered"
    # What one still asks for again must not be in the way of the next.
    yield "silent", Scenario(title, FORWARDING, Silence, furnish=silent, anew=True)


def _shared() -> Iterator[tuple[str, Scenario]]:
    yield (
        "shared",
        Scenario(
            "UDP in, names that a shared cache holds, beside the same over DNS over TLS",
            SHARED,
            partial(HeldNames, load=_UDP),
            lambda plan: Room(passing=plan.count(HELD)),
            furnish=filled,
            anew=True,
        ),
    )


def _streams(prefix: str, role: Role, what: str, visited: Role) -> Iterator[tuple[str, Scenario]]:
    """@param visited: those to whom new connections with full handshakes come."""
    for number in CONNECTIONS:
        load = Load("dot", number)
        title = f"DNS over TLS in, {number:,} connections, {what}"
        yield f"{prefix}-{number}", Scenario(title, role, partial(Throughput, load=load))
    for name, resumes, met in (("new", False, visited), ("resumed", True, role)):
        handshake = "resumed" if resumes else "full"
        title = f"DNS over TLS in, new connections with a query each, {handshake} handshakes, {what}"
        yield f"{prefix}-{name}", Scenario(title, met, partial(Arrivals, resumes=resumes))
    yield (
        f"{prefix}-idle",
        Scenario(
            f"DNS over TLS in, {IDLE:,} idle connections, {what}",
            role,
            partial(Idle, connections=IDLE),
            lambda plan: Room(connections=IDLE + 100, idle=IDLE_SECONDS),
            anew=True,
        ),
    )


def _rest() -> Iterator[tuple[str, Scenario]]:
    title = "UDP in, 1,000 names from the cache, at half of the slowest one's load"
    yield "latency", Scenario(title, ANSWERING, partial(Latency, load=_UDP))
    method = partial(LatencyInTraffic, load=_UDP, visits=VISITS)
    yield "latency-new", Scenario(f"{title}, while TLS connections come and go", ANSWERING, method)
    room = Room(connections=_FEW)
    yield (
        "start",
        Scenario("from start to the first answer", FORWARDING, Starting, lambda plan: room, anew=True),
    )
    yield (
        "memory",
        Scenario(
            "UDP in, a cache full of names",
            CACHING,
            Filling,
            lambda plan: Room(names=plan.names, connections=_FEW),
            anew=True,
        ),
    )
    apart = "UDP in, 1,000 names from the cache, two processes and one, each with 15 % of a processor"
    yield "workers", Scenario(apart, WORKERS, partial(Throughput, load=Load("udp", _SPREAD)))
    yield "soak", Scenario(f"{title}, for long", ANSWERING, partial(Soak, load=_UDP), soak=True)
    yield (
        "soak-unique",
        Scenario(
            "UDP in, unique names, DNS over TLS out, at half of the slowest one's load, for long",
            CACHING,
            partial(Soak, load=_UDP, names=names.Unique),
            lambda plan: Room(passing=_PASSING),
            soak=True,
        ),
    )


def _all() -> Iterator[tuple[str, Scenario]]:
    yield from _udp()
    yield from _policy()
    yield from _silence()
    yield from _shared()
    yield from _streams("dot-in", PROXIES, "a plain nameserver behind", PROXIES)
    yield from _streams("dot-cached", ANSWERING, "names from the cache", ARRIVED_AT)
    yield from _rest()


SCENARIOS = dict(_all())


def usual(soak: bool) -> list[str]:
    """The names of those that are run where none is named."""
    return [name for name, scenario in SCENARIOS.items() if scenario.soak == soak]
