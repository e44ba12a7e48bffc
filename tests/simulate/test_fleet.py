"""C{python -m simulate.fleet}."""

from __future__ import annotations

from json import loads

import pytest

from simulate.fleet import main

SMALL = ["--rate", "100", "--names", "1000", "--ttl", "20s", "--queries", "4000"]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Three ways to run it, each by formulas and played."""
    assert main(["--machines", "3", *SMALL]) == 0
    lines = capsys.readouterr().out.splitlines()
    for way in ("one, room for all", "3 machines", "3 machines, shared"):
        assert sum(line.startswith(f"{way}  ") for line in lines) == 2
    assert sum("played" in line for line in lines) == 3


def test_thousands(capsys: pytest.CaptureFixture[str]) -> None:
    """Formulas alone tell of thousands of machines, for programs, too."""
    given = ["--machines", "5000", "--rate", "10000000", "--names", "50000000", "--queries", "0", "--json"]
    assert main(given) == 0
    found = loads(capsys.readouterr().out)
    assert {*found} == {"one, room for all", "5000 machines", "5000 machines, shared"}
    assert {*found["one, room for all"]} == {"formulas"}
    shared, apart = (found[way]["formulas"] for way in ("5000 machines, shared", "5000 machines"))
    assert shared["upstream"] < apart["upstream"] / 2


@pytest.mark.parametrize("given", [["--machines", "0"], ["--own", "0.6", "--once", "0.5"], ["--names", "0"]])
def test_wrong(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What can't be is told, and nothing is counted."""
    assert main(given) == 2
    assert not capsys.readouterr().out


def test_usage() -> None:
    """A TTL of less than a second is none."""
    with pytest.raises(SystemExit) as ended:
        main(["--ttl", "0"])
    assert ended.value.code == 2
