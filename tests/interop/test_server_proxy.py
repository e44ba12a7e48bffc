"""dotchain as server proxy in front of BIND, NSD, Knot DNS and Unbound, asked by clients of others."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .asking import anyone, getdns, kdig, output, overTls, query, texts
from .authorities import Knot, Named, Nsd
from .certificates import NAME, otherPin
from .conftest import Credentials
from .dot import lastWords
from .dotchain import Dotchain
from .outdated import oldVersion
from .ports import HOST, freePort
from .resolvers import Stubby, Stunnel, Unbound, UnboundClient

BEHIND = {"named": Named, "nsd": Nsd, "knotd": Knot, "unbound": Unbound}
Ports = dict[str, int]


def proxy(name: str, behind: int, front: int, credentials: Credentials) -> str:
    """A front, its chain and its upstream."""
    return f"""
[front {name}]
listen      = tls://{HOST}:{front}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = {name}

[chain {name}]
path = to-{name}

[upstream to-{name}]
address = udp://{HOST}:{behind} tcp://{HOST}:{behind}
"""


@pytest.fixture(scope="module")
def ports(folder: Path, credentials: Credentials) -> Iterator[Ports]:
    """One dotchain in front of all four: its port of DNS over TLS for each."""
    with ExitStack() as running:
        found: Ports = {}
        text = ""
        for name, kind in BEHIND.items():
            server = running.enter_context(kind(folder / name))
            found[name] = freePort()
            text += proxy(name, server.port, found[name], credentials)
        running.enter_context(Dotchain(folder / "dotchain", text))
        yield found


@pytest.fixture(params=list(BEHIND))
def port(request: pytest.FixtureRequest, ports: Ports) -> int:
    """dotchain's port in front of each nameserver in turn."""
    return ports[request.param]


def test_kdig(port: int) -> None:
    """kdig +tls without authentication, the opportunistic profile, is served."""
    said = kdig(port, "+tls", "foo.example.org")
    assert "TLS session (TLS1.3)" in said
    assert "192.0.2.1" in said


def test_kdigAuthenticates(port: int, credentials: Credentials) -> None:
    """kdig +tls-ca +tls-hostname accepts the right name."""
    said = kdig(port, f"+tls-ca={credentials.trusted}", f"+tls-hostname={NAME}", "foo.example.org")
    assert "192.0.2.1" in said


def test_kdigRefusesOtherName(ports: Ports, credentials: Credentials) -> None:
    """kdig +tls-hostname refuses another name."""
    said = kdig(ports["named"], f"+tls-ca={credentials.trusted}", "+tls-hostname=a.test", "foo.example.org")
    assert "Error in the certificate" in said
    assert "192.0.2.1" not in said


def test_kdigRightPin(port: int, credentials: Credentials) -> None:
    """kdig +tls-pin accepts the key's pin."""
    assert "192.0.2.1" in kdig(port, "+tls", f"+tls-pin={credentials.server.pin}", "foo.example.org")


def test_kdigWrongPin(ports: Ports) -> None:
    """kdig +tls-pin refuses another pin."""
    said = kdig(ports["named"], "+tls", f"+tls-pin={otherPin()}", "foo.example.org")
    assert "Error in the certificate" in said
    assert "192.0.2.1" not in said


def test_getdns(port: int) -> None:
    """getdns_query -l L, as in the recipe, is answered over TLS."""
    said = getdns(f"{HOST}#{port}", "-l", "L", "foo.example.org", "A")
    assert "<bindata for 192.0.2.1>" in said


def test_getdnsRightPin(port: int, credentials: Credentials) -> None:
    """getdns_query -K with the right pin and -m authenticates."""
    pin = f'pin-sha256="{credentials.server.pin}"'
    said = getdns(
        f"{HOST}#{port}", "-l", "L", "-K", pin, "-m", "+return_call_reporting", "foo.example.org", "A"
    )
    assert "<bindata for 192.0.2.1>" in said
    assert '"tls_auth_status": <bindata of "Success">' in said


def test_getdnsWrongPin(ports: Ports) -> None:
    """getdns_query -K with another pin and -m refuses."""
    pin = f'pin-sha256="{otherPin()}"'
    said = getdns(f"{HOST}#{ports['named']}", "-l", "L", "-K", pin, "-m", "foo.example.org", "A")
    assert "An error occurred" in said
    assert "192.0.2.1" not in said


