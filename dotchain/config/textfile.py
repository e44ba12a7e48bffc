"""Text as a file has it."""

from __future__ import annotations

from pathlib import Path


class NotUTF8(ValueError):
    """
    A file is in another encoding.

    @ivar line: the line of the first octet that shows it, from 1.
    """

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


def readText(place: Path) -> str:
    """
    The text of a file in UTF-8; a byte order mark is no part of it.

    @raise OSError: where it can't be read.
    @raise NotUTF8: where it is no such text.
    """
    octets = place.read_bytes()
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        why = f"octet 0x{octets[error.start]:02x} is not UTF-8; save the file in UTF-8"
        raise NotUTF8(why, line) from None
