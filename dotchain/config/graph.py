"""Which section leads to which: what no front reaches, and what leads back to itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import Any

from ..address import Address
from .ini import Problem, Section
from .plan import OVER, Implied, Plan

Values = Mapping[Section, Mapping[str, Any]]


def unreachable(plan: Plan) -> list[Problem]:
    """The sections that no front leads to; where there is no front, just that."""
    if not plan.role("front"):
        return [Problem(1, "", "", "no [front NAME] section: nothing would listen")]
    reached = set().union(*(_from(plan, chain) for chain in plan.chains.values()))
    return [
        section.problem("", "no front leads here; name it in a path, or remove it")
        for section in plan.meanings
        if section.role in ("chain", "stage", "upstream")
        and section not in reached
        and not isinstance(section, Implied)
    ]


def patience(plan: Plan, values: Values, front: Section) -> float | None:
    """The longest C{timeout} of the upstreams that a front leads to, groups too; None where none has one."""
    upstreams = [section for section in _from(plan, plan.chains.get(front)) if section.role == "upstream"]
    found = [values.get(each, {}).get("timeout") for each in upstreams]
    return max((each for each in found if isinstance(each, int | float)), default=None)


def _from(plan: Plan, start: Section | None) -> set[Section]:
    """All sections that one leads to, itself among them."""
    reached: set[Section] = set()
    waiting = [] if start is None else [start]
    while waiting:
        section = waiting.pop()
        if section not in reached:
            reached.add(section)
            waiting.extend(plan.paths.get(section, []) + plan.groups.get(section, []))
    return reached


def clashes(plan: Plan, values: Values) -> list[Problem]:
    """Addresses that two sockets would listen on; TLS runs over TCP, and a wildcard takes all addresses."""
    taken: list[tuple[Address, Section]] = []
    problems = []
    for front in plan.role("front"):
        for address in values.get(front, {}).get("listen") or ():
            for other, owner in taken:
                if _clash(address, other):
                    whose = "" if address == other else f"{other} of "
                    twice = address == other and owner is front
                    why = "stands there twice" if twice else f"is taken by {whose}[{owner.title}]"
                    problems.append(front.problem("listen", f"{address} {why}"))
                    break
            taken.append((address, front))
    return problems


def _clash(one: Address, other: Address) -> bool:
    """Whether the system refuses to bind both."""
    if one.port != other.port or not one.port or (one.transport == "udp") != (other.transport == "udp"):
        return False
    wild = one.ip.is_unspecified or other.ip.is_unspecified
    return one.ip == other.ip or (wild and one.ip.version == other.ip.version)


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
    Finds chains and groups that lead back to themselves, by what they name or through an own front.

    @ivar problems: one for each loop, at the section of it that stands first in the file.
    """

    def __init__(self, plan: Plan, values: Values) -> None:
        self.problems: list[Problem] = []
        self._plan = plan
        self._values = values
        self._done: set[Section] = set()
        for section in [*plan.paths, *plan.groups]:
            self._visit(section, [])

    def _visit(self, section: Section, trail: list[tuple[Section, tuple[str, ...]]]) -> None:
        """@param trail: the chains and groups on the way here, each with the upstream that leads on."""
        before = [each for each, _ in trail]
        if section in before:
            self._tell(trail[before.index(section) :])
        elif section not in self._done:
            for following, through in self._next(section):
                self._visit(following, [*trail, (section, through)])
            self._done.add(section)

    def _next(self, section: Section) -> Iterator[tuple[Section, tuple[str, ...]]]:
        """The chains and groups that this one leads to, each with the upstream in between."""
        plan = self._plan
        for asked in plan.groups[section] if section in plan.groups else plan.paths[section]:
            if asked.role == "chain" or asked in plan.groups:
                yield asked, ()
            elif asked.role == "upstream":
                for front, following in plan.chains.items():
                    if self._asks(asked, front):
                        yield following, (asked.name,)

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
        key, ends = ("path", "path") if turned[0][0].role == "chain" else (OVER, "group")
        self.problems.append(
            turned[0][0].problem(key, f"is a loop: {path}; a {ends} must end with an upstream elsewhere")
        )
