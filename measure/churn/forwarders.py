"""Who stands between the two rough links: dotchain and its peers, over TLS to one server."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from tests.interop.certificates import NAME, Files
from tests.interop.daemon import Daemon, program
from tests.interop.dotchain import environment, twistd
from tests.interop.network.conftest import DOT, FRONT, THERE
from tests.interop.network.roughnetwork import LAN


class Forwarder(Daemon):
    """
    A peer, in the foreground.

    @cvar text: its configuration.
    @cvar words: its command line, behind which the file is named.
    @cvar says: what it logs as soon as it is there.
    """

    text: ClassVar[str]
    words: ClassVar[tuple[str, ...]]
    says: ClassVar[str]

    def __init__(self, folder: Path, files: Files, trusted: Path) -> None:
        super().__init__(folder)
        self._values = {
            "files": files,
            "trusted": trusted,
            "folder": folder,
            "name": NAME,
            "lan": LAN,
            "there": THERE,
        }

    def configure(self) -> None:
        """Write the file."""
        (self.folder / "conf").write_text(self.text.format(udp=FRONT, tls=DOT, **self._values))

    def command(self) -> list[str]:
        """In the foreground."""
        return [program(self.words[0]), *self.words[1:], str(self.folder / "conf")]

    def ready(self) -> bool:
        """It says so."""
        return self.says in self.said()


class Unbound(Forwarder):
    """Unbound, which checks nothing and keeps nothing."""

    name = "unbound"
    words = ("unbound", "-d", "-p", "-c")
    says = "start of service"
    text = """
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  interface: {lan}@{udp}
  interface: {lan}@{tls}
  tls-port: {tls}
  tls-service-key: "{files.key}"
  tls-service-pem: "{files.certificate}"
  tls-cert-bundle: "{trusted}"
  access-control: 0.0.0.0/0 allow
  module-config: "iterator"
forward-zone:
  name: "."
  forward-tls-upstream: yes
  forward-addr: {there}@{tls}#{name}
"""


class Dnsdist(Forwarder):
    """dnsdist, which checks its server once a second."""

    name = "dnsdist"
    words = ("dnsdist", "--supervised", "-C")
    says = "Marking downstream"
    text = """
setSecurityPollSuffix("")
setACL("0.0.0.0/0")
setLocal("{lan}:{udp}")
addTLSLocal("{lan}:{tls}", "{files.certificate}", "{files.key}", {{ maxInFlight = 1000 }})
newServer({{ address = "{there}:{tls}", tls = "openssl", subjectName = "{name}", caStore = "{trusted}",
             validateCertificates = true, maxInFlight = 1000, checkName = "a0.example.org." }})
"""


class Own(Forwarder):
    """dotchain with defaults, and neither C{cache} nor C{coalesce}."""

    name = "dotchain"
    says = "dotchain ready:"
    text = """
[front lan]
allow       = 0.0.0.0/0
listen      = udp://{lan}:{udp} tls://{lan}:{tls}
certificate = {files.certificate}
key         = {files.key}
chain       = home

[chain home]
path = out

[upstream out]
address = tls://{there}
name    = {name}
ca-file = {trusted}
"""

    def command(self) -> list[str]:
        """As operators run it."""
        return twistd(self.folder / "conf")

    def environment(self) -> dict[str, str]:
        """With this checkout, and its control socket in the folder."""
        return {**environment(), "RUNTIME_DIRECTORY": str(self.folder)}


FORWARDERS: tuple[type[Forwarder], ...] = (Own, Unbound, Dnsdist)
