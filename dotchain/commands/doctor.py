"""C{dotchain doctor}: what is wrong with file, machine, upstreams and fronts, and what to do about it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from contextlib import suppress
from itertools import groupby
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.defer import TimeoutError as TookTooLong

from ..address import Address
from ..config.ini import ConfigError
from ..config.load import load
from ..config.tree import Tree
from ..daemon import openfiles
from ..upstreams.forward import Forward
from . import controlclient
from .checkup import machine
from .checkup.finding import BAD, LOOK, Finding, bad
from .checkup.fronts import front
from .checkup.upstreams import upstream
from .colour import painted
from .ownreactor import untilDone
from .table import some

LIMIT = 10.0
"""Seconds that all of it may take."""

# Seconds that the daemon has to tell of itself.
_GLANCE = 2.0
_COLOURS = {"good": "green", LOOK: "yellow", BAD: "red"}


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = "Exits with 1 where something must be done. It takes ten seconds at the most."
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="the INI file; by default the running daemon's"
    )
    parser.add_argument("--socket", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print a JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Look at all there is, and tell."""
    asking = argparse.Namespace(socket=arguments.socket, config=arguments.file)
    daemon: dict[str, Any] = {}
    with suppress(controlclient.ControlClientError):
        where = controlclient.find(asking)
        daemon = {verb: controlclient.ask(where, {"verb": verb}, _GLANCE) for verb in ("stats", "upstreams")}
    file = arguments.file or (daemon and daemon["stats"]["process"]["configuration"])
    if not file:
        print("dotchain doctor: no daemon runs here that this user may ask; name the INI file")
        return 2
    found = untilDone(lambda reactor: Deferred.fromCoroutine(examined(file, daemon, reactor)))
    print(_json(found) if arguments.json else _text(found))
    return 1 if any(each.level == BAD for each in found) else 0


async def examined(file: str, daemon: dict[str, Any], reactor: Any) -> list[Finding]:
    """
    All findings.

    @param daemon: what the running one has said to some verbs; empty where none runs.
    """
    found = list(machine.clock())
    try:
        tree = load(file, reactor, dry=True)
    except ConfigError as error:
        return [*found, *machine.configuration(file, error.problems, [])]
    warnings = tree.warnings + openfiles.share(tree, openfiles.attainable(tree.openFiles))
    found += machine.configuration(file, [], warnings)
    if daemon:
        found += [*machine.daemon(daemon["stats"]), *machine.drained(daemon["upstreams"])]
    try:
        return found + await _asked(tree, bool(daemon), reactor).addTimeout(LIMIT, reactor)
    except TookTooLong:
        return [
            *found,
            bad(machine.ABOUT, f"not all was found out within {LIMIT:g} s", "try again, part by part"),
        ]


def _asked(tree: Tree, runs: bool, reactor: Any) -> Deferred[list[Finding]]:
    """Ask all upstreams and fronts at once."""
    asked = [Deferred.fromCoroutine(front(part, runs, reactor)) for part in tree.fronts]
    alone = machine.routeless(_addresses(tree))
    if not alone:
        asked += [Deferred.fromCoroutine(upstream(part, reactor)) for part in tree.parts]
    own = [machine.noNetwork()] if alone else []
    if not runs:
        own.append(
            Finding(
                machine.ABOUT, LOOK, "no daemon runs with this file", f"twistd dotchain --config {tree.file}"
            )
        )
    return gatherResults(asked).addCallback(lambda each: own + [one for findings in each for one in findings])


def _addresses(tree: Tree) -> list[Address]:
    forwards = [part.thing for part in tree.parts if isinstance(part.thing, Forward)]
    return [each for forward in forwards for each in forward.addresses if isinstance(each, Address)]


def _json(found: Iterable[Finding]) -> str:
    findings = [each.asJson() for each in found]
    counts = {level: sum(each["level"] == level for each in findings) for level in _COLOURS}
    return json.dumps({**counts, "findings": findings}, indent=2)


def _text(found: list[Finding]) -> str:
    lines = []
    for about, findings in groupby(found, lambda each: each.about):
        lines.append(about)
        for each in findings:
            lines.append(f"  {painted(f'{each.level:4}', _COLOURS[each.level])}  {each.text}")
            lines += [f"        -> {each.remedy}"] if each.remedy else []
    return "\n".join([*lines, "", _summary(found)])


def _summary(found: list[Finding]) -> str:
    wrong, doubtful = (sum(each.level == level for each in found) for level in (BAD, LOOK))
    if not wrong and not doubtful:
        return "all is well"
    return f"{some(wrong, 'thing')} to be done, {some(doubtful, 'thing')} to look at"
