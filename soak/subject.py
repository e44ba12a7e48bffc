"""The daemon: all transports on both sides, and files that change."""

from __future__ import annotations

import itertools
from pathlib import Path

from measure.inside.notes import noting
from tests.interop.certificates import NAME, Issued, leaf
from tests.interop.changing import FRONTS, Changing
from tests.interop.manyworkers import workersOf
from tests.interop.ports import HOST, freePort
from tests.interop.steadyclients import Ports

from .servers import Knowing

_CONFIG = (
    FRONTS
    + """\
[dotchain]
control = s
workers = {workers}
drain   = 2s

[chain home]
path = blocked {path} all

[stage cache]
size = 4M

[upstream all]
kind = {kind}
over = secure near clear

[upstream secure]
address = {secure}
name    = {name}
ca-file = {trusted}
{upstream}
[upstream near]
address = tcp://{host}:{near}
{upstream}
[upstream clear]
address = udp://{host}:{near} tcp://{host}:{near}
{upstream}
"""
)

# All clients have one address, so that what one may have must do for all. What is not used is left soon, so
# that nothing is open at the end.
_FRONT = "max-client-in-flight = {}\n"
_UPSTREAM = "keep-warm    = 1s\nidle-timeout = 2s\n{}"
_STATES = (
    (_FRONT.format(40000), "cache", "failover", _UPSTREAM.format("")),
    (_FRONT.format(30000), "any cache coalesce", "spread", _UPSTREAM.format("timeout = 4s\n")),
    (_FRONT.format(30000), "cache coalesce", "fastest", _UPSTREAM.format("")),
)
MEMBERS = ("secure", "near", "clear")
"""The upstreams of its group."""


class Subject(Changing):
    """
    Its INI file goes round in three states, in which fronts, stages, the group and the upstreams differ.

    @ivar ports: where clients ask.
    @ivar notes: where its processes write what they note.
    """

    def __init__(
        self, folder: Path, ca: Issued, trusted: Path, servers: tuple[list[Knowing], Knowing], workers: int
    ) -> None:
        """
        @param trusted: the CA's certificate.
        @param servers: those that are asked over TLS, and that which is asked over TCP and UDP as well.
        """
        super().__init__(folder, ca)
        secure, near = servers
        self.ports = Ports(freePort(), freePort())
        self.notes = folder / "notes"
        self.workers = workers
        self._versions = itertools.count(1)
        self._values = {
            **self.ports._asdict(),
            "host": HOST,
            "name": NAME,
            "secure": " ".join(f"tls://{one.host}:{one.tlsPort}" for one in [*secure, near]),
            "near": near.port,
            "trusted": trusted,
            "workers": workers,
        }

    def configure(self) -> None:
        """And a folder for notes."""
        self.notes.mkdir()
        (self.folder / "archive").mkdir()
        super().configure()

    def ini(self) -> str:
        """One of the three."""
        front, path, kind, upstream = _STATES[self.reloads % len(_STATES)]
        return _CONFIG.format(**self._values, front=front, path=path, kind=kind, upstream=upstream)

    def environment(self) -> dict[str, str]:
        """With what looks from inside."""
        return noting(super().environment(), self.notes)

    @property
    def pids(self) -> dict[int, int]:
        """The processes that serve, by the worker's number; a daemon without workers is its own first."""
        return workersOf(self.process.pid) if self.workers > 1 else {1: self.process.pid}

    def rotate(self) -> None:
        """
        Another pair, as certbot puts it in place: files of a new version, and then each link is taken away
        and made anew; the daemon sees to it by itself.
        """
        self.pair = leaf(self._ca)
        archive = self.folder / "archive"
        for file in self.pair.write(archive, f"front{next(self._versions)}"):
            link = self.folder / f"front{file.suffix}"
            link.unlink()
            link.symlink_to(file)
