"""Nameservers of others that demand PROXY headers, and say in a TXT record who asks."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from typing_extensions import Self

from .asking import connects
from .certificates import Files
from .daemon import Daemon, program
from .ports import HOST, freePort

NAME = "who.test."
"""What they are asked for."""

CLIENTS = {"one": ("127.0.0.1", "192.0.2.1"), "two": ("127.0.0.2", "2001:db8::2")}
"""What they say to clients, one of each family among them."""


class Introduced(Daemon):
    """
    One of them.

    @cvar ways: how it can be asked, by what stands in an upstream's C{proxy-protocol}.
    @cvar marks: what it logs as soon as it serves: without a header it answers nobody.
    @ivar port: its port of UDP and TCP.
    @ivar tlsPort: its port of TLS, where it has one.
    """

    ways: ClassVar[dict[str, str]] = {"udp": "yes", "tcp": "yes"}
    marks: ClassVar[str] = ""

    def __init__(self, folder: Path, files: Files) -> None:
        super().__init__(folder)
        self.files = files
        self.port, self.tlsPort = freePort(), freePort()

    def ready(self) -> bool:
        """It says so."""
        return self.marks in self.said()


class Views(Introduced):
    """Unbound, by its views."""

    name = "unbound"
    ways: ClassVar[dict[str, str]] = {"udp": "yes", "tcp": "yes", "tls": "yes"}
    marks = "start of service"

    def configure(self) -> None:
        """unbound.conf."""
        views = "".join(
            f'view:\n  name: {who}\n  local-zone: "{NAME}" redirect\n'
            f"""  local-data: '{NAME} 60 IN TXT "{who}"'\n"""
            for who in CLIENTS
        )
        addresses = [
            (who, f"{each}/{128 if ':' in each else 32}") for who, found in CLIENTS.items() for each in found
        ]
        lines = [
            "server:",
            f'  directory: "{self.folder}"',
            *(
                '  chroot: ""',
                '  username: ""',
                '  pidfile: ""',
                "  use-syslog: no",
                '  logfile: ""',
                "  verbosity: 1",
            ),
            f"  interface: {HOST}@{self.port}",
            f"  interface: {HOST}@{self.tlsPort}",
            f"  tls-port: {self.tlsPort}",
            f'  tls-service-key: "{self.files.key}"',
            f'  tls-service-pem: "{self.files.certificate}"',
            f"  proxy-protocol-port: {self.port}",
            f"  proxy-protocol-port: {self.tlsPort}",
            *(f"  access-control: {each} allow" for _, each in addresses),
            *(f"  access-control-view: {each} {who}" for who, each in addresses),
        ]
        (self.folder / "unbound.conf").write_text("\n".join(lines) + f"\n{views}")

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("unbound"), "-d", "-p", "-c", str(self.folder / "unbound.conf")]


class Recursor(Introduced):
    """PowerDNS Recursor, by a hook."""

    name = "pdns_recursor"
    marks = "Enabled multiplexer"

    def configure(self) -> None:
        """recursor.conf and who.lua."""
        (self.folder / "recursor.conf").write_text(
            f"local-address={HOST}\nlocal-port={self.port}\nproxy-protocol-from=127.0.0.0/8\ndaemon=no\n"
            f"socket-dir={self.folder}\nlua-dns-script={self.folder}/who.lua\nsecurity-poll-suffix=\n"
            "allow-from=0.0.0.0/0, ::/0\nsetuid=\nsetgid=\nchroot=\nhint-file=no\n"
        )
        names = ", ".join(f"['{each}'] = '{who}'" for who, found in CLIENTS.items() for each in found)
        (self.folder / "who.lua").write_text(
            f"local names = {{{names}}}\n"
            "function preresolve(dq)\n"
            "  dq:addAnswer(pdns.TXT, '\"' .. (names[dq.remoteaddr:toString()] or 'other') .. '\"')\n"
            "  dq.variable = true\n  return true\nend\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("pdns_recursor"), f"--config-dir={self.folder}"]


class Authoritative(Introduced):
    """PowerDNS Authoritative Server, by a LUA record."""

    name = "pdns_server"
    marks = "Done launching threads"

    def configure(self) -> None:
        """pdns.conf, the backend's list of zones, and the zone."""
        names = ", ".join(f"['{each}'] = '{who}'" for who, found in CLIENTS.items() for each in found)
        code = f";names = {{{names}}}; return names[who:toString()] or 'other'"
        (self.folder / "zone").write_text(
            "$TTL 60\n@ SOA ns.test. root.test. 1 60 60 60 60\n@ NS ns.test.\nns A 192.0.2.53\n"
            f'who LUA TXT "{code}"\n'
        )
        (self.folder / "zones").write_text(f'zone "test" {{ type master; file "{self.folder}/zone"; }};\n')
        (self.folder / "pdns.conf").write_text(
            f"launch=bind\nbind-config={self.folder}/zones\nlocal-address={HOST}\nlocal-port={self.port}\n"
            f"proxy-protocol-from=127.0.0.0/8\nenable-lua-records=yes\nsocket-dir={self.folder}\n"
            "security-poll-suffix=\nsetuid=\nsetgid=\nchroot=\ncache-ttl=0\nquery-cache-ttl=0\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("pdns_server"), f"--config-dir={self.folder}", "--guardian=no", "--daemon=no"]


class KnotAcl(Introduced):
    """Knot DNS, which tells one client from another over UDP: the others are refused."""

    name = "knotd"
    ways: ClassVar[dict[str, str]] = {"udp": "yes"}
    marks = "server started"

    def configure(self) -> None:
        """knot.conf and the zone."""
        (self.folder / "zone").write_text(
            "$TTL 60\n@ SOA ns.test. root.test. 1 60 60 60 60\n@ NS ns.test.\nns A 192.0.2.53\n"
            'who TXT "one"\n'
        )
        (self.folder / "knot.conf").write_text(
            f"server:\n    rundir: {self.folder}\n    listen: {HOST}@{self.port}\n"
            "    proxy-allowlist: 127.0.0.0/8\n    udp-workers: 1\n    tcp-workers: 1\n"
            "    background-workers: 1\n"
            f"database:\n    storage: {self.folder}\nlog:\n  - target: stderr\n    any: info\n"
            f"mod-queryacl:\n  - id: who\n    address: [ {', '.join(CLIENTS['one'])} ]\n"
            f"zone:\n  - domain: test\n    storage: {self.folder}\n    file: zone\n    zonefile-sync: -1\n"
            "    journal-content: none\n    module: mod-queryacl/who\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("knotd"), "-c", str(self.folder / "knot.conf")]


class Kresd(Introduced):
    """Knot Resolver, by its views; with TLS behind a header 5.6 ends the connection by an assertion."""

    name = "kresd"
    marks = "it serves"

    def configure(self) -> None:
        """kresd.conf."""
        answer = "policy.ANSWER({{ [kres.type.TXT] = {{ rdata = '\\{length:03d}{who}', ttl = 60 }} }}, true)"
        lines = [
            f"net.listen('{HOST}', {self.port}, {{ kind = 'dns' }})",
            "net.proxy_allowed('127.0.0.0/8')",
            "modules = { 'view' }",
            "modules.unload('ta_update')",
            "modules.unload('ta_signal_query')",
            "modules.unload('priming')",
            "modules.unload('detect_time_jump')",
            "trust_anchors.remove('.')",
        ]
        for who, found in CLIENTS.items():
            for each in found:
                told = answer.format(length=len(who), who=who)
                lines.append(f"view:addr('{each}/{128 if ':' in each else 32}', policy.all({told}))")
        lines.append("print('it serves')")
        (self.folder / "kresd.conf").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("kresd"), "-n", "-c", str(self.folder / "kresd.conf"), str(self.folder)]


class Offloader(Introduced):
    """HAProxy that takes off TLS, with a header before it, and introduces the client to Unbound."""

    name = "haproxy"
    ways: ClassVar[dict[str, str]] = {"tls": "outside"}

    def __init__(self, folder: Path, files: Files) -> None:
        super().__init__(folder, files)
        self.behind = Views(folder / "behind", files)

    def __enter__(self) -> Self:
        self.behind.__enter__()
        try:
            return super().__enter__()
        except BaseException:
            self.behind.__exit__()
            raise

    def __exit__(self, *why: object) -> None:
        super().__exit__(*why)
        self.behind.__exit__(*why)

    def configure(self) -> None:
        """haproxy.cfg."""
        (self.folder / "pair.pem").write_bytes(
            self.files.certificate.read_bytes() + self.files.key.read_bytes()
        )
        (self.folder / "haproxy.cfg").write_text(
            "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 9s\n  timeout server 9s\n"
            f"listen tls\n  bind {HOST}:{self.tlsPort} ssl crt {self.folder}/pair.pem accept-proxy\n"
            f"  server unbound {HOST}:{self.behind.port} send-proxy-v2\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")]

    def ready(self) -> bool:
        """It listens."""
        return connects(self.tlsPort)


class DnsdistBehind(Introduced):
    """dnsdist, by its rules."""

    name = "dnsdist"
    ways: ClassVar[dict[str, str]] = {"udp": "yes", "tcp": "yes", "tls": "yes"}
    marks = "Console ACL"

    def configure(self) -> None:
        """dnsdist.conf."""
        lines = [
            f'setLocal("{HOST}:{self.port}")',
            f'addTLSLocal("{HOST}:{self.tlsPort}", "{self.files.certificate}", "{self.files.key}")',
            'setProxyProtocolACL({"127.0.0.0/8"})',
            'setACL({"0.0.0.0/0", "::/0"})',
            'setSecurityPollSuffix("")',
        ]
        for who, found in CLIENTS.items():
            lines.append(f"{who} = newNMG()")
            lines += [f'{who}:addMask("{each}/{128 if ":" in each else 32}")' for each in found]
            lines.append(f'addAction(NetmaskGroupRule({who}), SpoofRawAction("\\{len(who):03d}{who}"))')
        (self.folder / "dnsdist.conf").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("dnsdist"), "--supervised", "-C", str(self.folder / "dnsdist.conf")]
