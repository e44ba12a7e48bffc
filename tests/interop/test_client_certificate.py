"""Servers that demand a certificate of their clients: who has the right one is answered, others learn why."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import dns.message
import dns.rcode
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import connects, overUdp, texts
from .authorities import Named
from .certificates import Files, Issued, authority, leaf
from .conftest import Credentials
from .daemon import Daemon, program, until
from .dotchain import Dotchain
from .openssl import OpensslServer
from .ports import HOST, freePort

CLIENT = "client.example"
NONE, OTHER, RIGHT = "none", "other", "right"
WAY = """
[front {name}]
listen = udp://{host}:{port}
chain  = {name}

[chain {name}]
path = to-{name}

[upstream to-{name}]
address    = tls://{host}:{server}
pin-sha256 = {pin}
timeout    = 2s
{keys}
"""
WANTS = "the peer wants a certificate of ours, and we have none"
ASKED = "the peer asked for a certificate of ours"
UNKNOWN = "the peer sent the TLS alert unknown ca"


class Clients:
    """
    The certificates of clients.

    @ivar trusted: the CA that servers take.
    @ivar keys: the keys of an upstream with the right one, one of another CA, and none.
    """

    def __init__(self, folder: Path) -> None:
        ca, other = authority("a CA of clients"), authority("another CA")
        self.trusted = ca.write(folder, "clients").certificate
        self.keys = {NONE: "", RIGHT: _keys(folder, RIGHT, ca), OTHER: _keys(folder, OTHER, other)}


def _keys(folder: Path, name: str, ca: Issued) -> str:
    made = leaf(ca, names=(CLIENT,), subject=CLIENT, usage=ExtendedKeyUsageOID.CLIENT_AUTH)
    files = made.write(folder, name)
    return f"certificate = {files.certificate}\nkey = {files.key}\n"


class DemandingNamed(Named):
    """BIND, whose C{ca-file} makes it demand a certificate."""

    def __init__(self, folder: Path, files: Files, trusted: Path, backend: int) -> None:
        super().__init__(folder, files)
        self.trusted = trusted

    def configure(self) -> None:
        """See L{Named.configure}."""
        super().configure()
        file = self.folder / "named.conf"
        file.write_text(file.read_text().replace("tls own {", f'tls own {{ ca-file "{self.trusted}";', 1))


class HAProxy(Daemon):
    """HAProxy, which ends TLS before a nameserver over TCP."""

    name = "haproxy"

    def __init__(self, folder: Path, files: Files, trusted: Path, backend: int) -> None:
        super().__init__(folder)
        self.files, self.trusted, self.backend = files, trusted, backend
        self.tlsPort = freePort()

    def configure(self) -> None:
        """haproxy.cfg, with leaf and key in one file."""
        pair = self.folder / "pair.pem"
        pair.write_bytes(self.files.certificate.read_bytes() + self.files.key.read_bytes())
        (self.folder / "haproxy.cfg").write_text(
            f"""
defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen dot
  bind {HOST}:{self.tlsPort} ssl crt {pair} ca-file {self.trusted} verify required alpn dot
  server named {HOST}:{self.backend}
"""
        )

    def command(self) -> list[str]:
        """In the foreground."""
        return [program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")]

    def ready(self) -> bool:
        """It listens."""
        return connects(self.tlsPort)


class OwnFront(Dotchain):
    """A front of our own."""

    def __init__(self, folder: Path, files: Files, trusted: Path, backend: int) -> None:
        self.tlsPort = freePort()
        text = f"""
[front dot]
listen             = tls://{HOST}:{self.tlsPort}
certificate        = {files.certificate}
key                = {files.key}
client-ca          = {trusted}
client-certificate = require
chain              = all

[chain all]
path = behind

[upstream behind]
address = tcp://{HOST}:{backend}
"""
        super().__init__(folder, text)


Kind = type[DemandingNamed] | type[HAProxy] | type[OwnFront]
WHY: dict[Kind, dict[str, str]] = {
    DemandingNamed: {NONE: ASKED, OTHER: ASKED},
    HAProxy: {NONE: WANTS, OTHER: UNKNOWN},
    OwnFront: {NONE: WANTS, OTHER: UNKNOWN},
}


class Met:
    """
    A daemon before all these servers, by each way with another certificate, and what came of a query.

    @ivar answers: by the server's class and the certificate.
    @ivar said: the daemon's log.
    """

    def __init__(self, folder: Path, clients: Clients, credentials: Credentials) -> None:
        self.answers: dict[tuple[Kind, str], dns.message.Message] = {}
        ports = {(kind, given): freePort() for kind in WHY for given in clients.keys}
        with ExitStack() as running:
            behind = running.enter_context(Named(folder / "behind"))
            text = ""
            for kind in WHY:
                made = kind(folder / kind.__name__, credentials.files, clients.trusted, behind.port)
                running.enter_context(made)
                for given, keys in clients.keys.items():
                    text += WAY.format(
                        name=f"{kind.__name__.lower()}-{given}",
                        host=HOST,
                        port=ports[kind, given],
                        server=made.tlsPort,
                        pin=credentials.server.pin,
                        keys=keys,
                    )
            daemon = running.enter_context(Dotchain(folder / "dotchain", text))
            for way, port in ports.items():
                self.answers[way] = overUdp(port, "foo.example.org")
            self.said = daemon.said()


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    """Made once."""
    return Clients(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory, clients: Clients, credentials: Credentials) -> Met:
    """All at once."""
    return Met(tmp_path_factory.mktemp("met"), clients, credentials)


@pytest.mark.parametrize("kind", WHY)
def test_right(met: Met, kind: Kind) -> None:
    """Whoever has a certificate of the server's CA is answered."""
    assert texts(met.answers[kind, RIGHT]) == ["192.0.2.1"]


@pytest.mark.parametrize("given", [NONE, OTHER])
@pytest.mark.parametrize("kind", WHY)
def test_wrong(met: Met, kind: Kind, given: str) -> None:
    """All others are not, and the log has one line that says why."""
    assert met.answers[kind, given].rcode() == dns.rcode.SERVFAIL
    name = f"upstream to-{kind.__name__.lower()}-{given} ("
    (line,) = [line for line in met.said.splitlines() if name in line]
    assert WHY[kind][given] in line


class Telling(OpensslServer):
    """It tells what it makes of certificates."""

    def command(self) -> list[str]:
        """See L{OpensslServer.command}."""
        return [word for word in super().command() if word != "-quiet"]


def test_openssl(tmp_path: Path, credentials: Credentials, clients: Clients) -> None:
    """OpenSSL's own server sees the name in the certificate, and that its CA has signed it."""
    more = ("-Verify", "1", "-verify_return_error", "-CAfile", str(clients.trusted))
    with Telling(tmp_path / "openssl", credentials.files, *more) as openssl:
        port = freePort()
        where = {"host": HOST, "port": port, "server": openssl.port, "pin": credentials.server.pin}
        with Dotchain(tmp_path, WAY.format(name="way", keys=clients.keys[RIGHT], **where)):
            overUdp(port, "foo.example.org")
            until(lambda: f"CN = {CLIENT}" in openssl.said() and "verify return:1" in openssl.said())
