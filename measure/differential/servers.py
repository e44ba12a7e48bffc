"""BIND and Unbound with the same zones, plain and over TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tests.interop.asking import output, tlsAnswers
from tests.interop.authorities import Named
from tests.interop.certificates import Files
from tests.interop.daemon import answersOn
from tests.interop.ports import HOST, freePort
from tests.interop.resolvers import Unbound

from .zone import AUTHORITATIVE, BOGUS, VALIDATED, zoneText


class Server(Protocol):
    """
    A nameserver under comparison.

    @ivar port: its UDP and TCP port.
    @ivar tlsPort: its port of DNS over TLS.
    """

    port: int
    tlsPort: int


class Bind(Named):
    """BIND as the authority of all three zones."""

    def __init__(self, folder: Path, files: Files) -> None:
        super().__init__(folder, files)

    def configure(self) -> None:
        """
        named.conf; sets of records keep their order, and their number has no limit.

        The view of the class CHAOS takes the place of BIND's own one, which answers three times a second.
        """
        chaos = self.folder / "version.bind.zone"
        chaos.write_text("$TTL 0\n@ CH SOA . . 0 0 0 0 0\n@ CH NS .\n@ CH TXT bind.test\n")
        zones = "".join(
            f'zone "{name}" {{ type primary; file "{file}"; check-names ignore; }};\n'
            for name, file in _writeZones(self.folder).items()
        )
        assert self.files is not None
        (self.folder / "named.conf").write_text(
            f"""
tls own {{ key-file "{self.files.key}"; cert-file "{self.files.certificate}"; }};
controls {{ }};
options {{
  directory "{self.folder}";
  pid-file none;
  session-keyfile none;
  listen-on port {self.port} {{ {HOST}; }};
  listen-on port {self.tlsPort} tls own {{ {HOST}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  minimal-responses no;
  rrset-order {{ order none; }};
  max-records-per-type 0;
  allow-transfer {{ none; }};
  server-id "bind.test";
  edns-udp-size 4096;
  max-udp-size 4096;
  tcp-clients 1000;
}};
view "internet" IN {{
{zones}}};
view "chaos" CH {{ zone "version.bind" CH {{ type primary; file "{chaos}"; }}; }};
"""
        )

    def ready(self) -> bool:
        """It answers for the zones over UDP, TCP and TLS."""
        return _answers(self)


class UnboundResolver(Unbound):
    """Unbound: the authority of the first zone, and a validating resolver for the other two."""

    def __init__(self, folder: Path, files: Files) -> None:
        super().__init__(folder)
        self.credentials = files
        self.tlsPort = freePort()

    def source(self) -> str:
        """The zones; whatever else is asked for is refused, or looked for where nobody is."""
        nowhere = self.folder / "root.hints"
        nowhere.write_text(". NS nowhere.\nnowhere. A 127.0.0.2\n")
        zones = _writeZones(self.folder)
        served = "".join(
            f'auth-zone:\n  name: "{name}"\n  zonefile: "{file}"\n  for-upstream: yes\n'
            f"  for-downstream: {'yes' if name == AUTHORITATIVE else 'no'}\n"
            for name, file in zones.items()
        )
        answered = "".join(f'  local-zone: "{name}" transparent\n' for name in zones)
        anchors = "".join(_anchor(self.folder, name) for name in (VALIDATED, BOGUS))
        return f"""
  module-config: "validator iterator"
  interface: {HOST}@{self.tlsPort}
  tls-port: {self.tlsPort}
  tls-service-key: "{self.credentials.key}"
  tls-service-pem: "{self.credentials.certificate}"
{anchors}  aggressive-nsec: no
  root-hints: "{nowhere}"
  do-ip6: no
  ede: yes
  val-log-level: 2
  nsid: "ascii_unbound.test"
  rrset-roundrobin: no
  minimal-responses: no
  edns-buffer-size: 4096
  max-udp-size: 4096
  incoming-num-tcp: 1000
  identity: "unbound.test"
  local-zone: "." refuse
  local-zone: "test." refuse
{answered}  local-zone: "local.test." static
  local-data: "local.test. 600 IN A 192.0.2.99"
  local-data: "local.test. 60 IN TXT 'local data'"
{served}"""

    def ready(self) -> bool:
        """It answers for the zones over UDP, TCP and TLS."""
        return _answers(self)


def _answers(server: Server) -> bool:
    return (
        answersOn(server.port, AUTHORITATIVE)
        and answersOn(server.port, VALIDATED, tcp=True)
        and tlsAnswers(server.tlsPort, AUTHORITATIVE)
    )


def _writeZones(folder: Path) -> dict[str, Path]:
    """All zones by name, as signed master files; addresses in the bogus one were signed as others."""
    found = {}
    for origin in (AUTHORITATIVE, VALIDATED, BOGUS):
        file = folder / f"{origin}zone"
        file.write_text(zoneText(origin))
        found[origin] = _sign(folder, origin, file)
    bogus = found[BOGUS].read_text()
    found[BOGUS].write_text(bogus.replace("192.0.2.", "192.0.3."))
    return found


def _anchor(folder: Path, origin: str) -> str:
    """The line of unbound.conf that has a signed zone's key trusted."""
    key = (folder / f"dsset-{origin}").read_text().split("DS", 1)[1].strip()
    return f'  trust-anchor: "{origin} DS {key}"\n'


def _sign(folder: Path, origin: str, file: Path) -> Path:
    """A zone's signed copy, with a key of its own (RFC 4035 section 2)."""
    signed = file.with_suffix(".signed")
    for flag in (["-f", "KSK"], []):
        output("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", *flag, origin, folder=folder)
    said = output("dnssec-signzone", "-S", "-q", "-o", origin, "-f", str(signed), str(file), folder=folder)
    assert signed.exists(), said
    return signed
