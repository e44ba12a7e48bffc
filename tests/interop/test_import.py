"""Configurations of stunnel, Stubby, Unbound and BIND, imported, started and asked."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import overTcp, overTls, overUdp, texts
from .certificates import NAME, authority, leaf
from .conftest import Credentials
from .daemon import unavailable
from .dotchain import CHECKOUT, Dotchain, dotchainCommand
from .ports import HOST, freePort
from .test_control import Controlled
from .test_lab import FOO

STUNNEL_SERVER = """
accept = {host}:{port}
connect = {clear}
cert = {certificate}
key = {key}
"""
STUNNEL_CLIENT = """
client = yes
accept = localhost:{port}
connect = {host}:{tls}
"""
UNBOUND = """
server:
    interface: {host}@{port}
    tls-cert-bundle: "{trusted}"
forward-zone:
    name: "."
    forward-tls-upstream: yes
    forward-addr: {host}@{dot}#{name}
"""
NAMED = """
tls dot {{ remote-hostname "{name}"; ca-file "{trusted}"; }};
options {{
    listen-on port {port} {{ {host}; }};
    forwarders port {dot} tls dot {{ {host}; }};
    forward only;
}};
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controlled]:
    """The lab as it stands, on other ports."""
    folder = tmp_path_factory.mktemp("imp")
    shutil.copytree(CHECKOUT / "etc", folder / "etc")
    with Controlled(folder / "etc") as running:
        yield running


def imported(folder: Path, name: str, text: str) -> Dotchain:
    """A daemon with what a file becomes, which the check takes."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    done = dotchainCommand("import", str(file))
    assert done.returncode == 0, done.stderr
    (folder / "dotchain.ini").write_text(done.stdout)
    checked = dotchainCommand("check", str(folder / "dotchain.ini"))
    assert checked.returncode == 0, checked.stderr
    return Dotchain(folder)


def test_stunnelServer(lab: Controlled, tmp_path: Path, credentials: Credentials) -> None:
    """The recipe's server: TLS in, the nameserver behind it."""
    port = freePort()
    files = credentials.files
    where = {
        "host": HOST,
        "port": port,
        "clear": lab.port,
        "certificate": files.certificate,
        "key": files.key,
    }
    with imported(tmp_path / "a", "dnstls.conf", STUNNEL_SERVER.format(**where)):
        assert texts(overTls(port, FOO))


def test_stunnelClient(lab: Controlled, tmp_path: Path) -> None:
    """The recipe's aggregator: TCP in, TLS out."""
    port = freePort()
    text = STUNNEL_CLIENT.format(host=HOST, port=port, tls=lab.tlsPort)
    with imported(tmp_path / "a", "dnstls.conf", text):
        assert texts(overTcp(port, FOO))


def test_stunnelMutual(lab: Controlled, tmp_path: Path, credentials: Credentials) -> None:
    """A server in a folder that is included, which lets in whom a CA knows, and a client that it knows."""
    port, tls = freePort(), freePort()
    files, ca = credentials.files, authority("a CA of clients")
    shown = leaf(ca, usage=ExtendedKeyUsageOID.CLIENT_AUTH).write(tmp_path, "client")
    server = STUNNEL_SERVER.format(
        host=HOST, port=tls, clear=lab.port, certificate=files.certificate, key=files.key
    )
    knobs = "verifyChain = yes\nsslVersionMin = TLSv1.3\noptions = NO_TICKET\n"
    folder = tmp_path / "a" / "conf.d"
    folder.mkdir(parents=True)
    (folder / "dns.conf").write_text(
        f"[dns]{server}CAFILE = {ca.write(tmp_path, 'clients').certificate}\n{knobs}"
    )
    client = STUNNEL_CLIENT.format(host=HOST, port=port, tls=tls)
    client += f"cert = {shown.certificate}\nkey = {shown.key}\n"
    with (
        imported(tmp_path / "a", "server.conf", "include = conf.d\n"),
        imported(tmp_path / "b", "client.conf", client),
    ):
        assert texts(overTcp(port, FOO))
        with pytest.raises(ssl.SSLError):
            overTls(tls, FOO)


