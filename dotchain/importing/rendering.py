"""Settings as an INI file with comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .settings import Server, Settings, Way

_GROUPS = {
    "failover": "one after the other, in this order",
    "fastest": "whoever has answered fastest of late",
    "spread": "each domain has one of them, so that none sees everything",
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
    ways: list[Way] = []
    for entry in settings.entries:
        keys = {"listen": "\n".join(entry.listen), **entry.keys, "chain": entry.way.name}
        lines += [*_section(f"front {entry.name}", keys, entry.remarks), ""]
        if entry.way not in ways:
            ways.append(entry.way)
    taken: set[str] = set()
    for way in ways:
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


def _way(way: Way, taken: set[str]) -> Iterator[str]:
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


def _upstreams(name: str, servers: list[Server], group: str, taken: set[str]) -> tuple[str, list[list[str]]]:
    """The name of what asks these servers, and its sections: those of one identity are one upstream."""
    alike: list[tuple[Server, list[str]]] = []
    for server in servers:
        found = next((each for first, each in alike if _same(first, server)), None)
        if found is None:
            alike.append((server, [server.address]))
        elif server.address not in found:
            found.append(server.address)
    names = [_free(first.keys.get("name", name) if len(alike) > 1 else name, taken) for first, _ in alike]
    sections = [
        list(_section(f"upstream {each}", {"address": "\n".join(addresses), **first.keys}, first.remarks))
        for each, (first, addresses) in zip(names, alike, strict=True)
    ]
    if len(names) == 1:
        return names[0], sections
    whole = _free(f"{name}-any", taken)
    keys = {"kind": group, "over": "\n".join(names)}
    return whole, [list(_section(f"upstream {whole}", keys, (_GROUPS[group],))), *sections]


def _same(one: Server, other: Server) -> bool:
    return one.keys == other.keys and one.remarks == other.remarks and _tls(one) == _tls(other)


def _tls(server: Server) -> bool:
    return server.address.startswith("tls:")


def _free(wanted: str, taken: set[str]) -> str:
    """A name for a section that none has yet."""
    plain = re.sub(r"[^a-z0-9-]+", "-", wanted.lower()).strip("-") or "up"
    found = next(
        name for number in range(1, len(taken) + 2) if (name := _numbered(plain, number)) not in taken
    )
    taken.add(found)
    return found


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"
