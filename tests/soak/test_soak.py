"""A run of seconds, as the command does one of hours."""

from __future__ import annotations

from soak.found import Wanted
from soak.report import report, total
from soak.run import soak

WANTED = Wanted(hours=18 / 3600, workers=2, rate=60)


def test_ledger() -> None:
    """
    Servers and workers are killed, stopped and ended, networks and files change, strangers come: each
    query has the answer that it must have, or a reason why not, and nothing is open at the end.
    """
    said: list[str] = []
    found = soak(WANTED, said.append)
    told = report(found)
    assert total(found).open == total(found).strays == 0, told
    # Where the machine is so busy that nothing comes in time, SERVFAIL is an answer.
    assert {why.partition(" ")[0] for why in total(found).faults} <= {"SERVFAIL"}, told
    assert all(tally.answered for tally in found.books.values()), told
    assert not found.left, told
    assert found.gauges > 10, told
    assert not found.wrong, told
    assert len(said) == sum(found.events.values()) / 2
    assert {"server killed", "server stopped", "worker killed", "worker ended", "worker stopped"} < {
        *found.events
    }
    assert {"upstream drained", "reload", "list", "certificate", "flush"} < {*found.events}
