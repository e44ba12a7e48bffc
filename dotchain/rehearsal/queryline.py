"""Queries in a file: lines C{NAME [TYPE] [CLIENT] [FRONT]}, or what the stage C{querylog} has written."""

from __future__ import annotations

import json
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, NamedTuple

from ..config.testtime import isoTime
from ..wire import ask
from ..wire.codes import AXFR, IXFR

# Who asks where a line doesn't say it, or has hidden it.
NOBODY = "127.0.0.1"


class QueryLine(NamedTuple):
    """
    One query.

    @ivar wire: the query, as a client sends it.
    @ivar client: an IP address.
    @ivar front: the name of the front; empty for the first.
    @ivar addresses: those that upstreams had for it, as far as that is known.
    @ivar at: when it was asked, in seconds since 1970, where that is known.
    """

    name: str
    type: str
    wire: bytes
    client: str
    front: str
    addresses: tuple[str, ...] = ()
    at: float | None = None


def queryLine(line: str) -> QueryLine | None:
    """
    Read one line.

    @return: None for one without a query: empty, or a comment behind C{#}.
    @raise ValueError: for what is none.
    """
    line = line.strip()
    if line.startswith("{"):
        return _logged(line)
    words = line.partition("#")[0].split()
    if not words:
        return None
    if len(words) > 4:
        raise ValueError("is more than NAME [TYPE] [CLIENT] [FRONT]")
    name, kind, client, front = (*words, *("A", NOBODY, "")[len(words) - 1 :])
    return QueryLine(name, kind.upper(), _wire(name, kind.upper()), _address(client), front)


def _logged(line: str) -> QueryLine:
    said: Any = json.loads(line)
    name, kind = said.get("name"), said.get("type", "A")
    if not isinstance(name, str) or not isinstance(kind, str):
        raise ValueError("has no name or no type")
    front = said.get("front")
    return QueryLine(
        name,
        kind,
        _wire(name, kind),
        _known(said.get("client")),
        front if isinstance(front, str) else "",
        # Of what a stage has made up, upstreams know nothing.
        () if said.get("ede") else _addresses(said.get("addresses")),
        None if "time" not in said else isoTime(str(said["time"])),
    )


def _addresses(said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        return ()
    return tuple(_address(each) for each in said)


def _known(client: object) -> str:
    """The address, or that of nobody where the log hides it."""
    try:
        return _address(str(client).partition("/")[0])
    except ValueError:
        return NOBODY


@lru_cache(65536)
def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IP address") from None


@lru_cache(65536)
def _wire(name: str, kind: str) -> bytes:
    query = ask(name, kind)
    if query.type in (AXFR, IXFR):
        raise ValueError("no stage sees a zone transfer")
    return query.wire
