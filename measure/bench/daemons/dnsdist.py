"""dnsdist in both roles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.interop.certificates import NAME, Files
from tests.interop.daemon import Daemon, answersOn, program
from tests.interop.ports import HOST, freePort

from ..candidate import Room

# Rings of the last queries and responses: off where it can, from 1.8 on; else they have no room.
_NO_RINGS = """\
if setRingBuffersOptions then
  setRingBuffersOptions({ recordQueries = false, recordResponses = false })
else
  setRingBuffersSize(0)
end"""


class Dnsdist(Daemon):
    """
    dnsdist over UDP and TLS.

    @ivar port: of UDP.
    @ivar tlsPort: of TLS.
    """

    name = "dnsdist"

    def __init__(self, folder: Path, servers: Sequence[int], credentials: Files, room: Room) -> None:
        super().__init__(folder)
        self.servers, self.credentials, self.room = servers, credentials, room
        self.port, self.tlsPort = freePort(), freePort()

    def configure(self) -> None:
        """
        dnsdist.conf, as its manual's pages about tuning have it: many datagrams a system call, TLS buffers
        that are kept, no record of what was asked. Without maxInFlight it would keep one query a connection
        in flight. Where connections are to be idle for long it gives their buffers back, which is 35 kB each.
        """
        release = "true" if self.room.idle else "false"
        idle = f"setTCPRecvTimeout({self.room.idle})" if self.room.idle else ""
        (self.folder / "dnsdist.conf").write_text(
            f"""
setSecurityPollSuffix("")
setUDPSocketBufferSizes(4194304, 4194304)
setUDPMultipleMessagesVectorSize(64)
{_NO_RINGS}
setLocal("{HOST}:{self.port}")
addTLSLocal("{HOST}:{self.tlsPort}", "{self.credentials.certificate}", "{self.credentials.key}",
            {{ maxInFlight = 1000, releaseBuffers = {release} }})
{"".join(self._server(server) for server in self.servers)}
{idle}
{self.further()}
"""
        )

    def _server(self, server: int) -> str:
        common = 'maxInFlight = 1000, tcpOnly = true, checkName = "example.org."'
        return f'newServer({{ address = "{HOST}:{server}", {common}, {self.way()} }})\n'

    def way(self) -> str:
        """How the servers are asked."""
        return ""

    def further(self) -> str:
        """What else it does."""
        return ""

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("dnsdist"), "--supervised", "-C", str(self.folder / "dnsdist.conf")]

    def ready(self) -> bool:
        """It answers, through a server."""
        return answersOn(self.port)


class DnsdistForwarder(Dnsdist):
    """With a packet cache, asking over TLS."""

    def __init__(
        self, folder: Path, servers: Sequence[int], trusted: Path, credentials: Files, room: Room
    ) -> None:
        super().__init__(folder, servers, credentials, room)
        self.trusted = trusted

    def way(self) -> str:
        """Over TLS, authenticated."""
        return f'tls = "openssl", subjectName = "{NAME}", caStore = "{self.trusted}"'

    def further(self) -> str:
        """Room for every name of a run: it keeps no new answer once its cache is full."""
        # Its cache has parts, which aren't filled evenly.
        return f'getPool(""):setCache(newPacketCache({max(10_000, 2 * self.room.names, self.room.passing)}))'


class DnsdistProxy(Dnsdist):
    """Passing on over plain TCP what came over TLS."""
