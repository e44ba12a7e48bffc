"""The books of clients, and what excuses a query without an answer."""

from __future__ import annotations

from collections import Counter

import pytest

from soak import excuses as module
from soak.excuses import FULL, Excuses
from soak.ledger import Tally


def test_open() -> None:
    """A query whose fate nobody knows is open, in the books of all together, too."""
    one = Tally(sent=5, answered=Counter(NOERROR=2), excused=Counter(killed=1), faults=Counter(SERVFAIL=1))
    assert one.open == 1
    one.add(Tally(sent=3, answered=Counter(NOERROR=2), strays=1))
    assert (one.sent, one.open, one.strays) == (8, 2, 1)
    assert one.answered == {"NOERROR": 4}


def test_moments() -> None:
    """When something was not as it must be is in the books, in the order of time."""
    one, other = Tally(), Tally()
    for moment in (5.0, 9.0):
        one.fail("SERVFAIL", moment)
    other.fail("SERVFAIL", 7.0)
    other.add(one)
    assert (other.faults, other.moments) == ({"SERVFAIL": 3}, {"SERVFAIL": [5.0, 7.0, 9.0]})


def test_connections() -> None:
    """Whose connection was ended by an act is excused, once, and nobody else is."""
    excuses = Excuses()
    excuses.connections([1001, 1002], "killed")
    assert excuses.end(False, 1001) == "killed"
    assert [excuses.end(False, 1001), excuses.end(False, 1003), excuses.end(True, 1002)] == ["", "", ""]


def test_datagrams() -> None:
    """What was on its way at that moment is excused, not what is asked by the same socket later."""
    excuses = Excuses()
    excuses.begin(1001)
    excuses.datagrams("killed")
    excuses.begin(1002)
    assert (excuses.end(True, 1001), excuses.end(True, 1002)) == ("killed", "")
    excuses.begin(1001)
    excuses.datagrams("killed")
    excuses.begin(1001)
    assert excuses.end(True, 1001) == ""


def test_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each datagram that the system had no room for excuses one query, those of before none."""
    excuses = Excuses()
    monkeypatch.setattr(module, "dropped", lambda: 40)
    excuses.watch()
    assert excuses.claim() == ""
    monkeypatch.setattr(module, "dropped", lambda: 42)
    assert [excuses.claim(), excuses.claim(), excuses.claim()] == [FULL, FULL, ""]
