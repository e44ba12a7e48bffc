"""The table of all items: it is whole, it is up to date, and it says what the tests say."""

from __future__ import annotations

import pytest

from .items import KNOWN, items, ofTests
from .page import PAGE, page


def test_whole() -> None:
    """Every item stands in the table, once and in its place."""
    assert [item.id for item in items()] == KNOWN
    assert len(KNOWN) == 160


def test_upToDate() -> None:
    """The page of the manual was made of it: else run C{python -m tests.conformance}."""
    assert PAGE.read_text() == page(items())


def test_held() -> None:
    """What is said to be held has a test."""
    assert {item.id for item in items() if item.verdict == "held"} - ofTests() == set()


def test_known() -> None:
    """Every test's item is in the table."""
    assert ofTests() - {item.id for item in items()} == set()


@pytest.mark.parametrize(
    "row",
    [
        "TL01 | core | 7858 | nearly | words",
        "TL01 | core | 7858 | not held | words",
        "TL01 | cord | 7858 | held | words",
        "TL01 | core | 7858 | held",
    ],
)
def test_row(row: str) -> None:
    """A row without a verdict, a reason where one is due, or its words is none."""
    with pytest.raises(ValueError, match="TL01"):
        items(row)
