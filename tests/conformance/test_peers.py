"""DS06, OP05: clients, validators and nameservers of others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import dns.dnssec
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from ..interop.asking import kdig, output, overTls, overUdp, texts
from ..interop.authorities import Named
from ..interop.certificates import NAME
from ..interop.conftest import Credentials
from ..interop.dotchain import Dotchain
from ..interop.ports import HOST, freePort
from ..interop.resolvers import Stubby, Unbound, UnboundClient
from .client import Stream
from .message import Message, optrr, query
from .signed import Signed
from .tap import Tap


class Validated(NamedTuple):
    """
    dotchain before a signed zone.

    @ivar clear: its UDP and TCP port.
    @ivar tls: its TLS port.
    """

    clear: int
    tls: int
    anchor: Path


def front(name: str, listen: str, chain: str, credentials: Credentials) -> str:
    """A front's section."""
    files = credentials.files
    identity = f"certificate = {files.certificate}\nkey = {files.key}" if "tls://" in listen else ""
    return f"[front {name}]\nlisten = {listen}\nchain = {chain}\n{identity}\n"


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[Validated]:
    """It runs, with a cache."""
    folder, clear, tls = tmp_path_factory.mktemp("validated"), freePort(), freePort()
    with Signed(folder / "named") as named:
        text = (
            front("lan", f"udp://{HOST}:{clear} tcp://{HOST}:{clear}", "c", credentials)
            + front("dot", f"tls://{HOST}:{tls}", "c", credentials)
            + f"[chain c]\npath = cache coalesce up\n[upstream up]\naddress = udp://{HOST}:{named.port}\n"
        )
        with Dotchain(folder / "dotchain", text):
            yield Validated(clear, tls, named.anchor)


CASES = {
    "signed": (["foo.example.org", "A"], "fully validated"),
    "large": (["big.example.org", "TXT"], "fully validated"),
    "wildcard": (["x.many.example.org", "A"], "fully validated"),
    "alias": (["alias.example.org", "AAAA"], "fully validated"),
    "no-name": (["nothing.example.org", "A"], "negative response, fully validated"),
    "no-data": (["foo.example.org", "MX"], "negative response, fully validated"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_DS06(validated: Validated, case: str, transport: str) -> None:
    """A validator behind dotchain validates all that there is and that there is not, cold and warm."""
    arguments, expected = CASES[case]
    for _ in range(2):
        said = output(
            "delv",
            *(f"@{HOST}", "-p", str(validated.clear), "-a", str(validated.anchor), "+root=example.org"),
            *(transport, *arguments),
        )
        assert expected in said, said


def test_DS06_tls(validated: Validated) -> None:
    """Over TLS the keys and the signatures come as well."""
    zone = dns.name.from_text("example.org.")
    keys = signedBy(validated.tls, "example.org.", dns.rdatatype.DNSKEY)
    texts = signedBy(validated.tls, "big.example.org.", dns.rdatatype.TXT)
    for records, signatures in (keys, texts):
        dns.dnssec.validate(records, signatures, {zone: keys[0]})


def signedBy(port: int, name: str, kind: dns.rdatatype.RdataType) -> tuple[dns.rrset.RRset, dns.rrset.RRset]:
    """An RRset and its signatures, over TLS."""
    with Stream(port, True) as stream:
        wire = dns.message.make_query(name, kind, want_dnssec=True).to_wire()
        found = {each.rdtype: each for each in dns.message.from_wire(stream.ask(wire).wire).answer}
    return found[kind], found[dns.rdatatype.RRSIG]


@pytest.mark.parametrize("server", [Unbound, Named])
def test_OP05_servers(server: type[Unbound | Named], tmp_path: Path, credentials: Credentials) -> None:
    """Five hundred queries to servers of others: none fails, on one connection (RFC 7858 section 3.4)."""
    port = freePort()
    with ExitStack() as stack:
        peer = stack.enter_context(server(tmp_path / "peer", credentials.files))
        assert isinstance(peer, Unbound | Named)
        tap = stack.enter_context(Tap(peer.tlsPort if isinstance(peer, Named) else peer.port))
        text = front("lan", f"tcp://{HOST}:{port}", "c", credentials) + (
            f"[chain c]\npath = up\n[upstream up]\naddress = tls://{HOST}:{tap.port}\n"
            f"name = {NAME}\nca-file = {credentials.trusted}\n"
        )
        stack.enter_context(Dotchain(tmp_path / "dotchain", text))
        stream = stack.enter_context(Stream(port, False))
        for part in range(5):
            stream.send(*(query(f"n{part}x{number}.many.example.org", opt=optrr()) for number in range(100)))
            got: list[Message] = stream.receive(100)
            assert [each.answer for each in got] == [[bytes([192, 0, 2, 9])]] * 100
        assert len(tap.greetings) == 1


def test_OP05_clients(validated: Validated, tmp_path: Path, credentials: Credentials) -> None:
    """Clients of others get their answers over TLS, authenticated as each of them can."""
    tls = validated.tls
    trusted = [f"+tls-ca={credentials.trusted}", f"+tls-hostname={NAME}"]
    pinned = [f"+tls-pin={credentials.server.pin}"]
    for arguments in (["+tls"], trusted, pinned, ["+tls", "+padding", "+cookie"]):
        said = kdig(tls, *arguments, "+dnssec", "foo.example.org", "A")
        assert "192.0.2.1" in said, said
    with UnboundClient(tmp_path / "unbound", [tls], credentials.trusted) as unbound:
        for number in range(100):
            assert texts(overUdp(unbound.port, f"u{number}.many.example.org")) == ["192.0.2.9"]
    with Stubby(tmp_path / "stubby", [tls], credentials.server.pin) as stubby:
        for number in range(100):
            assert texts(overUdp(stubby.port, f"s{number}.many.example.org")) == ["192.0.2.9"]
    assert overTls(tls, "foo.example.org", trusted=credentials.trusted).rcode() == dns.rcode.NOERROR
