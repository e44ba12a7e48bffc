"""Replies of servers, whole and in pieces, true and false."""

from __future__ import annotations

import itertools
import tracemalloc

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotchain.valkey.replies import ELEMENTS, LINE, VALUE, Replies, ReplyError


def read(*pieces: bytes) -> list[object]:
    """All replies in these, with errors as their texts."""
    replies, found = Replies(), list[object]()
    for piece in pieces:
        replies.feed(piece)
        while (value := replies.gets()) is not False:
            found.append(value)
    return [plain(value) for value in found]


def plain(value: object) -> object:
    """Errors as their texts, at any depth."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Exception) else value


def sent(value: object) -> bytes:
    """A value as a server sends it."""
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, bytes):
        return b"$%d\r\n%b\r\n" % (len(value), value)
    assert isinstance(value, list)
    return b"*%d\r\n" % len(value) + b"".join(map(sent, value))


SIMPLE = st.none() | st.binary(max_size=40) | st.integers(-(1 << 40), 1 << 40)
VALUES = st.lists(st.recursive(SIMPLE, lambda inner: st.lists(inner, max_size=4), max_leaves=12), max_size=6)


@given(VALUES, st.lists(st.integers(0, 400), max_size=12))
def test_pieces(values: list[object], cuts: list[int]) -> None:
    """Replies are what was sent, wherever the octets are cut, and the same as to hiredis."""
    octets = b"".join(map(sent, values))
    edges = [0, *sorted(min(cut, len(octets)) for cut in cuts), len(octets)]
    pieces = [octets[begin:end] for begin, end in itertools.pairwise(edges)]
    assert read(*pieces) == values
    reader = hiredis.Reader()
    reader.feed(octets)
    assert [reader.gets() for _ in values] == values


@given(st.binary(max_size=60) | st.text("$*:+-0123456789\r\n", max_size=40).map(str.encode))
def test_anything(octets: bytes) -> None:
    """Whatever comes is replies, or the beginning of one, or said to be none."""
    try:
        read(octets)
    except ValueError:
        return


def test_kinds() -> None:
    """Lines, errors, nothing, an empty list, nothing in place of a list."""
    assert read(b"+OK\r\n-NOPERM who\xff are \r\n$-1\r\n*0\r\n*-1\r\n$0\r\n\r\n") == [
        b"OK",
        "NOPERM who\N{REPLACEMENT CHARACTER} are ",
        None,
        [],
        None,
        b"",
    ]
    assert isinstance(ReplyError("x"), Exception)


def test_shownError() -> None:
    """An error may stand in a log line: what can't be shown is left out of it."""
    assert read(b"-ERR \x1b[2Jgone\tx\r\n") == ["ERR ?[2Jgone?x"]


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"$3\r\nabcd\r\n",
        b"$-2\r\n",
        b"$ 3\r\nabc\r\n",
        b"$+3\r\nabc\r\n",
        b"$1_0\r\n",
        b":\r\n",
        b":1x\r\n",
        b":" + b"1" * 30 + b"\r\n",
        b"$%d\r\n" % (VALUE + 1),
        b"*%d\r\n" % (ELEMENTS + 1),
        b"*1\r\n" * 9,
        b"+" + b"x" * LINE,
        b"%1\r\n+a\r\n+b\r\n",
    ],
)
def test_noReply(octets: bytes) -> None:
    """What is no reply, or too much of one, is said to be."""
    with pytest.raises(ValueError, match=r".+"):
        read(octets)


def test_announced() -> None:
    """A list takes what has come of it, not what it was announced to be."""
    tracemalloc.start()
    try:
        assert read(b"*%d\r\n" % ELEMENTS) == []
        assert tracemalloc.get_traced_memory()[1] < 50_000
    finally:
        tracemalloc.stop()


def test_octetByOctet() -> None:
    """A long value that comes octet by octet costs as many steps as octets, not their square."""
    value = b"v" * 100_000
    assert read(*(bytes((octet,)) for octet in sent(value))) == [value]
