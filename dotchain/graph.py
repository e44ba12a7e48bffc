"""Which section leads to which: what no front reaches, and what leads back to itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import Any

from .address import Address
from .ini import Problem, Section
from .plan import Implied, Plan

Values = Mapping[Section, Mapping[str, Any]]


def unreachable(plan: Plan) -> list[Problem]:
    """The sections that no front leads to."""
    reached: set[Section] = set()
    waiting = list(plan.chains.values())
    while waiting:
        section = waiting.pop()
        if section not in reached:
            reached.add(section)
            waiting.extend(plan.paths.get(section, []))
    return [
        section.problem("", "no front leads here; name it in a path, or remove it")
        for section in plan.meanings
        if section.role in ("chain", "stage", "upstream")
        and section not in reached
        and not isinstance(section, Implied)
    ]


def clashes(plan: Plan, values: Values) -> list[Problem]:
    """Addresses that two sockets would listen on; TLS runs over TCP."""
    taken: dict[tuple[bool, str, int], Section] = {}
    problems = []
    for front in plan.role("front"):
        for address in values.get(front, {}).get("listen") or ():
            place = (address.transport == "udp", address.host, address.port)
            if address.port and place in taken:
                problems.append(front.problem("listen", f"{address} is taken by [{taken[place].title}]"))
            taken.setdefault(place, front)
    return problems


def _ours(address: Address, listening: Address) -> bool:
    """Whether what is sent to the address comes to the socket that listens there."""
    if (address.transport, address.port) != (listening.transport, listening.port):
        return False
    if address.ip == listening.ip:
        return True
    dual = listening.ip.version == address.ip.version
    return listening.ip.is_unspecified and dual and _local(address)


def _local(address: Address) -> bool:
    """Whether this machine has the address: then the way to it starts at itself. Nothing is sent."""
    if address.ip.is_loopback or address.ip.is_unspecified:
        return True
    with socket.socket(address.family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(address.sockaddr)
        except OSError:
            return False
        return bool(probe.getsockname()[0] == address.host)


class Loops:
    """
    Finds chains that lead back to themselves, by their paths or through an own front.

    @ivar problems: one for each loop, at the path of the chain that stands first in the file.
    """

    def __init__(self, plan: Plan, values: Values) -> None:
        self.problems: list[Problem] = []
        self._plan = plan
        self._values = values
        self._done: set[Section] = set()
        for chain in plan.paths:
            self._visit(chain, [])

    def _visit(self, chain: Section, trail: list[tuple[Section, tuple[str, ...]]]) -> None:
        chains = [section for section, _ in trail]
        if chain in chains:
            self._tell(trail[chains.index(chain) :])
        elif chain not in self._done:
            for following, through in self._next(chain):
                self._visit(following, [*trail, (chain, through)])
            self._done.add(chain)

    def _next(self, chain: Section) -> Iterator[tuple[Section, tuple[str, ...]]]:
        """The chains that this one leads to, each with the upstream in between."""
        for last in self._plan.paths[chain][-1:]:
            if last.role == "chain":
                yield last, ()
            elif last.role == "upstream":
                for front, following in self._plan.chains.items():
                    if self._asks(last, front):
                        yield following, (last.name,)

    def _asks(self, upstream: Section, front: Section) -> bool:
        listens = self._values.get(front, {}).get("listen") or ()
        asked = self._values.get(upstream, {}).values()
        addresses = [each for value in asked if isinstance(value, tuple) for each in value]
        return any(
            _ours(address, listening)
            for address in addresses
            if isinstance(address, Address) and type(address) is Address
            for listening in listens
        )

    def _tell(self, loop: list[tuple[Section, tuple[str, ...]]]) -> None:
        first = min(range(len(loop)), key=lambda index: loop[index][0].line)
        turned = [*loop[first:], *loop[:first]]
        names = [name for section, through in turned for name in (section.name, *through)]
        path = " -> ".join([*names, turned[0][0].name])
        self.problems.append(
            turned[0][0].problem("path", f"is a loop: {path}; a path must end with an upstream elsewhere")
        )
