"""The instructions of a query beside their record."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from measure.bench import instructions
from measure.bench.instructions import RECORD, beside, compare, ownCosts, recounted
from measure.bench.replay import WORKLOADS

from ...interop.dotchain import CHECKOUT, environment


def test_tooMuch() -> None:
    """What is more than a twentieth above its record is named; what is less, or new, is not."""
    lines, wrong = compare({"cached": 1051, "missed": 1049, "new": 7}, {"cached": 1000, "missed": 1000})
    assert len(lines) == 3
    assert wrong == [line for line in lines if line.startswith("cached")]
    assert "+5.1%" in wrong[0]


def test_recounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too much is counted once more, and nothing else; the lesser count holds."""
    asked: list[str] = []

    def measure(web: bool, which: list[str]) -> dict[str, int]:
        asked.extend(which)
        return {"cached": 1010, "missed": 1200}

    monkeypatch.setattr(instructions, "measure", measure)
    counts = {"cached": 1060, "missed": 1100, "dot-in": 1000}
    recorded = dict.fromkeys(counts, 1000)
    assert recounted(counts, recorded) == {"cached": 1010, "missed": 1100, "dot-in": 1000}
    assert asked == ["cached", "missed"]


PROFILE = """
events: Ir

ob=(1) /usr/bin/python3
fn=(1) main
7 10
+2 5
cob=(2) /lib/libssl.so.3
cfn=(2) SSL_read
calls=3 0
* 1000
-1 4

ob=(2)
fn=(2)
0 600
cob=(1)
cfn=(1)
calls=1 0
0 400

totals: 619
"""
"""As callgrind writes it: where each was when it took how many, and what its calls took altogether."""


def test_ownCosts() -> None:
    """What a call takes is counted where it is done, whoever called."""
    assert ownCosts(PROFILE.splitlines()) == {"/usr/bin/python3": 19, "/lib/libssl.so.3": 600}


def test_record() -> None:
    """Each recorded Python has a count for each workload."""
    for counts in json.loads(RECORD.read_text()).values():
        assert set(counts) == set(WORKLOADS)
        assert all(count > 0 for count in counts.values())


def test_compiled(tmp_path: Path) -> None:
    """Where another place is compiled its dotchain is counted, with all else of this checkout."""
    (tmp_path / "dotchain").mkdir()
    (tmp_path / "dotchain" / "__init__.py").write_text("HERE = 'there'\n")
    (tmp_path / "dotchain__mypyc.py").touch()
    look = "import dotchain, dotchain__mypyc, measure; print(dotchain.HERE, measure.__file__)"
    with beside(tmp_path) as folder:
        command = [sys.executable, "-c", look]
        run = subprocess.run(
            command, cwd=folder, env=environment(), check=True, timeout=60, capture_output=True, text=True
        )
    assert run.stdout.split() == ["there", str(CHECKOUT / "measure" / "__init__.py")]


def test_notCompiled(tmp_path: Path) -> None:
    """A place where nothing is compiled is refused: its record would be the interpreted one's."""
    command = [sys.executable, "-m", "measure.bench.instructions", "--compiled", str(tmp_path)]
    run = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert run.returncode == 2
    assert "nothing is compiled there" in run.stderr


@pytest.mark.parametrize("module", ["instructions", "profile", "stages"])
def test_help(module: str) -> None:
    """A tool says what it does and takes."""
    command = [sys.executable, "-m", f"measure.bench.{module}", "--help"]
    said = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
    assert said.startswith(f"usage: python -m measure.bench.{module}")


CALLS = """
import sys
from measure.bench.replay import asked, prepared

replay, calls = prepared("remembered", web="--web" in sys.argv), 0

def profile(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")

sys.setprofile(profile)
asked(replay, "remembered", 640)
sys.setprofile(None)
print(calls)
"""
"""Prints how many functions are called for so many queries that the front remembers."""


def test_web() -> None:
    """What [dotchain] web measures costs queries that the front remembers nothing."""
    counts = [
        subprocess.run(
            [sys.executable, "-c", CALLS, *more],
            check=True,
            timeout=60,
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
            env={**environment(), "PYTHONHASHSEED": "0"},
        ).stdout
        for more in ([], ["--web"])
    ]
    assert counts[0] == counts[1]
    assert int(counts[0]) > 640


@pytest.mark.parametrize("workload", WORKLOADS)
def test_replay(workload: str) -> None:
    """Every query of a workload is answered; a process of its own, whose clock stands still."""
    command = [sys.executable, "-m", "measure.bench.replay", workload, "300"]
    subprocess.run(command, check=True, timeout=60)
