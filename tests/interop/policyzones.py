"""BIND and Unbound that decide by the same policy zones, and BIND as a primary of one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .authorities import Named
from .certificates import Files
from .daemon import answersOn, program
from .ports import HOST
from .resolvers import Unbound

UPSTREAM = """\
$ORIGIN corp.test.
$TTL 300
@ SOA ns.host.test. hostmaster 1 3600 600 86400 60
@ NS ns.host.test.
*     A     192.0.2.1
*     AAAA  2001:db8:1::1
ip    A     192.0.2.66
ips   A     192.0.2.10
ips   A     192.0.2.66
ip6   AAAA  2001:db8:66::1
two   A     192.0.2.70
first A     192.0.2.71
alias CNAME nx
chain CNAME alias
tolocal CNAME local
topass CNAME pass
frompass CNAME nx
toip  CNAME ip
garden A    198.51.100.80
*.garden A  198.51.100.81
"""
"""What everybody's upstream says."""

FIRST = """\
$ORIGIN first.rpz.
$TTL 300
@ SOA ns.host.test. hostmaster.host.test. 1 3600 600 86400 60
@ NS ns.host.test.
32.70.2.0.192.rpz-ip CNAME rpz-passthru.
exempt.corp.test CNAME rpz-passthru.
32.71.2.0.192.rpz-ip CNAME *.
"""
SECOND = """\
$ORIGIN second.rpz.
$TTL 300
@ SOA ns.host.test. hostmaster.host.test. 7 3600 600 86400 60
@ NS ns.host.test.
nx.corp.test CNAME .
nodata.corp.test CNAME *.
drop.corp.test CNAME rpz-drop.
tcp.corp.test CNAME rpz-tcp-only.
local.corp.test A 198.51.100.7
local.corp.test A 198.51.100.8
local.corp.test TXT "blocked; see" "page"
garden.wild.corp.test CNAME garden.corp.test.
*.wc.corp.test CNAME *.garden.corp.test.
*.wild.corp.test CNAME .
pass.wild.corp.test CNAME rpz-passthru.
pass.corp.test CNAME rpz-passthru.
frompass.corp.test CNAME rpz-passthru.
self.wild.corp.test CNAME self.wild.corp.test.
a.b.wild.corp.test CNAME *.
exempt.corp.test CNAME .
two.corp.test CNAME .
32.66.2.0.192.rpz-ip CNAME .
48.zz.66.db8.2001.rpz-ip A 198.51.100.9
48.zz.66.db8.2001.rpz-ip AAAA 2001:db8::9
ns.host.test.rpz-nsdname CNAME .
32.9.0.0.127.rpz-client-ip CNAME .
32.8.0.0.127.rpz-client-ip CNAME rpz-passthru.
"""
ZONES = {"first.rpz": FIRST, "second.rpz": SECOND}


def writeZones(folder: Path) -> None:
    """The policy zones, a file each."""
    for name, text in ZONES.items():
        (folder / f"{name}.zone").write_text(text)


class PolicyUpstream(Named):
    """BIND with the zone that is asked for."""

    def configure(self) -> None:
        """named.conf."""
        (self.folder / "corp.test.zone").write_text(UPSTREAM)
        (self.folder / "named.conf").write_text(
            f"""
controls {{ }};
options {{
  directory "{self.folder}"; pid-file none; session-keyfile none;
  listen-on port {self.port} {{ {HOST}; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; minimal-responses yes;
}};
zone "corp.test" {{ type primary; file "corp.test.zone"; }};
"""
        )

    def ready(self) -> bool:
        """It answers for the zone."""
        return answersOn(self.port, "corp.test.")


class PolicyBind(Named):
    """BIND that forwards, and decides by policy zones."""

    def __init__(self, folder: Path, upstream: int, policy: str, options: str = "") -> None:
        """
        @param policy: what is done instead of what the second zone says, in BIND's words.
        @param options: of C{response-policy}.
        """
        super().__init__(folder)
        self._upstream, self._policy, self._options = upstream, policy, options

    def configure(self) -> None:
        """named.conf."""
        writeZones(self.folder)
        zones = "".join(
            f'zone "{name}" {{ type primary; file "{name}.zone"; notify no; }};\n' for name in ZONES
        )
        (self.folder / "named.conf").write_text(
            f"""
controls {{ }};
options {{
  directory "{self.folder}"; pid-file none; session-keyfile none;
  listen-on port {self.port} {{ {HOST}; }}; listen-on-v6 {{ none; }};
  recursion yes; dnssec-validation no; minimal-responses yes; empty-zones-enable no;
  forward only; forwarders {{ {HOST} port {self._upstream}; }};
  response-policy {{ zone "first.rpz"; zone "second.rpz" policy {self._policy}; }} {self._options};
}};
{zones}
"""
        )

    def ready(self) -> bool:
        """It answers, and has its zones."""
        return answersOn(self.port, "www.corp.test.")


