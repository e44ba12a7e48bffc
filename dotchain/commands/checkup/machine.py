"""This machine, and the daemon on it: network, clock, files."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from ...address import Address
from ...config.ini import Problem
from ...tls.certificates import day
from .finding import Finding, bad, good, look

ABOUT = "this machine"

_LAG = 100.0
"""Milliseconds that what is due at once may wait."""


def configuration(file: str, errors: Iterable[Problem], warnings: Iterable[Problem]) -> Iterator[Finding]:
    """What C{dotchain check} says."""
    for error in errors:
        found = bad(
            file, error.at(file), "put it right; no daemon starts with that file, and none reloads it"
        )
        yield found._replace(section=error.section)
    for warning in warnings:
        yield look(file, warning.at(file))._replace(section=warning.section)


def routeless(addresses: Sequence[Address]) -> bool:
    """Whether the system has no way to any of these; those of this machine aside."""
    away = [each for each in addresses if not ip_address(each.host.partition("%")[0]).is_loopback]
    return bool(away) and len(away) == len(addresses) and not any(map(_hasRoute, away))


def _hasRoute(address: Address) -> bool:
    try:
        with socket.socket(address.family, socket.SOCK_DGRAM) as probe:
            # Sends nothing.
            probe.connect(address.sockaddr)
    except OSError:
        return False
    return True


def noNetwork() -> Finding:
    """For when that is so."""
    return bad(
        ABOUT, "has no network: no route leads to any upstream", "`ip link`, `ip route`: is it plugged in?"
    )


def clock(now: float | None = None) -> Iterator[Finding]:
    """Whether the clock can be right: this program was not written in the future."""
    built = Path(__file__).stat().st_mtime
    if (time.time() if now is None else now) < built - 86400:
        then = day(datetime.fromtimestamp(built, timezone.utc))
        yield bad(
            ABOUT,
            f"has a clock before {then}, when dotchain was installed: certificates are not valid yet",
            "`timedatectl set-ntp true`; clock-names of an upstream help where that needs DNS",
        )


def daemon(stats: Any) -> Iterator[Finding]:
    """What a running daemon says of itself."""
    process = stats["process"]
    yield good(
        ABOUT, f"runs dotchain {process['version']} with {process['configuration']}, pid {process['pid']}"
    )
    used, limit = process["open-files"], process["open-files-limit"]
    if used and limit and used > 0.8 * limit:
        yield bad(
            ABOUT, f"{used} of {limit} open files are in use", "raise open-files, or LimitNOFILE of its unit"
        )
    if process["loop-lag-ms"] > _LAG:
        text = f"what is due at once waits {process['loop-lag-ms']:.0f} ms"
        yield look(ABOUT, text, "the log names what takes so long; workers = auto spreads the load")
    if Path("/run/systemd/system").is_dir() and not _inUnit(process["pid"]):
        text = "the daemon runs outside of a systemd unit: nobody starts it again"
        yield look(ABOUT, text, "etc/systemd has units; docs/install.rst tells how")


def _inUnit(pid: int) -> bool:
    try:
        return ".service" in Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        return True


def drained(upstreams: Any) -> Iterator[Finding]:
    """What an operator may have forgotten, and what the daemon has met with that we may not."""
    for name, each in upstreams.items():
        if each.get("drained"):
            yield look(f"[upstream {name}]", "is drained", f"`dotchain undrain {name}` has it asked again")
        for address, found in each.get("addresses", {}).items():
            trouble = found["trouble"]
            if found["state"] in ("down", "refused") and trouble:
                text = f"the daemon has found it {found['state']}: {trouble['text']}"
                yield look(f"[upstream {name}] {address}", text)
