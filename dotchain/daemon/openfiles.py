"""Open files: how many the system allows, and who may have how many of them."""

from __future__ import annotations

import os
import resource
import sys

from twisted.logger import Logger

from ..config.build import Part
from ..config.ini import Problem
from ..config.tree import Tree

RESERVE = 32
"""For standard streams, the reactor, the log, and what a reload opens for a moment."""

_log = Logger("dotchain")


def _number(limit: int) -> int:
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def attainable(wanted: int | None) -> int:
    """
    The limit that a daemon would have that is started here.

    @param wanted: what the operator wants; None is as many as may be.
    """
    soft, hard = (_number(limit) for limit in resource.getrlimit(resource.RLIMIT_NOFILE))
    if wanted is None:
        return hard
    return wanted if wanted <= hard or os.geteuid() == 0 else soft


def raiseLimit(wanted: int | None) -> int:
    """
    Set the soft limit: the usual one is for programs that select().

    @return: the limit that is in force.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limits = (hard, hard) if wanted is None else (wanted, max(wanted, _number(hard)))
    if hard == resource.RLIM_INFINITY:
        limits = (limits[0], hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    except (OSError, ValueError) as error:
        _log.warn("open files stay limited to {soft}: {error}", soft=soft, error=error)
        return _number(soft)
    return _number(limits[0])


def share(tree: Tree, limit: int) -> list[Problem]:
    """
    Hold connections and sockets below a limit, so that no descriptor is ever missing.

    What listens and the reserve come first. Upstreams get what they may use, and at the
    most half of the rest; clients' connections get all else, each address alike.

    @return: warnings, one for each front and upstream that gets less than it was promised.
    """
    left = limit - RESERVE - sum(len(front.thing.listen) for front in tree.fronts)
    upstreams = [part for part in tree.parts if hasattr(part.thing, "mostFiles")]
    used = min(sum(part.thing.mostFiles for part in upstreams), left // 2)
    fronts = [part for part in tree.fronts if part.thing.streams]
    return _holdUpstreams(upstreams, limit, used) + _holdFronts(fronts, limit, left - used)


def _holdUpstreams(upstreams: list[Part], limit: int, left: int) -> list[Problem]:
    wanted = sum(part.thing.mostFiles for part in upstreams)
    warnings = []
    for section, thing in upstreams if wanted > left else ():
        most = max(thing.mostFiles * left // wanted, 1)
        thing.limitOpenFiles(most)
        text = _short(limit, f"{most} for it, and it may want {thing.mostFiles}")
        warnings.append(section.problem("", text))
    return warnings


def _holdFronts(fronts: list[Part], limit: int, left: int) -> list[Problem]:
    wanted = sum(len(part.thing.streams) * part.thing.maxConnections for part in fronts)
    warnings = []
    for section, thing in fronts if wanted > left else ():
        most = max(thing.maxConnections * left // wanted, 1)
        text = _short(limit, f"{most} connections to each address, and {thing.maxConnections} are allowed")
        warnings.append(section.problem("max-connections", text))
        thing.maxConnections = most
    return warnings


def _short(limit: int, rest: str) -> str:
    return f"the limit of {limit} open files leaves {rest}; raise the limit (LimitNOFILE=, ulimit -Hn)"
