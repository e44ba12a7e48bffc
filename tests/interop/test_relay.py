"""Zone transfers, updates and NOTIFY through the server proxy, by BIND's and Knot's own clients."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.tsigkeyring
import dns.update
import dns.xfr
import dns.zone
import pytest

from .asking import dig, kdig, overUdp, texts
from .conftest import Credentials
from .daemon import program
from .dotchain import Dotchain
from .ports import HOST, freePort
from .primaries import KEY, ORIGIN, Primary, Secondary, serial

COUNT = 50_000
QUIET = ["+nocmd", "+nostats", "+nocomments", "+noquestion"]


class Ports(NamedTuple):
    """Where what listens: the primary itself, dotchain over TLS, dotchain over UDP and TCP."""

    direct: int
    tls: int
    plain: int
    primary: Primary


@pytest.fixture(scope="module")
def ports(folder: Path, credentials: Credentials) -> Iterator[Ports]:
    """A primary, and dotchain in front of it."""
    with ExitStack() as running:
        primary = running.enter_context(Primary(folder / "primary", COUNT))
        found = Ports(primary.port, freePort(), freePort(), primary)
        text = f"""
[front dot]
listen      = tls://{HOST}:{found.tls}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
relay       = notify update transfers
chain       = server
[front plain]
listen = udp://{HOST}:{found.plain} tcp://{HOST}:{found.plain}
relay  = notify update transfers
chain  = server
[chain server]
path = nameserver
[upstream nameserver]
address = udp://{HOST}:{primary.port}
"""
        running.enter_context(Dotchain(folder / "relay", text))
        yield found


def zone(said: str) -> list[str]:
    """The lines of a zone as a client prints it, SOA and signatures aside."""
    lines = (line.split() for line in said.splitlines() if line and not line.startswith(";"))
    return sorted(" ".join(words) for words in lines if words[3] not in {"TSIG", "SOA"})


@pytest.mark.parametrize("signed", [False, True])
def test_transfers(ports: Ports, signed: bool) -> None:
    """50,000 records come through TCP and TLS as they come from BIND itself."""
    key = ["-k", str(ports.primary.keyFile)] if signed else []
    direct = zone(dig(ports.direct, *key, ORIGIN, "AXFR", *QUIET))
    assert len(direct) >= COUNT
    assert zone(dig(ports.plain, *key, ORIGIN, "AXFR", *QUIET)) == direct
    said = dig(ports.tls, "+tls", *key, ORIGIN, "AXFR", *QUIET)
    assert zone(said) == direct
    assert (" TSIG" in said.replace("\t", " ")) is signed
    assert zone(kdig(ports.tls, "+tls", ORIGIN, "AXFR", *QUIET[1:])) == direct


def test_verified(ports: Ports) -> None:
    """dnspython verifies each signature of a transfer (RFC 8945 section 5.3.1)."""
    made = dns.zone.Zone(ORIGIN)
    query, _ = dns.xfr.make_query(made, keyring=dns.tsigkeyring.from_text({"transfers": KEY}))
    dns.query.inbound_xfr(HOST, made, query, port=ports.plain, timeout=5, lifetime=15)
    assert len(made.nodes) >= COUNT


def update(ports: Ports, name: str, address: str, *options: str) -> str:
    """What nsupdate says."""
    lines = f"server {HOST} {ports.plain}\nzone {ORIGIN}\nupdate add {name}.{ORIGIN} 60 A {address}\nsend\n"
    done = subprocess.run(
        [program("nsupdate"), *options],
        input=lines.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return done.stdout.decode()


@pytest.mark.parametrize("options", [[], ["-v"]], ids=["udp", "tcp"])
def test_nsupdate(ports: Ports, options: list[str]) -> None:
    """A signed update by nsupdate changes the zone; one that is not signed doesn't."""
    name = f"new{len(options)}"
    assert "REFUSED" in update(ports, name, "192.0.2.66", *options)
    assert texts(overUdp(ports.plain, f"{name}.{ORIGIN}")) == []
    assert update(ports, name, "192.0.2.77", "-k", str(ports.primary.keyFile), *options) == ""
    assert texts(overUdp(ports.plain, f"{name}.{ORIGIN}")) == ["192.0.2.77"]


def test_updateOverTls(ports: Ports) -> None:
    """A signed update over TLS, whose signed response dnspython verifies."""
    keyring = dns.tsigkeyring.from_text({"transfers": KEY})
    made = dns.update.UpdateMessage(ORIGIN, keyring=keyring)
    made.add("tls", 60, "A", "192.0.2.99")
    response = dns.query.tls(made, HOST, timeout=6, port=ports.tls, verify=False)
    assert (response.rcode(), response.had_tsig) == (dns.rcode.NOERROR, True)
    assert texts(overUdp(ports.direct, f"tls.{ORIGIN}")) == ["192.0.2.99"]


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_notify(ports: Ports, transport: str) -> None:
    """NOTIFY is acknowledged by the nameserver itself."""
    told = dns.message.make_query(ORIGIN, "SOA")
    told.set_opcode(dns.opcode.NOTIFY)
    if transport == "udp":
        response = dns.query.udp(told, HOST, timeout=6, port=ports.plain)
    elif transport == "tcp":
        response = dns.query.tcp(told, HOST, timeout=6, port=ports.plain)
    else:
        response = dns.query.tls(told, HOST, timeout=6, port=ports.tls, verify=False)
    assert (response.opcode(), response.id) == (dns.opcode.NOTIFY, told.id)
    assert "received notify" in ports.primary.said()


def test_secondary(ports: Ports, folder: Path) -> None:
    """A BIND secondary gets the zone over TLS (RFC 9103), then the differences when it is told of them."""
    with Secondary(folder / "secondary", ports.tls) as secondary:
        assert serial(secondary.port) == serial(ports.direct)
        assert update(ports, "later", "192.0.2.88", "-k", str(ports.primary.keyFile)) == ""
        told = dns.message.make_query(ORIGIN, "SOA")
        told.set_opcode(dns.opcode.NOTIFY)
        dns.query.udp(told, HOST, timeout=6, port=secondary.port)
        until = time.monotonic() + 15
        while serial(secondary.port) != serial(ports.direct) and time.monotonic() < until:
            time.sleep(0.1)
        assert texts(overUdp(secondary.port, f"later.{ORIGIN}")) == ["192.0.2.88"]
        assert "IXFR ended" in ports.primary.said()


def test_cookies(ports: Ports) -> None:
    """dig finds its cookie answered, and shown again it is good."""
    said = dig(ports.plain, "+notcp", "+cookie=0123456789abcdef", f"ns.{ORIGIN}")
    assert "(good)" in said
    (line,) = [line for line in said.splitlines() if "; COOKIE:" in line]
    whole = line.split()[2]
    assert (whole[:16], len(whole)) == ("0123456789abcdef", 48)
    again = dig(ports.plain, "+notcp", f"+cookie={whole}", f"ns.{ORIGIN}")
    assert f"; COOKIE: {whole} (good)" in again