class PolicyUnbound(Unbound):
    """Unbound that forwards, and decides by policy zones."""

    def __init__(self, folder: Path, upstream: int, policy: str) -> None:
        """@param policy: what is done instead of what the second zone says, in Unbound's words."""
        super().__init__(folder)
        self._upstream, self._policy = upstream, policy

    def configure(self) -> None:
        """unbound.conf, with the module that it has for policy zones."""
        super().configure()
        file = self.folder / "unbound.conf"
        file.write_text(file.read_text().replace('"iterator"', '"respip iterator"'))

    def source(self) -> str:
        """Everything from the upstream, but for what the zones say."""
        writeZones(self.folder)
        zones = ""
        for name in ZONES:
            zones += f'rpz:\n  name: "{name}"\n  zonefile: "{self.folder}/{name}.zone"\n'
        local = '  local-zone: "test." nodefault\n'
        forward = f'forward-zone:\n  name: "."\n  forward-addr: {HOST}@{self._upstream}\n'
        return f"{local}{zones}{self._policy}\n{forward}"

    def ready(self) -> bool:
        """It answers."""
        return answersOn(self.port, "www.corp.test.")


KEY = "S0xbb3VyIHRlc3RzJyBrZXksIG5vYm9keSBlbHNlJ3M="
TRANSFERRED = """\
$ORIGIN policy.rpz.
$TTL 300
@ SOA ns.host.test. hostmaster.host.test. 1 3600 600 86400 60
@ NS ns.host.test.
nx.corp.test CNAME .
"""


class PolicyPrimary(Named):
    """
    BIND that has a policy zone, gives it to holders of the key, takes updates, and tells of them.

    @ivar keyFile: the key, as C{nsupdate -k} takes it, and dotchain, too.
    """

    def __init__(self, folder: Path, tells: int, count: int = 0, files: Files | None = None) -> None:
        """
        @param tells: the port that NOTIFY is sent to.
        @param count: how many more names the zone has.
        @param files: a certificate, for transfers over TLS as well.
        """
        super().__init__(folder, files)
        self._tells, self._count = tells, count
        self.keyFile = folder / "transfers.key"

    def configure(self) -> None:
        """named.conf."""
        key = f'key "transfers" {{ algorithm hmac-sha256; secret "{KEY}"; }};'
        self.keyFile.write_text(key)
        tls, listens = "", ""
        if self.files is not None:
            pair = f'key-file "{self.files.key}"; cert-file "{self.files.certificate}";'
            tls, listens = f"tls own {{ {pair} }};", f"listen-on port {self.tlsPort} tls own {{ {HOST}; }};"
        more = "".join(f"n{number}.corp.test CNAME .\n" for number in range(self._count))
        zone = self.folder / "policy.zone"
        if not zone.exists():
            zone.write_text(TRANSFERRED + more)
        (self.folder / "named.conf").write_text(
            f"""
{key}
{tls}
controls {{ }};
options {{
  directory "{self.folder}"; pid-file none; session-keyfile none;
  listen-on port {self.port} {{ {HOST}; }}; listen-on-v6 {{ none; }}; {listens}
  recursion no; dnssec-validation no; notify-delay 0;
}};
zone "policy.rpz" {{
  type primary; file "policy.zone"; notify explicit;
  also-notify {{ {HOST} port {self._tells} key transfers; }};
  allow-transfer {{ key transfers; }};
  allow-update {{ key transfers; }};
}};
"""
        )

    def ready(self) -> bool:
        """It answers for the zone."""
        return answersOn(self.port, "policy.rpz.")

    def gave(self) -> bool:
        """Whether it has sent differences."""
        return "IXFR ended" in self.said()

    def update(self, *changes: str) -> None:
        """Change the zone, as C{add nx.corp.test.policy.rpz. 60 CNAME .} says."""
        lines = "\n".join(f"update {each}" for each in changes)
        subprocess.run(
            [program("nsupdate"), "-k", str(self.keyFile)],
            input=f"server {HOST} {self.port}\nzone policy.rpz\n{lines}\nsend\n".encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=True,
        )


class KnotPrimary(PolicyPrimary):
    """The same by Knot DNS, which tells of changes over TCP."""

    name = "knotd"

    def configure(self) -> None:
        """knot.conf."""
        super().configure()
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
key:
  - id: transfers
    algorithm: hmac-sha256
    secret: {KEY}
remote:
  - id: secondary
    address: {HOST}@{self._tells}
    key: transfers
acl:
  - id: holders
    key: transfers
    action: [transfer, update]
zone:
  - domain: policy.rpz
    storage: "{self.folder}"
    file: policy.zone
    notify: secondary
    acl: holders
"""
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("knotd"), "-c", str(self.folder / "knot.conf")]

    def gave(self) -> bool:
        """See L{PolicyPrimary.gave}."""
        return "IXFR, outgoing" in self.said()
