"""Tests of names of files as operators write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dotchain.filename import fileIn, filename


def test_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """C{~} is the home of who runs this."""
    monkeypatch.setenv("HOME", "/home/me")
    assert filename("~/a.ini") == Path("/home/me/a.ini")
    assert filename("a/~b") == Path("a/~b")


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("~nobodyatall/a.ini", "'~nobodyatall/a.ini': there is no home of such a user"),
        ("a\0b", "no name of a file has an octet of 0"),
    ],
)
def test_none(word: str, why: str) -> None:
    """What can't be the name of a file is refused with the reason."""
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        filename(word)


def test_plain(tmp_path: Path) -> None:
    """Two points go where that is the same file, and stay behind a symbolic link, where it is another one."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "b" / "c")
    assert fileIn(tmp_path, "a/../x") == tmp_path / "x"
    assert fileIn(tmp_path, "link/../x") == tmp_path / "link/../x"
