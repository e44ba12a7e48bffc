"""The instructions of a query beside their record."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from measure.bench.instructions import RECORD, compare
from measure.bench.replay import WORKLOADS


def test_tooMuch() -> None:
    """What is more than a twentieth above its record is named; what is less, or new, is not."""
    lines, wrong = compare({"cached": 1051, "missed": 1049, "new": 7}, {"cached": 1000, "missed": 1000})
    assert len(lines) == 3
    assert wrong == [line for line in lines if line.startswith("cached")]
    assert "+5.1%" in wrong[0]


def test_record() -> None:
    """Each recorded Python has a count for each workload."""
    for counts in json.loads(RECORD.read_text()).values():
        assert set(counts) == set(WORKLOADS)
        assert all(count > 0 for count in counts.values())


@pytest.mark.parametrize("module", ["instructions", "profile", "stages"])
def test_help(module: str) -> None:
    """A tool says what it does and takes."""
    command = [sys.executable, "-m", f"measure.bench.{module}", "--help"]
    said = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout
    assert said.startswith(f"usage: python -m measure.bench.{module}")


@pytest.mark.parametrize("workload", WORKLOADS)
def test_replay(workload: str) -> None:
    """Every query of a workload is answered; a process of its own, whose clock stands still."""
    command = [sys.executable, "-m", "measure.bench.replay", workload, "300"]
    subprocess.run(command, check=True, timeout=60)
