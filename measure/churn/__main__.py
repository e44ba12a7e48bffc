"""C{python -m measure.churn}: see docs/reliability.rst."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.interop.certificates import authority, leaf
from tests.interop.network.conftest import DOT, THERE
from tests.interop.network.insistent import Told
from tests.interop.network.roughlink import Roughness
from tests.interop.network.roughnetwork import answer, roughNetwork
from tests.interop.server import Server, serverSide

from ..queryloss.report import rows
from .forwarders import FORWARDERS, Forwarder

LOSSES = (0.0, 0.05, 0.2)


class Outcome(NamedTuple):
    """
    What clients were told.

    @ivar names: how many they asked for.
    @ivar unanswered: those that never had an answer.
    @ivar wrong: answers to other questions, false ones, and those that came twice on a connection.
    @ivar failed: SERVFAIL, after each of which clients asked again.
    @ivar again: queries that clients sent besides the first for each name.
    @ivar took: seconds until all was answered.
    """

    names: int
    unanswered: int
    wrong: int
    failed: int
    again: int
    took: float


def measured(kind: type[Forwarder], lost: float, names: int, within: float) -> Outcome:
    """One forwarder on a network of its own."""
    ca = authority()
    with TemporaryDirectory() as made:
        folder = Path(made)
        files = leaf(ca).write(folder, "dns")
        trusted = ca.write(folder, "ca").certificate
        server = Server(answer, serverSide(files), port=DOT, host=THERE)
        told = [Told(letter, names) for letter in "ab"]
        with (
            roughNetwork(Roughness(lost=lost)) as network,
            network.far.running(server),
            network.home.running(kind(folder / "forwarder", files, trusted)),
        ):
            begin = time.monotonic()
            network.ask(told, trusted, within)
            return outcome(told, time.monotonic() - begin)


def outcome(told: list[Told], took: float) -> Outcome:
    """The sum of what clients were told."""
    names = sum(len(each.names) for each in told)
    return Outcome(
        names,
        unanswered=sum(len(each.left) for each in told),
        wrong=sum(len(each.wrong) for each in told),
        failed=sum(each.failed.total() for each in told),
        again=sum(each.sent for each in told) - names,
        took=took,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m measure.churn",
        description="What clients are told through a forwarder between two links that lose, delay, reorder, "
        "double and damage packets. It needs root, for namespaces.",
    )
    parser.add_argument("--names", type=int, default=500, help="of each of two clients (500)")
    parser.add_argument("--within", type=float, default=120.0, help="seconds until clients give up (120)")
    return parser.parse_args()


def main() -> int:
    """Measure all, and print the table."""
    given = _arguments()
    table = [["Lost", "Forwarder", "Names", "Unanswered", "Wrong", "SERVFAIL", "Asked again", "Seconds"]]
    good = True
    for lost in LOSSES:
        for kind in FORWARDERS:
            try:
                found = measured(kind, lost, given.names, given.within)
            except (pytest.skip.Exception, pytest.fail.Exception) as why:
                sys.stderr.write(f"{kind.name} is missing: {str(why).splitlines()[0]}\n")
                continue
            good = good and (kind.name != "dotchain" or not (found.unanswered or found.wrong))
            table.append([f"{lost:.0%}", kind.name, *(f"{each}" for each in found[:-1]), f"{found.took:.1f}"])
            sys.stderr.write(f"{'  '.join(table[-1])}\n")
    sys.stdout.write(rows(table))
    return not good


if __name__ == "__main__":
    sys.exit(main())
