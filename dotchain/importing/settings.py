"""What the configuration of another program comes to: whom it listens to, and whom it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Where(NamedTuple):
    """
    A place in a file.

    @ivar file: its name.
    @ivar line: from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class CannotImport(Exception):
    """
    A file that can't be understood, or makes no sense.

    @ivar where: the line that is to blame.
    @ivar text: what is wrong.
    """

    def __init__(self, where: Where, text: str) -> None:
        super().__init__(f"{where}: {text}")
        self.where = where
        self.text = text


@dataclass
class Server:
    """
    A server that is asked.

    @ivar address: as C{tls://192.0.2.1:853}.
    @ivar keys: further keys of the upstream, and their values.
    @ivar remarks: what an operator should know of it.
    """

    address: str
    keys: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass
class Way:
    """
    What is done with the queries of a front.

    @ivar name: of the chain.
    @ivar zones: whom to ask for which names; C{.} is all others.
    @ivar group: the kind of group where there are several servers.
    @ivar resolves: whether answers are kept and shared; else queries are passed on as they are.
    @ivar stages: keys of the stages on it, by their names.
    """

    name: str
    zones: dict[str, list[Server]] = field(default_factory=dict)
    group: str = "failover"
    resolves: bool = True
    stages: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Entry:
    """
    Where queries come in.

    @ivar listen: addresses as C{udp://127.0.0.1:53}.
    @ivar keys: further keys of the front.
    """

    name: str
    listen: list[str]
    way: Way
    keys: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass
class Settings:
    """
    All of a file.

    @ivar program: whose file it is.
    @ivar process: keys of C{[dotchain]}.
    @ivar left: what could not be carried over: where it stands, and why.
    """

    program: str
    entries: list[Entry] = field(default_factory=list)
    process: dict[str, str] = field(default_factory=dict)
    left: list[tuple[Where, str]] = field(default_factory=list)

    def leave(self, where: Where, text: str) -> None:
        """Note that this was not carried over."""
        self.left.append((where, text))
