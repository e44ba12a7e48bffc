"""C{dotchain top}: the running daemon, live, on the whole screen."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..options import seconds
from ..status.snapshot import Snapshot
from . import controlclient
from .controlclient import ControlClientError
from .topscreen import TopScreen
from .topview import TopView, printed

_LEAST = 0.2


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    controlclient.addArguments(parser)
    parser.add_argument(
        "--interval",
        type=_interval,
        default=2.0,
        metavar="T",
        help="the time between two looks: 2s by default",
    )
    parser.add_argument("--once", action="store_true", help="print one frame, of one interval, and end")


def _interval(text: str) -> float:
    try:
        found = seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not _LEAST <= found <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not from {_LEAST:g}s to 1h")
    return float(found)


def run(arguments: argparse.Namespace) -> int:
    """Look until somebody has seen enough; where nobody watches a screen, once."""
    try:
        looks = Looks(controlclient.find(arguments))
        if arguments.json:
            return _tellPrograms(looks, arguments.interval, arguments.once)
        if arguments.once or not sys.stdout.isatty():
            looks.take()
            time.sleep(arguments.interval)
            print(printed(looks.take()), end="")
            return 0
        TopScreen(looks.take, TopView(), arguments.interval).run()
    except ControlClientError as error:
        print(f"dotchain {arguments.verb}: {error}", file=sys.stderr)
        return error.status
    return 0


class Looks:
    """Looks at one daemon, one after the other."""

    def __init__(self, path: Path) -> None:
        """@param path: the control socket."""
        self._path = path
        self._last: Snapshot | None = None

    def take(self) -> Snapshot:
        """
        Look.

        @raise ControlClientError: where nobody answers.
        """
        told = {verb: self._ask(verb) for verb in Snapshot.VERBS}
        self._last = Snapshot(told, datetime.now(timezone.utc), self._last)
        return self._last

    def _ask(self, verb: str) -> Any:
        return controlclient.ask(self._path, {"verb": verb})


def _tellPrograms(looks: Looks, interval: float, once: bool) -> int:
    """An object a line; a daemon that is away for a while is no reason to end."""
    looks.take()
    while True:
        time.sleep(interval)
        try:
            line = looks.take().asJson()
        except ControlClientError as error:
            if once:
                raise
            line = {"at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"), "error": str(error)}
        print(json.dumps(line), flush=True)
        if once:
            return 0
