"""Server proxies: TLS in, a plain nameserver behind."""

from __future__ import annotations

from pathlib import Path

from tests.interop.certificates import NAME, Files
from tests.interop.dotchain import Dotchain
from tests.interop.ports import HOST, freePort
from tests.interop.resolvers import Stunnel

from ..candidate import Room
from .fronts import dotFront


class DotchainProxy(Dotchain):
    """
    dotchain as in etc/server.ini.

    @ivar tlsPort: of TLS.
    """

    def __init__(self, folder: Path, server: int, credentials: Files, transport: str, room: Room) -> None:
        """
        @param transport: how the nameserver is asked: C{tcp} or C{udp}.
        """
        self.tlsPort = freePort()
        super().__init__(
            folder,
            dotFront(self.tlsPort, credentials, "server", room)
            + f"""
[chain server]
path = nameserver

[upstream nameserver]
address = {transport}://{HOST}:{server}
""",
        )


class QuietStunnel(Stunnel):
    """stunnel that logs errors alone; as a client it authenticates the server."""

    def __init__(
        self, folder: Path, to: int, files: Files | None = None, trusted: Path | None = None
    ) -> None:
        """
        @param files: the server's side, with this certificate.
        @param trusted: the client's side, with this CA.
        """
        super().__init__(folder, to, files)
        self.trusted = trusted

    def configure(self) -> None:
        """The recipe's two files."""
        role = (
            f"cert = {self.files.certificate}\nkey = {self.files.key}"
            if self.files
            else f"client = yes\nCAfile = {self.trusted}\nverifyChain = yes\ncheckHost = {NAME}"
        )
        (self.folder / "stunnel.conf").write_text(
            "foreground = yes\npid =\nsyslog = no\ndebug = err\n"
            f"[dns]\naccept = {HOST}:{self.port}\nconnect = {HOST}:{self.to}\n{role}\n"
        )
