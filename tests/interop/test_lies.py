"""What each lie makes of the replies that are due."""

from __future__ import annotations

import asyncio

import hiredis
import pytest

from .lies import LIES, NULL, OK, bulk, changed


class Taking:
    """A connection of which all that is sent is kept."""

    def __init__(self) -> None:
        self.sent = b""
        self.closed = False
        self.reads = True

    def write(self, octets: bytes) -> None:
        """See L{asyncio.Transport}."""
        self.sent += octets

    def get_write_buffer_size(self) -> int:
        """See L{asyncio.Transport}: nothing is taken."""
        return len(self.sent)

    def close(self) -> None:
        """See L{asyncio.Transport}."""
        self.closed = True

    def is_closing(self) -> bool:
        """See L{asyncio.Transport}: so that nothing goes on when the test is over."""
        return True

    def is_reading(self) -> bool:
        """See L{asyncio.Transport}."""
        return self.reads

    def pause_reading(self) -> None:
        """See L{asyncio.Transport}."""
        self.reads = False


DUE = [OK, NULL, bulk(b"first"), bulk(b"second value")]


@pytest.mark.parametrize("name", LIES)
def test_noneIsTrue(name: str) -> None:
    """None of them tells the truth at once and stays."""

    async def lied() -> Taking:
        way = Taking()
        LIES[name]()(way, DUE)  # type: ignore[arg-type]
        return way

    way = asyncio.run(lied())
    assert way.closed or not way.reads or way.sent != b"".join(DUE)


def test_changed() -> None:
    """A value is changed and stays well-formed; what is none stays as it is."""
    assert changed(bulk(b"abc"), lambda value: value + value) == bulk(b"abcabc")
    assert [changed(reply, lambda value: b"") for reply in (OK, NULL)] == [OK, NULL]


@pytest.mark.parametrize("name", ["forged", "truncated", "swapped", "empty"])
def test_wellFormed(name: str) -> None:
    """What only the values' owner can tell to be wrong is what the protocol asks for."""
    way, reader = Taking(), hiredis.Reader()
    LIES[name]()(way, DUE)  # type: ignore[arg-type]
    reader.feed(way.sent)
    assert [reader.gets() is not False for _ in DUE] == [True] * len(DUE)
    assert reader.gets() is False
