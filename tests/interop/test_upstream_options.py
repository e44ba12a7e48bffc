"""What peers see of an upstream's client certificate, server name, source and rate, and of C{next-on}."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import dns.message
import dns.rcode
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import overUdp, texts
from .certificates import NAME, authority, leaf
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, plainly, serverSide
from .server import Server

START = """
[front clear]
listen = udp://{host}:{port}
chain  = home

[chain home]
path = out
"""


def begin(folder: Path, text: str) -> tuple[Dotchain, int]:
    """A dotchain with one front, and its port."""
    port = freePort()
    return Dotchain(folder, START.format(host=HOST, port=port) + text), port


@pytest.mark.parametrize("given", [True, False])
def test_certificate(tmp_path: Path, credentials: Credentials, given: bool) -> None:
    """A server that wants a certificate of its own CA answers whoever has one, and nobody else."""
    ca = authority("a CA of clients")
    files = leaf(ca, names=("client.example",), usage=ExtendedKeyUsageOID.CLIENT_AUTH).write(
        tmp_path, "client"
    )
    trusted = ca.write(tmp_path, "clients").certificate
    side = serverSide(credentials.files)
    side.verify_mode = ssl.CERT_REQUIRED
    side.load_verify_locations(trusted)
    with Scripted(side) as server:
        text = (
            f"[upstream out]\naddress = tls://{HOST}:{server.port}\npin-sha256 = {credentials.server.pin}\n"
        )
        if given:
            text += f"certificate = {files.certificate}\nkey = {files.key}\n"
        daemon, port = begin(tmp_path, text)
        with daemon:
            answer = overUdp(port, "foo.example.org")
    assert (texts(answer) == ["192.0.2.1"]) is given
    assert (answer.rcode() == dns.rcode.SERVFAIL) is not given


@pytest.mark.parametrize(("sni", "seen"), [("", NAME), ("other.example", "other.example"), ("none", None)])
def test_sni(tmp_path: Path, credentials: Credentials, sni: str, seen: str | None) -> None:
    """The server name on the wire is C{name}, another one, or none; the certificate is that of C{name}."""
    side, wanted = serverSide(credentials.files), []
    side.sni_callback = lambda tls, name, context: wanted.append(name)
    with Scripted(side) as server:
        text = f"[upstream out]\naddress = tls://{HOST}:{server.port}\nname = {NAME}\n"
        text += f"ca-file = {credentials.trusted}\n" + (f"sni = {sni}\n" if sni else "")
        daemon, port = begin(tmp_path, text)
        with daemon:
            assert texts(overUdp(port, "foo.example.org")) == ["192.0.2.1"]
    assert set(wanted) <= {seen}
    assert (None in wanted or not wanted) is (seen is None)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_source(tmp_path: Path, transport: str) -> None:
    """All that comes is from the address that was wanted, over UDP from many ports."""
    peers: set[tuple[str, int]] = set()

    def script(asked: object) -> None:
        way, source = asked.way, asked.source  # type: ignore[attr-defined]
        peers.add(source or way.transport.get_extra_info("peername")[:2])
        wire = dns.message.from_wire(asked.wire)  # type: ignore[attr-defined]
        asked.send(answerTo(wire).to_wire())  # type: ignore[attr-defined]

    with Server(script, udp=transport == "udp") as server:
        text = f"[upstream out]\naddress = {transport}://{HOST}:{server.port}\nsource = 127.0.0.53\n"
        daemon, port = begin(tmp_path, text)
        with daemon:
            for number in range(10):
                assert texts(overUdp(port, f"n{number}.example.org")) == ["192.0.2.1"]
    assert {host for host, _ in peers} == {"127.0.0.53"}
    assert len({port for _, port in peers}) > (5 if transport == "udp" else 0)


def saying(rcode: dns.rcode.Rcode) -> Callable[[Asked], None]:
    """The script of a server that answers everything so."""

    def script(asked: Asked) -> None:
        answer = dns.message.make_response(asked.query)
        answer.set_rcode(rcode)
        asked.send(answer)

    return script


def test_nextOn(tmp_path: Path) -> None:
    """REFUSED by the first address, an answer by the second; the daemon's counters tell."""
    with Scripted(None, saying(dns.rcode.REFUSED)) as first, Scripted(None, plainly) as second:
        text = f"""
[upstream out]
address = tcp://{HOST}:{first.port} tcp://{HOST}:{second.port}
next-on = servfail refused
"""
        daemon, port = begin(tmp_path, text)
        with daemon:
            for number in range(5):
                assert texts(overUdp(port, f"n{number}.example.org")) == ["192.0.2.1"]
        assert (len(first.queries), len(second.queries)) == (5, 5)


def test_rate(tmp_path: Path) -> None:
    """Of a burst one gets what its rate allows, and the next member the rest."""
    with Scripted(None, plainly) as first, Scripted(None, plainly) as second:
        text = f"""
[upstream out]
kind = failover
over = one two

[upstream one]
address = tcp://{HOST}:{first.port}
rate    = 5/m

[upstream two]
address = tcp://{HOST}:{second.port}
"""
        daemon, port = begin(tmp_path, text)
        with daemon:
            for number in range(10):
                assert texts(overUdp(port, f"n{number}.example.org")) == ["192.0.2.1"]
        assert len(first.queries) <= 2
        assert len(first.queries) + len(second.queries) == 10
