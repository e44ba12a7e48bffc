"""HAProxy takes off the clients' TLS, and dotchain decides by what it says of server name and certificate."""

from __future__ import annotations

from pathlib import Path

from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import kdig
from .certificates import Files, authority, leaf
from .daemon import Daemon, program
from .dotchain import Dotchain
from .ports import HOST, freePort

_INI = """
[front lan]
listen = tcp://{host}:{port}
chain = home
proxy-protocol = {host}
proxy-tlvs = sni identity
[chain home]
path = known kids others none
[stage known]
kind = local
records = who.test. 60 TXT known
match = identity:laptop.example
[stage others]
kind = local
records = who.test. 60 TXT other
[stage kids]
kind = local
records = who.test. 60 TXT kids
match = sni:kids.example
[upstream none]
address = tcp://{host}:9
"""


class Offloader(Daemon):
    """
    HAProxy with the clients' TLS.

    @ivar port: its own.
    """

    name = "haproxy"

    def __init__(self, folder: Path, files: Files, clients: Path, behind: int) -> None:
        super().__init__(folder)
        self.files, self.clients, self.behind = files, clients, behind
        self.port = freePort()

    def configure(self) -> None:
        """haproxy.cfg."""
        (self.folder / "pair.pem").write_bytes(
            self.files.certificate.read_bytes() + self.files.key.read_bytes()
        )
        (self.folder / "haproxy.cfg").write_text(
            "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 9s\n  timeout server 9s\n"
            f"listen tls\n  bind {HOST}:{self.port} ssl crt {self.folder}/pair.pem ca-file {self.clients} "
            "verify optional crt-ignore-err all\n"
            f"  server dotchain {HOST}:{self.behind} send-proxy-v2 proxy-v2-options ssl,cert-cn,authority\n"
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")]

    def ready(self) -> bool:
        """It answers."""
        return "NOERROR" in kdig(self.port, "+tls", "who.test.", "TXT")


def test_offloaded(tmp_path: Path) -> None:
    """A verified certificate names the client, another one nobody; the server name is the client's."""
    ours, theirs = authority(), authority("somebody else's CA")
    server = leaf(ours).write(tmp_path, "server")
    trusted = ours.write(tmp_path, "clients").certificate
    usage = ExtendedKeyUsageOID.CLIENT_AUTH
    shown = {
        by: leaf(issuer, subject="Laptop.example", usage=usage).write(tmp_path, by)
        for by, issuer in (("ours", ours), ("theirs", theirs))
    }
    port = freePort()
    text = _INI.format(host=HOST, port=port)
    with (
        Dotchain(tmp_path / "dotchain", text),
        Offloader(tmp_path / "haproxy", server, trusted, port) as balancer,
    ):

        def said(*more: str) -> str:
            return kdig(balancer.port, "+tls", *more, "who.test.", "TXT", "+short").strip().strip('"')

        def by(who: str) -> list[str]:
            return [f"+tls-certfile={shown[who].certificate}", f"+tls-keyfile={shown[who].key}"]

        assert said() == "other"
        assert said("+tls-sni=Kids.example") == "kids"
        assert said(*by("ours")) == "known"
        assert said(*by("ours"), "+tls-sni=kids.example") == "known"
        assert said(*by("theirs")) == "other"
