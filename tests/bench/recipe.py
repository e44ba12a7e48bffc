"""The recipe's aggregator: BIND that only forwards, over TCP to an stunnel client."""

from __future__ import annotations

from pathlib import Path

from ..interop.authorities import Named
from ..interop.ports import HOST
from .servers import namedConf


class NamedForwarder(Named):
    """
    BIND, forward only.

    @ivar port: of UDP and TCP.
    """

    def __init__(self, folder: Path, server: int) -> None:
        """
        @param server: the port of stunnel.
        """
        super().__init__(folder)
        self.server = server

    def configure(self) -> None:
        """named.conf."""
        (self.folder / "named.conf").write_text(
            namedConf(
                self.folder,
                self.port,
                f"recursion yes;\n  forward only;\n  forwarders {{ {HOST} port {self.server}; }};",
            )
            + f"server {HOST} {{ tcp-only yes; }};\n"
        )
