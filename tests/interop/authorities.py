"""Authoritative servers for example.org: BIND, NSD and Knot DNS."""

from __future__ import annotations

from pathlib import Path

from .certificates import Files
from .daemon import Daemon, answersOn, program
from .ports import HOST, freePort
from .zone import writeZone


class Authority(Daemon):
    """
    A server for example.org.

    @ivar port: its UDP and TCP port.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = freePort()

    def ready(self) -> bool:
        """It answers for the zone over UDP and TCP."""
        return answersOn(self.port) and answersOn(self.port, tcp=True)


class Named(Authority):
    """
    BIND.

    @ivar tlsPort: the port of its own DNS over TLS, where it was given a certificate.
    @ivar more: further lines of its options.
    """

    name = "named"

    def __init__(self, folder: Path, files: Files | None = None, more: str = "") -> None:
        super().__init__(folder)
        self.files = files
        self.more = more
        self.tlsPort = freePort()

    def configure(self) -> None:
        """named.conf, with neither a control channel nor recursion."""
        writeZone(self.folder)
        listeners = f"listen-on port {self.port} {{ {HOST}; }};"
        credentials = ""
        if self.files:
            listeners += f"\n  listen-on port {self.tlsPort} tls own {{ {HOST}; }};"
            credentials = f'tls own {{ key-file "{self.files.key}"; cert-file "{self.files.certificate}"; }};'
        (self.folder / "named.conf").write_text(
            f"""
{credentials}
controls {{ }};
options {{
  directory "{self.folder}";
  pid-file none;
  session-keyfile none;
  {listeners}
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  minimal-responses yes;
  {self.more}
}};
zone "example.org" {{ type primary; file "example.org.zone"; }};
"""
        )

    def command(self) -> list[str]:
        """In the foreground, logging to standard error."""
        return [program("named"), "-g", "-n", "1", "-c", str(self.folder / "named.conf")]


class Nsd(Authority):
    """NSD."""

    name = "nsd"

    def configure(self) -> None:
        """nsd.conf, everything inside its folder."""
        writeZone(self.folder)
        (self.folder / "nsd.conf").write_text(
            f"""
server:
  ip-address: {HOST}@{self.port}
  username: ""
  zonesdir: "{self.folder}"
  database: ""
  pidfile: "{self.folder}/nsd.pid"
  xfrdfile: "{self.folder}/xfrd.state"
  zonelistfile: "{self.folder}/zone.list"
  xfrdir: "{self.folder}"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: example.org
  zonefile: example.org.zone
"""
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("nsd"), "-d", "-c", str(self.folder / "nsd.conf")]


class Knot(Authority):
    """Knot DNS."""

    name = "knotd"

    def configure(self) -> None:
        """knot.conf, everything inside its folder."""
        writeZone(self.folder)
        (self.folder / "knot.conf").write_text(
            f"""
server:
  rundir: "{self.folder}"
  listen: {HOST}@{self.port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "{self.folder}"
log:
  - target: stderr
    any: info
zone:
  - domain: example.org
    storage: "{self.folder}"
    file: example.org.zone
    zonefile-sync: -1
    journal-content: none
"""
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("knotd"), "-c", str(self.folder / "knot.conf")]
