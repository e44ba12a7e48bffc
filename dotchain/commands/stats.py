"""C{dotchain stats}: what the running daemon has counted."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from . import controlclient, fleettable
from .presentation import clean
from .table import counted, lasting, mega, table

_COUNTS = (
    *(
        "queries",
        "remembered",
        "repeated",
        "refused",
        "malformed",
        "failed",
        "shed",
        "dropped",
        "truncated",
        "in-flight",
    ),
    *("connections", "accepted", "turned away"),
)


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "With --fleet it exits with 1 where no server is shared, or one is away."
    parser.add_argument("--fleet", action="store_true", help="list the machines that share answers instead")
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    if arguments.fleet:
        return controlclient.tell(arguments, fleettable.printed, negative=fleettable.isAway, verb="fleet")
    return controlclient.tell(arguments, lambda found: "\n".join(_lines(found)))


def _lines(found: Any) -> Iterator[str]:
    process = found["process"]
    yield f"dotchain {process['version']} with {process['configuration']}, {_process(process)}"
    yield from (f"worker {number}: {_process(each)}" for number, each in process.get("workers", {}).items())
    yield from ("", *_fronts(found["fronts"]))
    stages = [line for name, numbers in found["stages"].items() for line in _stage(name, numbers)]
    if stages:
        yield from ("", *stages)
    upstreams = found["upstreams"]
    # Each worker has the same to complain of.
    wrong = [clean(line) for line in dict.fromkeys(found.get("faults", ()))]
    for lines in (_addresses(upstreams), _members(upstreams), _others(upstreams), wrong):
        if lines:
            yield from ("", *lines)


def _stage(name: str, numbers: Any) -> Iterator[str]:
    """Its counters, and a line for each of those that are of several things."""
    several = {key: value for key, value in numbers.items() if isinstance(value, dict)}
    plain = {key: value for key, value in numbers.items() if key not in several}
    if plain:
        yield f"{name}: {counted(plain)}"
    for key, value in several.items():
        if value:
            yield f"{name}: {key}: {counted(value)}"


def _process(process: Any) -> str:
    words = [
        f"process {process['pid']}",
        f"up {lasting(process['uptime-seconds'])}",
        mega(process["memory-octets"]),
        f"{process['open-files']} of {process['open-files-limit']} files open",
        f"{process['loop-lag-ms']} ms behind",
    ]
    return ", ".join(words)


def _fronts(fronts: Any) -> Iterator[str]:
    """A line for each front and transport; counters that are 0 everywhere are left out."""
    rows = [
        (name, transport, _flat(counts))
        for name, transports in fronts.items()
        for transport, counts in transports.items()
    ]
    keys = [key for key in _COUNTS if key == "queries" or any(numbers.get(key) for _, _, numbers in rows)]
    lines = [[name, transport, *(numbers.get(key) for key in keys)] for name, transport, numbers in rows]
    yield from table(["FRONT", "", *(key.upper() for key in keys)], lines, 2)
    for name, transport, numbers in rows:
        if numbers.get("proxy-headers"):
            yield f"{name} ({transport}): PROXY headers: {counted(numbers['proxy-headers'])}"
        if numbers.get("handshakes"):
            yield f"{name}: handshakes: {counted(numbers['handshakes'])}"
        if numbers.get("groups"):
            yield f"{name}: keys exchanged by: {counted(numbers['groups'])}"
        if numbers.get("identified"):
            yield f"{name}: clients with a name: {numbers['identified']}"


def _flat(counts: Any) -> Any:
    """The counters of one transport with those of its connections beside them."""
    connections = counts.get("connections", {})
    names = {"open": "connections", "accepted": "accepted", "shed": "turned away"}
    return {**counts, **{names[key]: value for key, value in connections.items()}}


def _addresses(upstreams: Any) -> list[str]:
    rows = [
        [
            name,
            address,
            *(each[key] for key in ("queries", "answers")),
            sum(each["failures"].values()),
            each["in-flight"],
            each["latency-ms"],
            each.get("connections", each.get("sockets"))["open"],
        ]
        for name, upstream in upstreams.items()
        for address, each in upstream.get("addresses", {}).items()
    ]
    head = ["UPSTREAM", "ADDRESS", "QUERIES", "ANSWERS", "FAILURES", "IN FLIGHT", "LATENCY MS", "CONNECTIONS"]
    return table(head, rows, 2)


def _members(upstreams: Any) -> list[str]:
    keys = ("asked", "won", "failed", "probes", "in-flight", "latency-ms")
    rows = [
        [name, member, *(each[key] for key in keys)]
        for name, upstream in upstreams.items()
        for member, each in upstream.get("members", {}).items()
    ]
    return table(["GROUP", "MEMBER", "ASKED", "WON", "FAILED", "PROBES", "IN FLIGHT", "LATENCY MS"], rows, 2)


def _others(upstreams: Any) -> list[str]:
    """Counters that stand in no table."""
    tabled = ("queries", "answers", "in-flight", "addresses", "members")
    kept = {
        name: {key: value for key, value in upstream.items() if key not in tabled}
        for name, upstream in upstreams.items()
    }
    return [f"{name}: {counted(numbers)}" for name, numbers in kept.items() if numbers]
