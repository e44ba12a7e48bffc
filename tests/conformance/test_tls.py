"""TL: what the TLS listener insists on, and how it ends."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from ..interop.asking import anyone, texts
from ..interop.certificates import authority, leaf
from ..interop.connection import framed
from ..interop.daemon import program, until
from ..interop.dot import DotConnection, lastWords
from ..interop.dotchain import Dotchain, dotchainCommand
from ..interop.ports import HOST, freePort
from ..tls.hellos import cut, hello
from .client import PATIENCE
from .message import Message, query
from .replies import RIGHT
from .roles import ENCRYPTED, IDLE, STREAMS, Meanwhile, Way, slowly, through


def openssl(way: Way, *arguments: str, said: bytes = b"") -> str:
    """What C{openssl s_client} prints."""
    return _sClient(way.port(IDLE), *arguments, said=said)


def _sClient(port: int, *arguments: str, said: bytes = b"") -> str:
    done = subprocess.run(
        [program("openssl"), "s_client", "-connect", f"{HOST}:{port}", *arguments],
        input=said,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout.decode(errors="replace")


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("tls://127.0.0.1:53", "udp://127.0.0.1:5399"),
        ("udp://127.0.0.1:853", "udp://127.0.0.1:5399"),
        ("tcp://127.0.0.1:853", "udp://127.0.0.1:5399"),
        ("udp://127.0.0.1:5398", "udp://127.0.0.1:853"),
        ("udp://127.0.0.1:5398", "tls://127.0.0.1:53"),
    ],
)
def test_TL02(tmp_path: Path, listen: str, address: str) -> None:
    """TLS on port 53 and clear text on port 853 are refused, and the rule is named (RFC 7858 section 3.1)."""
    config = tmp_path / "ports.ini"
    config.write_text(
        f"[front f]\nlisten = {listen}\nchain = c\n[chain c]\npath = u\n[upstream u]\naddress = {address}\n"
    )
    done = dotchainCommand("check", str(config))
    assert done.returncode == 1
    assert "RFC 7858 section 3.1" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "ciphers", ["AES128-SHA", "AES256-GCM-SHA384", "NULL:@SECLEVEL=0", "ECDHE-ECDSA-AES128-SHA"]
)
@through(ENCRYPTED)
def test_TL04_ciphers(way: Way, ciphers: str) -> None:
    """No suite without forward secrecy and AEAD in TLS 1.2 (RFC 9325 section 4.1)."""
    assert "Cipher is (NONE)" in openssl(way, "-tls1_2", "-cipher", ciphers)


@through(ENCRYPTED)
def test_TL04_renegotiation(way: Way, token: str) -> None:
    """No compression and no renegotiation; trying does no harm (RFC 9325 sections 3.3 and 3.5)."""
    said = openssl(way, "-tls1_2", said=b"R\n")
    assert "Compression: NONE" in said
    assert "no renegotiation" in said.partition("RENEGOTIATING")[2]
    assert way.ask(query(f"ok.{token}.t")).answer == [RIGHT]


@pytest.mark.parametrize("offer", [["dot"], ["h2", "dot"], None, ["h2", "http/1.1"]])
@through(ENCRYPTED)
def test_TL05(way: Way, token: str, offer: list[str] | None) -> None:
    """ALPN: dot where it is offered, none where none is, else the alert 120 (RFC 7301 section 3.2)."""
    side = anyone()
    if offer:
        side.set_alpn_protocols(offer)
    with socket.create_connection((HOST, way.port()), PATIENCE) as raw:
        if offer and "dot" not in offer:
            with pytest.raises(ssl.SSLError, match=r"(?i)no.application.protocol"):
                side.wrap_socket(raw)
            return
        with side.wrap_socket(raw) as tls:
            assert tls.selected_alpn_protocol() == ("dot" if offer else None)
            tls.sendall(framed(query(f"ok.{token}.t")))
            assert RIGHT in tls.recv(65536)


@pytest.mark.parametrize("sizes", [[1], [2], [1, 16384], [0, 16384]])
@through(ENCRYPTED)
def test_TL05_cut(way: Way, sizes: list[int]) -> None:
    """The same however the ClientHello is cut into records (RFC 8446 section 5.1)."""
    for offer, heard in ((("h2",), bytes((21, 3, 3, 0, 2, 2, 120))), (("dot",), b"\x16\3\3")):
        with socket.create_connection((HOST, way.port()), PATIENCE) as raw:
            raw.sendall(cut(hello(*offer), sizes))
            assert raw.recv(7).startswith(heard)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@through(ENCRYPTED)
def test_TL06(way: Way, token: str, version: ssl.TLSVersion) -> None:
    """Sessions are resumed by tickets (RFC 8310 section 9)."""
    side, session = anyone(), None
    side.minimum_version = side.maximum_version = version
    for resumed in (False, True, True):
        with (
            socket.create_connection((HOST, way.port()), PATIENCE) as raw,
            side.wrap_socket(raw, session=session) as tls,
        ):
            tls.sendall(framed(query(f"ok.{token}.t")))
            assert RIGHT in tls.recv(65536)
            assert tls.session_reused is resumed
            session = tls.session


@through(ENCRYPTED)
def test_TL07(way: Way, tmp_path: Path) -> None:
    """No early data: there is no profile of it for DNS over TLS (RFC 8446 appendix E.5)."""
    tickets, early = tmp_path / "tickets", tmp_path / "early"
    early.write_bytes(framed(query("ok.t")))
    assert "Max Early Data: 0" in openssl(
        way, "-tls1_3", "-ign_eof", "-sess_out", str(tickets), said=early.read_bytes()
    )
    said = openssl(way, "-tls1_3", "-sess_in", str(tickets), "-early_data", str(early))
    assert "Early data was accepted" not in said


@pytest.mark.parametrize("name", [None, "nosuch.example", "DoT.TeSt"])
@through(ENCRYPTED)
def test_TL08(way: Way, token: str, name: str | None) -> None:
    """Any SNI, or none, leads to the certificate that there is (RFC 9462 section 6.3)."""
    with (
        socket.create_connection((HOST, way.port()), PATIENCE) as raw,
        anyone().wrap_socket(raw, server_hostname=name) as tls,
    ):
        tls.sendall(framed(query(f"ok.{token}.t")))
        assert RIGHT in tls.recv(65536)


def test_TL09(tmp_path: Path) -> None:
    """All of the chain is shown, its pin is told, and another one comes with HUP (RFC 7858 section 4.2)."""
    ca = authority()
    middle = authority("an intermediate", ca)
    first, second = leaf(middle), leaf(middle)
    files = first.write(tmp_path, "shown")
    port, text = freePort(), _FRONT
    text = text.format(port=port, certificate=files.certificate, key=files.key, upstream=freePort())
    told = dotchainCommand("pin", str(files.certificate))
    assert first.pin in told.stdout
    with Dotchain(tmp_path / "daemon", text) as daemon, DotConnection(port) as before:
        said = _sClient(port, "-showcerts")
        assert said.count("BEGIN CERTIFICATE") == 2
        assert before.serial == first.serial
        second.write(tmp_path, "shown")
        daemon.hangUp()
        until(lambda: _serial(port) == second.serial)
        assert before.ask(dns.message.make_query("localhost", "A")).rcode() == dns.rcode.NOERROR


def _serial(port: int) -> int:
    with DotConnection(port) as connection:
        return connection.serial


_FRONT = """
[front dot]
listen = tls://127.0.0.1:{port}
certificate = {certificate}
key = {key}
chain = c
[chain c]
path = special up
[upstream up]
address = udp://127.0.0.1:{upstream}
"""


@slowly(STREAMS)
def idles(way: Way) -> str:
    """Ask once, and wait for the end."""
    with way.stream(IDLE) as stream:
        assert stream.ask(query("ok.idles.t")).answer == [RIGHT]
        return stream.ending()


@through(STREAMS)
def test_TL11(way: Way, ways: dict[str, Way], meanwhile: Meanwhile) -> None:
    """Every orderly end says close_notify before FIN (RFC 8446 section 6.1)."""
    assert meanwhile.outcome(idles, ways, STREAMS, way.name) == "ordered"


@through(STREAMS)
def test_TL12(way: Way, token: str) -> None:
    """Who has said his last word is still answered (RFC 1035 section 4.2.2)."""
    if way.tls:
        (got,) = lastWords(way.port(), dns.message.make_query(f"d500.{token}.t", "A"))
        assert texts(got) == ["192.0.2.1"]
        return
    with socket.create_connection((HOST, way.port()), PATIENCE) as raw:
        raw.sendall(framed(query(f"d500.{token}.t")))
        raw.shutdown(socket.SHUT_WR)
        octets = b""
        while more := raw.recv(65536):
            octets += more
    assert Message(octets[2:]).answer == [RIGHT]