@pytest.mark.parametrize("connections", [1, 20])
def test_dnsperf(connections: int, ports: Ports, tmp_path: Path) -> None:
    """dnsperf -m dot loses none of 2000 queries."""
    questions = tmp_path / "questions"
    questions.write_text("".join(f"n{number}.many.example.org A\n" for number in range(2000)))
    arguments = ["-d", str(questions), "-n", "1", "-c", str(connections), "-s", HOST]
    said = output("dnsperf", "-m", "dot", "-p", str(ports["named"]), *arguments)
    assert "Queries completed:    2000 (100.00%)" in said, said
    assert "NOERROR 2000 (100.00%)" in said, said


def test_dnspython(port: int, credentials: Credentials) -> None:
    """dnspython's dns.query.tls verifies the whole chain and the name."""
    answer = overTls(port, "foo.example.org", trusted=credentials.trusted)
    assert texts(answer) == ["192.0.2.1"]


def test_bigAnswer(port: int, credentials: Credentials) -> None:
    """An answer too large for UDP comes whole: dotchain asks again over TCP (RFC 7766 section 5)."""
    answer = overTls(port, "big.example.org", "TXT", trusted=credentials.trusted)
    assert len(texts(answer)[0]) > 3000


def test_unboundForwards(ports: Ports, folder: Path, credentials: Credentials) -> None:
    """Unbound with forward-tls-upstream is a client: answers, big answers, NXDOMAIN."""
    with UnboundClient(folder / "unbound-client", [ports["nsd"]], credentials.trusted) as client:
        said = output("dig", f"@{HOST}", "-p", str(client.port), "foo.example.org")
        assert "192.0.2.1" in said
        said = output("dig", f"@{HOST}", "-p", str(client.port), "+tcp", "big.example.org", "TXT")
        assert "status: NOERROR" in said
        said = output("dig", f"@{HOST}", "-p", str(client.port), "gone.example.org")
        assert "status: NXDOMAIN" in said


def test_stubbyForwards(ports: Ports, folder: Path, credentials: Credentials) -> None:
    """Stubby in its strict profile with a pin is a client."""
    with Stubby(folder / "stubby", [ports["knotd"]], credentials.server.pin) as client:
        said = output("dig", f"@{HOST}", "-p", str(client.port), "foo.example.org")
        assert "192.0.2.1" in said
        said = output("dig", f"@{HOST}", "-p", str(client.port), "gone.example.org")
        assert "status: NXDOMAIN" in said


def test_stunnelForwards(ports: Ports, folder: Path) -> None:
    """stunnel in client mode, half of the recipe's aggregator, is a client."""
    with Stunnel(folder / "stunnel", ports["unbound"]) as client:
        said = output("dig", f"@{HOST}", "-p", str(client.port), "+tcp", "foo.example.org")
        assert "192.0.2.1" in said


def test_versions(ports: Ports) -> None:
    """TLS 1.3 and 1.2 are spoken, with ALPN dot; what is older is refused (RFC 8996)."""
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        side = anyone()
        side.minimum_version = side.maximum_version = version
        side.set_alpn_protocols(["dot"])
        with socket.create_connection((HOST, ports["named"]), 5) as raw, side.wrap_socket(raw) as tls:
            assert tls.version() == version.name.replace("_", ".")
            assert tls.selected_alpn_protocol() == "dot"
    with pytest.raises(ssl.SSLError):
        oldVersion(ports["named"])


def test_resumes(ports: Ports) -> None:
    """A client that comes back takes its session up (RFC 7858 section 3.4)."""
    side = anyone()
    session = None
    for resumed in (False, True):
        with (
            socket.create_connection((HOST, ports["named"]), 5) as raw,
            side.wrap_socket(raw, session=session) as tls,
        ):
            wire = query("foo.example.org").to_wire()
            tls.sendall(len(wire).to_bytes(2, "big") + wire)
            assert tls.recv(2)
            assert bool(tls.session_reused) is resumed
            session = tls.session


def test_halfClose(port: int) -> None:
    """A client that closes its sending side after its queries still gets all answers."""
    queries = [query(f"n{number}.many.example.org") for number in range(5)]
    answers = lastWords(port, *queries)
    assert {answer.id for answer in answers} == {asked.id for asked in queries}
