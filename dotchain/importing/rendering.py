"""Settings as an INI file with comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .settings import Server, Settings, Way

_GROUPS = {
    "failover": "one after the other, in this order",
    "fastest": "whoever has answered fastest of late",
    "round-robin": "one after the other, query by query",
}


def rendered(settings: Settings, file: str) -> str:
    """
    The INI file.

    @param file: what was imported.
    """
    lines = [f"; From {file}, a configuration of {settings.program}, by `dotchain import`."]
    lines += ["; `dotchain check` tells what is wrong with it, `dotchain doctor` whether it works.", ""]
    if settings.process:
        lines += [*_section("dotchain", settings.process), ""]
    ways: dict[int, Way] = {}
    for entry in settings.entries:
        keys = {"listen": "\n".join(entry.listen), **entry.keys, "chain": entry.way.name}
        lines += [*_section(f"front {entry.name}", keys, entry.remarks), ""]
        ways[id(entry.way)] = entry.way
    taken: dict[str, int] = {}
    for way in ways.values():
        lines += _way(way, taken)
    return "\n".join([*lines, *_left(settings)]) + "\n"


def _left(settings: Settings) -> Iterator[str]:
    if settings.left:
        yield "; Not carried over:"
        yield from (f";   {where}: {line}" for where, line in settings.left)


def _section(title: str, keys: dict[str, str], remarks: tuple[str, ...] = ()) -> Iterator[str]:
    yield f"[{title}]"
    yield from (f"; {remark}" for remark in remarks)
    width = max(map(len, keys), default=0)
    for key, value in keys.items():
        first, *rest = value.split("\n")
        yield f"{key:{width}} = {first}"
        yield from (f"{'':{width}}   {each}" for each in rest)


def _way(way: Way, taken: dict[str, int]) -> Iterator[str]:
    """A chain, its stages, and the upstreams that it leads to."""
    ends, sections = {}, []
    for zone, servers in way.zones.items():
        ends[zone], made = _upstreams("up" if zone == "." else zone, servers, way.group, taken)
        sections += made
    rules = [f"{zone.rstrip('.')} -> {end}" for zone, end in ends.items() if zone != "."]
    route = _free("route", taken) if rules else ""
    stages = {
        (_free(name, taken) if way.resolves else name): (name, keys) for name, keys in way.stages.items()
    }
    path = [name for name, (kind, _) in stages.items() if kind != "special"]
    path += [route] if route else []
    path += [name for name, (kind, _) in stages.items() if kind == "special"]
    remarks = ("in the order that a query meets them",)
    yield from _section(f"chain {way.name}", {"path": " ".join([*path, ends["."]])}, remarks)
    yield ""
    if route:
        named = {} if route == "route" else {"kind": "route"}
        yield from [*_section(f"stage {route}", {**named, "rules": "\n".join(rules)}), ""]
    for name, (kind, keys) in stages.items():
        if keys or name != kind:
            named = {} if name == kind else {"kind": kind}
            yield from [*_section(f"stage {name}", {**named, **keys}), ""]
    for section in sections:
        yield from [*section, ""]


def _upstreams(
    name: str, servers: list[Server], group: str, taken: dict[str, int]
) -> tuple[str, list[list[str]]]:
    """
    The name of what asks these servers, and its sections: those of one identity are one upstream,
    unless each is to have its turn.
    """
    alike: dict[object, tuple[Server, dict[str, None]]] = {}
    for number, server in enumerate(servers):
        own = number if group == "round-robin" else None
        first = alike.setdefault((_identity(server), own), (server, {}))
        first[1][server.address] = None
    found = list(alike.values())
    names = [_free(first.keys.get("name", name) if len(found) > 1 else name, taken) for first, _ in found]
    sections = [
        list(_section(f"upstream {each}", {"address": "\n".join(addresses), **first.keys}, first.remarks))
        for each, (first, addresses) in zip(names, found, strict=True)
    ]
    if len(names) == 1:
        return names[0], sections
    whole = _free(f"{name}-any", taken)
    keys = {"kind": group, "over": "\n".join(names)}
    return whole, [list(_section(f"upstream {whole}", keys, (_GROUPS[group],))), *sections]


def _identity(server: Server) -> object:
    """What one upstream has in common."""
    return tuple(sorted(server.keys.items())), server.remarks, server.address.startswith("tls:")


def _free(wanted: str, taken: dict[str, int]) -> str:
    """
    A name for a section that none has yet.

    @param taken: names, and by which number each is to be tried next.
    """
    plain = re.sub(r"[^a-z0-9-]+", "-", wanted.lower()).strip("-") or "up"
    found = plain
    while found in taken:
        taken[plain] += 1
        found = f"{plain}-{taken[plain]}"
    taken[found] = 1
    return found
