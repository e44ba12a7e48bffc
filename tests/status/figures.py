"""Figures of daemons as the control socket tells them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from dotchain.status.snapshot import Snapshot

AT = datetime(2027, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
"""When all of them are looked at."""


def process(uptime: float = 60.0, **more: Any) -> dict[str, Any]:
    """The process."""
    given = {
        "version": "0.1.0",
        "pid": 4711,
        "configuration": "/etc/dotchain/lab.ini",
        "uptime-seconds": uptime,
        "cpu-seconds": 1.0,
        "memory-octets": 50 << 20,
        "open-files": 20,
        "open-files-limit": 1024,
        "loop-lag-ms": 0.05,
        "reloads": 0,
        "reloads-failed": 0,
    }
    return {**given, **more}


def front(queries: int = 0, **more: Any) -> dict[str, Any]:
    """One transport of a front."""
    counted = dict.fromkeys(
        ("dropped", "failed", "malformed", "refused", "remembered", "repeated", "shed"), 0
    )
    return {"queries": queries, **counted, "in-flight": 0, **more}


def address(state: str = "connected", **more: Any) -> dict[str, Any]:
    """One address of an upstream, as C{upstreams} tells of it."""
    given = {
        "state": state,
        "queries": 10,
        "answers": 10,
        "in-flight": 0,
        "latency-ms": 1.5,
        "failures": {},
        "connections": {"open": 1, "begun": 1},
        "next-trial-seconds": None,
        "trouble": None,
        "peer": None,
        "connections-now": [],
    }
    return {**given, **more}


def peer(notAfter: str = "2028-01-01T00:00:00+00:00", **more: Any) -> dict[str, Any]:
    """Who is at an address."""
    given = {
        "version": "TLSv1.3",
        "resumed": False,
        "authenticated": True,
        "name": "dns.example",
        "reason": None,
        "not-after": notAfter,
        "pins": [],
    }
    return {**given, **more}


def upstream(answers: int = 10, trouble: str | None = None, **addresses: Any) -> dict[str, Any]:
    """An upstream over the network; its addresses are C{tls://NAME:853}."""
    return {
        "kind": "forward",
        "queries": answers,
        "answers": answers,
        "in-flight": 0,
        "shed": 0,
        "downgraded": 0,
        "trouble": trouble,
        "addresses": {f"tls://{name}:853": each for name, each in addresses.items()},
    }


def group(**members: str) -> dict[str, Any]:
    """A group, its members and their states."""
    numbers = {"asked": 0, "won": 0, "failed": 0, "probes": 0, "in-flight": 0, "latency-ms": None}
    given = {name: {**numbers, "state": state, "next-trial-seconds": None} for name, state in members.items()}
    return {"kind": "failover", "members": given}


def stats(
    fronts: Any = None, stages: Any = None, upstreams: Any = None, uptime: float = 60.0, **more: Any
) -> dict[str, Any]:
    """What C{stats} says."""
    return {
        "process": process(uptime, **more),
        "fronts": fronts if fronts is not None else {"lan": {"udp": front()}},
        "stages": stages or {},
        "upstreams": upstreams or {},
    }


def machine(name: str, **more: Any) -> dict[str, Any]:
    """A machine that shares answers, as C{fleet} tells of it."""
    given = {
        "machine": name,
        "id": "0123456789abcdef",
        "this": False,
        "version": "0.1.0",
        "workers": 1,
        "workers-heard": 1,
        "uptime-seconds": 7200.0,
        "queries-per-second": None,
        "failed-per-second": None,
        "cache-hit-ratio": None,
        "shared-hit-ratio": None,
        "certificate-days": 83.5,
        "heard-seconds-ago": 3.0,
        "clock-off-seconds": None,
    }
    return {**given, **more}


def fleet(*machines: dict[str, Any], state: str = "up", unreadable: int = 0) -> dict[str, Any]:
    """What C{fleet} says."""
    return {"shared": {"state": state, "machines": [*machines], "unreadable": unreadable}}


def snapshot(
    upstreams: dict[str, Any] | None = None, before: Snapshot | None = None, **given: Any
) -> Snapshot:
    """One look at a daemon with these upstreams."""
    more: dict[str, Any] = {verb: given.pop(verb) for verb in ("fleet", "health", "metrics") if verb in given}
    told: dict[str, Any] = {
        "stats": stats(upstreams=upstreams or {}, **given),
        "upstreams": upstreams or {},
        **more,
    }
    return Snapshot(told, AT, before)
