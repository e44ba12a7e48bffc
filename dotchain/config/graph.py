"""Which section leads to which: what no front reaches, and what leads back to itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..address import Address
from .implied import Implied
from .ini import Problem, Section
from .plan import Plan

Values = Mapping[Section, Mapping[str, Any]]


def unreachable(plan: Plan) -> list[Problem]:
    """The sections that no front leads to; where there is no front, just that."""
    if not plan.role("front"):
        return [Problem(1, "", "", "no [front NAME] section: nothing would listen")]
    reached = set().union(*(leadsTo(plan, chain) for chain in plan.chains.values()))
    return [
        section.problem("", "no front leads here; name it in a path, or remove it")
        for section in plan.meanings
        if section.role in ("chain", "stage", "upstream")
        and section not in reached
        and not isinstance(section, Implied)
    ]


def leading(plan: Plan) -> dict[Section, list[Section]]:
    """For each section that a front leads to, those fronts."""
    found: dict[Section, list[Section]] = {}
    for front, chain in plan.chains.items():
        for section in leadsTo(plan, chain):
            found.setdefault(section, []).append(front)
    return found


def patience(plan: Plan, values: Values, front: Section) -> float | None:
    """The longest C{timeout} of the upstreams that a front leads to, groups too; None where none has one."""
    upstreams = [section for section in leadsTo(plan, plan.chains.get(front)) if section.role == "upstream"]
    found = [values.get(each, {}).get("timeout") for each in upstreams]
    return max((each for each in found if isinstance(each, int | float)), default=None)


def way(plan: Plan, front: Section) -> list[str]:
    """The names of all that a query of a front meets where nothing answers it before, in their order."""
    stages: list[Section] = []
    path = plan.paths[plan.chains[front]]
    while path[-1].role == "chain":
        stages += path[:-1]
        path = plan.paths[path[-1]]
    return [each.name for each in (*stages, *path)]


def leadsTo(plan: Plan, start: Section | None) -> set[Section]:
    """All sections that one leads to, itself among them."""
    reached: set[Section] = set()
    waiting = [] if start is None else [start]
    while waiting:
        section = waiting.pop()
        if section not in reached:
            reached.add(section)
            waiting.extend(each for _, each in plan.following(section))
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


class _Step(NamedTuple):
    """
    A chain, a group or a stage on the way to another one.

    @ivar key: its key that leads on.
    @ivar through: the upstream that does, where an own front is asked.
    """

    section: Section
    key: str
    through: tuple[str, ...]


# What must not lead back to itself, by its role.
_ENDS = {
    "chain": "a path must end with an upstream elsewhere",
    "stage": "a stage must ask upstreams elsewhere",
    "upstream": "a group must end with an upstream elsewhere",
}


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

    def _visit(self, section: Section, trail: list[_Step]) -> None:
        """@param trail: the way here."""
        before = [each.section for each in trail]
        if section in before:
            self._tell(trail[before.index(section) :])
        elif section not in self._done:
            for following, step in self._next(section):
                self._visit(following, [*trail, step])
            self._done.add(section)

    def _next(self, section: Section) -> Iterator[tuple[Section, _Step]]:
        """The chains and groups that this one leads to, each with the step to it."""
        plan = self._plan
        for key, asked in plan.following(section):
            if asked.role == "chain" or asked in plan.groups:
                yield asked, _Step(section, key, ())
            elif asked.role == "upstream":
                for front, following in plan.chains.items():
                    if self._asks(asked, front):
                        yield following, _Step(section, key, (asked.name,))

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

    def _tell(self, loop: list[_Step]) -> None:
        first = min(range(len(loop)), key=lambda index: loop[index].section.place)
        turned = [*loop[first:], *loop[:first]]
        section, key, _ = turned[0]
        names = [name for step in turned for name in (step.section.name, *step.through)] + [section.name]
        told = f"is a loop: {' -> '.join(names)}; {_ENDS[section.role]}"
        self.problems.append(self._plan.blame(section, key, names[1], told))
