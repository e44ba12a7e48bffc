"""The recipe's aggregator: BIND that only forwards, over TCP to stunnel clients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.interop.authorities import Named
from tests.interop.ports import HOST

from ..candidate import Room
from .servers import namedConf


class NamedForwarder(Named):
    """
    BIND, forward only.

    @ivar port: of UDP and TCP.
    """

    def __init__(self, folder: Path, servers: Sequence[int], room: Room) -> None:
        """
        @param servers: the ports of stunnel.
        """
        super().__init__(folder)
        self.servers, self.room = servers, room

    def configure(self) -> None:
        """named.conf."""
        forwarders = "".join(f"{HOST} port {server}; " for server in self.servers)
        (self.folder / "named.conf").write_text(
            namedConf(
                self.folder,
                self.port,
                self.room,
                f"recursion yes;\n  forward only;\n  forwarders {{ {forwarders}}};",
            )
            + f"server {HOST} {{ tcp-only yes; }};\n"
        )
