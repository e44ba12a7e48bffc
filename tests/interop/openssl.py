"""C{openssl s_server}: what OpenSSL itself says to clients."""

from __future__ import annotations

from pathlib import Path

from .asking import connects
from .certificates import Files
from .daemon import Daemon, program
from .ports import HOST, freePort


class OpensslServer(Daemon):
    """
    C{openssl s_server}, which takes the ALPN protocol dot alone.

    @ivar port: where it listens.
    """

    name = "s_server"

    def __init__(self, folder: Path, files: Files, *more: str) -> None:
        """@param more: what else stands on its command line."""
        super().__init__(folder)
        self.files = files
        self.port = freePort()
        self.more = more

    def command(self) -> list[str]:
        """It ends with its standard input unless it serves files."""
        where = ["-accept", f"{HOST}:{self.port}", "-alpn", "dot", "-quiet", "-WWW"]
        files = ["-cert", str(self.files.certificate), "-key", str(self.files.key)]
        return [program("openssl"), "s_server", *where, *files, *self.more]

    def ready(self) -> bool:
        """It listens."""
        return connects(self.port)
