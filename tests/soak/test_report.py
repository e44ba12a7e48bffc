"""What is told of a run."""

from __future__ import annotations

from collections import Counter

from measure.inside.slope import Slope
from soak.found import Found
from soak.growth import Growth
from soak.ledger import Tally
from soak.report import faults, report

BOOKS = {
    "udp": Tally(sent=10, answered=Counter(NOERROR=9), excused=Counter(killed=1)),
    "tls": Tally(sent=5, answered=Counter(NXDOMAIN=5)),
}


def test_good() -> None:
    """Where each query was answered or excused there is no fault, and all is told."""
    found = Found(books=BOOKS, gauges=7, events=Counter(reload=3), lacks=["no networks"])
    assert not [*faults(found)]
    told = report(found)
    assert "excused: killed 1" in told
    assert "reload 3" in told
    assert "7 gauges at the end, 0 of them not 0" in told
    assert "no networks" in told


def test_faults() -> None:
    """What was not answered, is open, came twice, is left, grows, or went wrong, is a line each."""
    slope = Slope(500.0, 1.0, 1000.0, 2000.0)
    tally = Tally(sent=4, answered=Counter(NOERROR=1), strays=1)
    for moment in (7.26, 61.0):
        tally.fail("SERVFAIL", moment)
    found = Found(
        books={"tcp": tally},
        left={"fronts lan tcp in-flight": 1},
        growths={"timers": Growth(slope, True), "objects": Growth(slope, False)},
        wrong=["a reload was refused"],
    )
    assert [*faults(found)] == [
        "tcp: 2 x SERVFAIL, at 7.3, 61.0 s",
        "tcp: nobody knows what became of 1",
        "tcp: 1 answers that nobody waited for",
        "fronts lan tcp in-flight is 1 at the end",
        "timers grows by 500.0 an hour (error 1.0)",
        "a reload was refused",
    ]
    assert all(each in report(found) for each in faults(found))