def test_stubby(lab: Controlled, tmp_path: Path) -> None:
    """Stubby's own default file, with another port and another server in the place of the public ones."""
    pytest.importorskip("yaml", reason="PyYAML is missing")
    port = freePort()
    pin = dotchainCommand("pin", f"{HOST}#{lab.tlsPort}").stdout.partition('"')[2].partition('"')[0]
    text = STUBBY.format(host=HOST, port=port, tls=lab.tlsPort, pin=pin)
    with imported(tmp_path / "a", "stubby.yml", text):
        assert texts(overUdp(port, FOO))


def test_stubbyDefault(tmp_path: Path) -> None:
    """The file that comes with Debian's package is one that the check takes."""
    pytest.importorskip("yaml", reason="PyYAML is missing")
    file = Path("/etc/stubby/stubby.yml")
    if not file.exists():
        unavailable("stubby is not installed")
    done = dotchainCommand("import", str(file))
    assert done.returncode == 0, done.stderr
    (tmp_path / "x.ini").write_text(done.stdout)
    assert dotchainCommand("check", str(tmp_path / "x.ini")).returncode == 0
    assert "round_robin" not in done.stderr


STUBBY = """
resolution_type: GETDNS_RESOLUTION_STUB
dns_transport_list:
  - GETDNS_TRANSPORT_TLS
tls_authentication: GETDNS_AUTHENTICATION_REQUIRED
tls_query_padding_blocksize: 128
edns_client_subnet_private : 1
round_robin_upstreams: 1
idle_timeout: 10000
listen_addresses:
  - {host}@{port}
upstream_recursive_servers:
  - address_data: {host}
    tls_port: {tls}
    tls_pubkey_pinset:
      - digest: "sha256"
        value: {pin}
"""


def proxy(folder: Path, port: int, lab: Controlled, credentials: Credentials) -> Dotchain:
    """A server over TLS with the tests' own certificate, in front of the lab."""
    files = credentials.files
    folder.mkdir()
    return Dotchain(
        folder,
        f"[front dot]\nlisten = tls://{HOST}:{port}\ncertificate = {files.certificate}\nkey = {files.key}\n"
        f"chain = x\n[chain x]\npath = up\n[upstream up]\naddress = tcp://{HOST}:{lab.port}\n",
    )


@pytest.mark.parametrize(("file", "text"), [("unbound.conf", UNBOUND), ("named.conf", NAMED)])
def test_forward(lab: Controlled, tmp_path: Path, credentials: Credentials, file: str, text: str) -> None:
    """The documented ways to forward over TLS, the server authenticated by its name."""
    port, dot = freePort(), freePort()
    where = {"host": HOST, "port": port, "dot": dot, "name": NAME, "trusted": credentials.trusted}
    with (
        proxy(tmp_path / "p", dot, lab, credentials),
        imported(tmp_path / "a", file, text.format(**where)),
    ):
        assert texts(overUdp(port, FOO))


def test_endless(tmp_path: Path) -> None:
    """Files that include each other, and what is too large for a configuration, come to an end."""
    for number in range(3):
        (tmp_path / f"{number}.conf").write_text('include: "[012].conf"\n' * 3)
    (tmp_path / "unbound.conf").write_text('server:\n include: "0.conf"\n')
    done = dotchainCommand("import", str(tmp_path / "unbound.conf"))
    assert done.returncode == 1
    assert "files are included" in done.stderr or "include each other" in done.stderr
    (tmp_path / "large").write_text("server:\n" * (1 << 20))
    done = dotchainCommand("import", str(tmp_path / "large"))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path / 'large'}:1: is too large for a configuration" in done.stderr


def test_wrong(tmp_path: Path) -> None:
    """What can't be understood is told with file and line."""
    file = tmp_path / "named.conf"
    file.write_text("options {\n    forwarders { nobody; };\n};\n")
    done = dotchainCommand("import", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{file}:2: 'nobody' is no IP address\n"
    assert dotchainCommand("import", str(tmp_path / "none")).returncode == 1
