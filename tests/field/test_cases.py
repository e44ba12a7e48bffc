"""That every case is shown by a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cases import CASES, ELSEWHERE

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    """The test functions of a module, none of which may be skipped or expected to fail."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            assert not re.search("skip|xfail", marks), f"{file}: {node.name}"
            yield node


def shownHere() -> set[str]:
    """The cases that docstrings begin with."""
    found = set()
    for file in _HERE.glob("test_*.py"):
        if file != Path(__file__):
            for test in functions(file):
                docstring = (ast.get_docstring(test) or "").partition(":")[0]
                cases = docstring.split(", ")
                assert set(cases) <= set(CASES), f"{file}: {test.name} names no case"
                found.update(cases)
    return found


def test_all() -> None:
    """Each case is shown, here or elsewhere."""
    assert shownHere() | set(ELSEWHERE) == set(CASES)


@pytest.mark.parametrize("place", sorted({place for places in ELSEWHERE.values() for place in places}))
def test_elsewhere(place: str) -> None:
    """The tests that are meant exist."""
    file, _, name = place.partition("::")
    assert name in {test.name for test in functions(_ROOT / file)}
