"""What is wrong with upstreams, by what C{upstreams} tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .finding import ERROR, WARNING, Finding
from .words import lasting, listed

Figures = Mapping[str, Any]

_IDLE = ("down", "drained")
"""States of a member that is not asked."""

_TROUBLE = ("down", "refused")
"""States of an address that has no answers for us."""

_DATED = ("expired on", "not valid before")
"""What is told of a certificate that the time alone speaks against."""


def upstreamFindings(upstreams: Figures) -> Iterator[Finding]:
    """Each upstream, or group of them, that does not answer, or not from everywhere."""
    spared = _spared(upstreams)
    for name, upstream in upstreams.items():
        if upstream.get("drained"):
            remedy = f"dotchain undrain {name} ends that"
            yield Finding(WARNING, f"upstream {name}", "is drained, and gets no queries", remedy)
        elif found := _addresses(name, upstream) or _members(name, upstream):
            yield found._replace(level=WARNING) if name in spared else found


def answers(upstream: Figures) -> bool | None:
    """Whether an upstream over the network answers; None where it was not asked, so that nobody knows."""
    states = [each["state"] for each in upstream["addresses"].values()]
    if not states or all(state in _TROUBLE for state in states):
        return False
    return True if upstream["answers"] or "connected" in states else None


def _spared(upstreams: Figures) -> set[str]:
    """Members of groups that have another one: clients have their answers all the same."""
    return {
        name
        for group in upstreams.values()
        for name in group.get("members", {})
        if any(each["state"] not in _IDLE for other, each in group["members"].items() if other != name)
    }


def _addresses(name: str, upstream: Figures) -> Finding | None:
    addresses: Figures = upstream.get("addresses", {})
    subject = f"upstream {name}"
    if not addresses:
        trouble = upstream.get("trouble")
        remedy = "see whether its bootstrap servers answer: dotchain doctor looks"
        return Finding(ERROR, subject, "has no address", remedy, str(trouble)) if trouble else None
    wrong = {key: each for key, each in addresses.items() if each["state"] in _TROUBLE}
    if not wrong:
        return None
    told = "; ".join(f"{key} {_why(each)}" for key, each in wrong.items())
    if len(wrong) == len(addresses):
        return Finding(ERROR, subject, "does not answer", _remedy(wrong), told)
    text = f"{len(wrong)} of {len(addresses)} addresses fail"
    return Finding(WARNING, subject, text, _remedy(wrong), told)


def _why(address: Figures) -> str:
    trouble, wait = address.get("trouble"), address.get("next-trial-seconds")
    other = "does not prove who it is" if _dated(address) else "is not the server that is wanted"
    words = other if address["state"] == "refused" else "is down"
    if trouble:
        words += f" ({trouble['text']}, {lasting(trouble['seconds-ago'])} ago)"
    return f"{words}, tried again in {lasting(wait)}" if wait else words


def _dated(address: Figures) -> bool:
    trouble: Figures = address.get("trouble") or {}
    return any(word in trouble.get("text", "") for word in _DATED)


def _remedy(wrong: Figures) -> str:
    refused = next((key for key, each in wrong.items() if each["state"] == "refused"), None)
    if refused is None:
        return "see whether the server runs and can be reached from here: dotchain doctor looks closer"
    if _dated(wrong[refused]):
        return "have the server's operator renew its certificate, if the clock here is right"
    place = refused.rpartition("://")[2]
    host, _, port = place.rpartition(":")
    return (
        f"compare name and pin-sha256 with what is there: dotchain pin {host.strip('[]')}#{port}; "
        "change them only where you know why it has another key"
    )


def _members(name: str, group: Figures) -> Finding | None:
    members: Figures = group.get("members", {})
    down = [key for key, each in members.items() if each["state"] == "down"]
    if not down or len(down) < len(members):
        # Each of them tells of itself.
        return None
    remedy = "what they say of themselves tells why"
    return Finding(ERROR, f"group {name}", "none of its members answers", remedy, listed(down))
