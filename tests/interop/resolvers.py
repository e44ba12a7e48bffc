"""The recipe's other daemons: Unbound, stunnel and Stubby."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .asking import connects, tlsAnswers
from .certificates import NAME, Files
from .daemon import Daemon, answersOn, program
from .ports import HOST, freePort
from .zone import writeZone

_UNBOUND = """
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  interface: {host}@{port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "iterator"
"""


class Unbound(Daemon):
    """
    Unbound with the zone in itself, on DNS over TLS alone as in the recipe, or on clear text.

    @ivar port: its port: of DNS over TLS where it was given a certificate, else of clear text.
    """

    name = "unbound"

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        super().__init__(folder)
        self.files = files
        self.port = freePort()

    def configure(self) -> None:
        """unbound.conf with the recipe's C{do-udp: no} where it does TLS."""
        text = _UNBOUND.format(folder=self.folder, host=HOST, port=self.port)
        if self.files:
            text += (
                f"  tls-port: {self.port}\n"
                f'  tls-service-key: "{self.files.key}"\n'
                f'  tls-service-pem: "{self.files.certificate}"\n'
                "  do-udp: no\n"
            )
        (self.folder / "unbound.conf").write_text(text + self.source())

    def source(self) -> str:
        """Where its answers come from."""
        zone = writeZone(self.folder)
        return (
            f'auth-zone:\n  name: "example.org"\n  zonefile: "{zone}"\n'
            "  for-downstream: yes\n  for-upstream: yes\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("unbound"), "-d", "-p", "-c", str(self.folder / "unbound.conf")]

    def ready(self) -> bool:
        """It answers for the zone."""
        return tlsAnswers(self.port) if self.files else answersOn(self.port)


class UnboundClient(Unbound):
    """Unbound as a client that forwards over DNS over TLS and authenticates its servers."""

    def __init__(self, folder: Path, servers: Sequence[int], trusted: Path) -> None:
        super().__init__(folder)
        self.servers, self.trusted = servers, trusted

    def source(self) -> str:
        """Everything from the servers, which must be C{NAME}."""
        return (
            f'  tls-cert-bundle: "{self.trusted}"\n'
            'forward-zone:\n  name: "."\n  forward-tls-upstream: yes\n'
            + "".join(f"  forward-addr: {HOST}@{server}#{NAME}\n" for server in self.servers)
        )


class Stubby(Daemon):
    """
    Stubby as a client that forwards over DNS over TLS and authenticates its servers by a pin.

    @ivar port: its own port for clear text.
    """

    name = "stubby"

    def __init__(self, folder: Path, servers: Sequence[int], pin: str) -> None:
        super().__init__(folder)
        self.servers, self.pin = servers, pin
        self.port = freePort()

    def configure(self) -> None:
        """stubby.yml in the strict profile."""
        (self.folder / "stubby.yml").write_text(
            f"""
resolution_type: GETDNS_RESOLUTION_STUB
dns_transport_list:
  - GETDNS_TRANSPORT_TLS
tls_authentication: GETDNS_AUTHENTICATION_REQUIRED
tls_query_padding_blocksize: 128
idle_timeout: 5000
appdata_dir: "{self.folder}"
listen_addresses:
  - {HOST}@{self.port}
upstream_recursive_servers:
"""
            + "".join(self._upstream(server) for server in self.servers)
        )

    def _upstream(self, server: int) -> str:
        return f"""\
  - address_data: {HOST}
    tls_port: {server}
    tls_pubkey_pinset:
      - digest: "sha256"
        value: {self.pin}
"""

    def command(self) -> list[str]:
        """In the foreground, logging connections."""
        return [program("stubby"), "-l", "-C", str(self.folder / "stubby.yml")]

    def ready(self) -> bool:
        """It answers, through dotchain."""
        return answersOn(self.port)


class Stunnel(Daemon):
    """
    stunnel: TLS in front of a nameserver, or clear text in front of a TLS server.

    @ivar port: the port that it accepts connections on.
    """

    name = "stunnel"

    def __init__(self, folder: Path, to: int, files: Files | None = None) -> None:
        super().__init__(folder)
        self.to, self.files = to, files
        self.port = freePort()

    def configure(self) -> None:
        """The recipe's dnstls.conf; client mode where there is no certificate."""
        role = f"cert = {self.files.certificate}\nkey = {self.files.key}" if self.files else "client = yes"
        (self.folder / "stunnel.conf").write_text(
            f"""
foreground = yes
pid =
syslog = no
debug = 5
[dns]
accept = {HOST}:{self.port}
connect = {HOST}:{self.to}
{role}
"""
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("stunnel"), str(self.folder / "stunnel.conf")]

    def ready(self) -> bool:
        """It accepts connections."""
        return connects(self.port)
