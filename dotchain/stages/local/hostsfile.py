"""Files in the form of /etc/hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ...networktable import packed
from ...wire.domains import nameOf

_PLAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?").fullmatch
_LONGEST = 253


class Host(NamedTuple):
    """
    One line.

    @ivar address: the octets of its address.
    @ivar names: its names in wire form, in lower case, the canonical one first.
    @ivar line: its number.
    """

    address: bytes
    names: tuple[bytes, ...]
    line: int


def readHosts(file: Path) -> Iterator[Host]:
    """
    Each line with an address and names; C{#} begins a comment.

    Addresses of one link alone, such as C{fe80::1%lo0}, are left out: no record has room for the link.

    @raise ValueError: where the file can't be read, or a line is none, as C{FILE:LINE: what}.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file}: not UTF-8") from None
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    for number, line in enumerate(text.split("\n"), 1):
        address, *names = line.partition("#")[0].split() or ("",)
        if address and "%" not in address:
            try:
                yield _host(address, names, number)
            except ValueError as error:
                raise ValueError(f"{file}:{number}: {error}") from None


def _host(address: str, names: list[str], number: int) -> Host:
    octets = packed(address)
    if octets is None:
        raise ValueError(f"{address!r} is no IP address, as in '192.168.1.9 printer.home printer'")
    if not names:
        raise ValueError(f"{address} has no name behind it")
    return Host(octets, tuple([_wire(name) for name in names]), number)


def _wire(name: str) -> bytes:
    """In wire form and lower case: a tenth of the time that dnspython takes for names of plain letters."""
    lower = name.lower()
    if len(lower) > _LONGEST or _PLAIN(lower) is None:
        return nameOf(name).to_digestable()
    labels = lower.removesuffix(".").encode().split(b".")
    return b"".join([bytes((len(label),)) + label for label in labels]) + b"\0"
