"""Each knob of a front's TLS, and clients' certificates, as openssl s_client and kdig see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import getdns, kdig, output
from .certificates import Issued, authority, leaf
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort

FRONTS = ("several", "least", "picked", "asking", "open")
CONFIG = """\
[front several]
listen = tls://127.0.0.1:{several}
certificate = dns.crt rsa.crt kids.crt
key = dns.key rsa.key kids.key
chain = plain

[front least]
listen = tls://127.0.0.1:{least}
certificate = dns.crt
key = dns.key
tls-min = 1.3
ciphers = TLS_CHACHA20_POLY1305_SHA256
groups = secp384r1
tickets = no
chain = plain

[front picked]
listen = tls://127.0.0.1:{picked}
certificate = dns.crt
key = dns.key
ciphers = ECDHE-ECDSA-AES128-GCM-SHA256
groups = secp521r1 x25519
chain = plain

[front asking]
listen = tls://127.0.0.1:{asking}
certificate = dns.crt
key = dns.key
client-ca = clients.crt
chain = known

[front open]
listen = tls://127.0.0.1:{open}
certificate = dns.crt kids.crt
key = dns.key kids.key
client-ca = clients.crt
client-certificate = accept
chain = known

[chain plain]
path = here

[chain known]
path = laptops kids here

[stage laptops]
kind = types
refuse = A
match = identity:laptop.example

[stage kids]
kind = types
refuse = AAAA
match = sni:kids.example

[upstream here]
kind = zone
file = example.zone
"""
ZONE = """\
$ORIGIN example.org.
@ 300 SOA ns hostmaster 1 7200 900 1209600 60
@ 300 NS ns
ns 300 A 192.0.2.53
foo 300 A 192.0.2.1
"""
NEW, REUSED = "New, ", "Reused, "


class Knobs(Dotchain):
    """
    A front for each set of knobs.

    @ivar ports: where each listens.
    """

    startsWithin = 60.0

    def __init__(self, folder: Path) -> None:
        self.ports = {name: freePort() for name in FRONTS}
        super().__init__(folder, CONFIG.format(**self.ports))

    def configure(self) -> None:
        """The INI file, its zone, and all certificates."""
        super().configure()
        (self.folder / "example.zone").write_text(ZONE)
        server = authority()
        server.write(self.folder, "ca")
        leaf(server, ["dns.example"]).write(self.folder, "dns")
        leaf(server, ["*.example", "kids.example"]).write(self.folder, "kids")
        self.rsa()
        clients = authority("a CA of clients")
        revoked = self.client(clients, "revoked")
        for name in ("laptop", "phone"):
            self.client(clients, name)
        self.client(clients, "expired", days=(-9, -1))
        self.client(authority("another CA"), "foreign")
        leaf(clients, ["server.example"]).write(self.folder, "server")
        leaf(None, ["itself.example"], usage=ExtendedKeyUsageOID.CLIENT_AUTH).write(self.folder, "itself")
        self.trust(clients, revoked)

    def client(self, by: Issued, name: str, days: tuple[float, float] = (-1, 30)) -> Issued:
        """A client's certificate, written."""
        made = leaf(by, [f"{name}.example"], days=days, usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        made.write(self.folder, name)
        return made

    def rsa(self) -> None:
        """An RSA pair for the name of the first one."""
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an RSA server")])
        now = datetime.now(timezone.utc)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("dns.example")]), critical=False)
            .sign(key, SHA256())
        )
        (self.folder / "rsa.crt").write_bytes(made.public_bytes(Encoding.PEM))
        (self.folder / "rsa.key").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )

    def trust(self, clients: Issued, revoked: Issued) -> None:
        """The CA of clients, and its revocation list."""
        now = datetime.now(timezone.utc)
        entry = x509.RevokedCertificateBuilder().serial_number(revoked.serial).revocation_date(now).build()
        revocations = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(clients.certificate.subject)
            .last_update(now - timedelta(days=1))
            .next_update(now + timedelta(days=30))
            .add_revoked_certificate(entry)
            .sign(clients.key, SHA256())
        )
        both = clients.certificate.public_bytes(Encoding.PEM) + revocations.public_bytes(Encoding.PEM)
        (self.folder / "clients.crt").write_bytes(both)

    def met(self, front: str, *arguments: str) -> str:
        """What openssl s_client prints of a handshake."""
        where = ["s_client", "-connect", f"{HOST}:{self.ports[front]}", "-alpn", "dot"]
        return output("openssl", *where, *arguments, folder=self.folder)

    def told(self) -> Any:
        """What C{dotchain stats} tells programs."""
        words = ("stats", "--json", "--config", str(self.config))
        return json.loads(dotchainCommand(*words, RUNTIME_DIRECTORY=str(self.folder)).stdout)

    def asked(self, front: str, name: str, *arguments: str, type: str = "A") -> str:
        """What kdig prints that shows this certificate; with an empty name none."""
        shown = [f"+tls-certfile={self.folder}/{name}.crt", f"+tls-keyfile={self.folder}/{name}.key"]
        return kdig(self.ports[front], "+tls", *(shown if name else ()), *arguments, "foo.example.org", type)


@pytest.fixture(scope="module")
def knobs(folder: Path) -> Iterator[Knobs]:
    """Such fronts."""
    with Knobs(folder) as running:
        yield running


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        (("-servername", "dns.example", "-sigalgs", "ECDSA+SHA256"), "a DNS server"),
        (("-servername", "dns.example", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256"), "an RSA server"),
        (("-noservername", "-tls1_2", "-cipher", "aRSA"), "an RSA server"),
        (("-noservername", "-tls1_2", "-cipher", "aECDSA"), "a DNS server"),
    ],
)
def test_byAlgorithm(arguments: tuple[str, ...], subject: str, knobs: Knobs) -> None:
    """A client that knows only RSA, or only ECDSA, gets the certificate that it can verify."""
    assert f"subject=CN = {subject}" in knobs.met("several", *arguments)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("dns.example", "dns"),
        ("kids.example", "kids"),
        ("Other.Example", "kids"),
        ("KIDS.EXAMPLE", "kids"),
        ("a.b.example", "dns"),
        ("unknown.test", "dns"),
        ("127.0.0.1", "dns"),
        (None, "dns"),
    ],
)
def test_byName(name: str | None, shown: str, knobs: Knobs) -> None:
    """
    The server name decides, in whatever case, a wildcard for one label; with an unknown name, an address
    (which is none, RFC 6066 section 3) or nothing it is the first pair.
    """
    naming = ["-servername", name] if name else ["-noservername"]
    printed = knobs.met("several", *naming, "-sigalgs", "ECDSA+SHA256")
    certificate = x509.load_pem_x509_certificate((knobs.folder / f"{shown}.crt").read_bytes())
    sent = printed[printed.index("-----BEGIN") :].encode()
    assert x509.load_pem_x509_certificate(sent).serial_number == certificate.serial_number


def test_least(knobs: Knobs) -> None:
    """Only TLS 1.3, only that suite and that group, and no ticket."""
    printed = knobs.met("least")
    assert "New, TLSv1.3, Cipher is TLS_CHACHA20_POLY1305_SHA256" in printed
    assert "ECDH, secp384r1, 384 bits" in printed
    assert "Cipher is (NONE)" in knobs.met("least", "-tls1_2")
    # A client that would do TLS 1.1, where its OpenSSL lets it.
    old = ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    assert "alert protocol version" in knobs.met("several", *old)
    assert "Cipher is (NONE)" in knobs.met("least", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
    assert "Cipher is (NONE)" in knobs.met("least", "-groups", "X25519:P-256")


def test_picked(knobs: Knobs) -> None:
    """In TLS 1.2 only the cipher that stands there; groups that do; TLS 1.3 as it was."""
    printed = knobs.met("picked", "-tls1_2")
    assert "Cipher is ECDHE-ECDSA-AES128-GCM-SHA256" in printed
    assert "Cipher is (NONE)" in knobs.met("picked", "-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305")
    assert "New, TLSv1.3" in knobs.met("picked", "-groups", "X25519")
    assert "Cipher is (NONE)" in knobs.met("picked", "-groups", "P-256")


@pytest.mark.parametrize(("front", "resumed"), [("several", REUSED), ("least", NEW), ("asking", REUSED)])
def test_tickets(front: str, resumed: str, knobs: Knobs, tmp_path: Path) -> None:
    """Sessions are resumed by tickets, unless they are off; with a client's certificate as well."""
    session = str(tmp_path / "session")
    shown: tuple[str, ...] = ("-cert", "laptop.crt", "-key", "laptop.key")
    # In TLS 1.3 the ticket comes behind the handshake, when s_client may be gone.
    shown = (*shown, "-tls1_3" if front == "least" else "-tls1_2")
    assert NEW in knobs.met(front, *shown, "-sess_out", session)
    again = ["-sess_in", session] if Path(session).exists() else []
    assert bool(again) is (resumed == REUSED)
    assert resumed in knobs.met(front, *shown, *again)


def test_identity(knobs: Knobs) -> None:
    """The name in the certificate decides, with a server name beside it or without one."""
    assert "status: REFUSED" in knobs.asked("asking", "laptop")
    assert "status: NOERROR" in knobs.asked("asking", "phone")
    assert "status: REFUSED" in knobs.asked("open", "laptop")
    assert "status: REFUSED" in knobs.asked("open", "laptop", "+tls-sni=dns.example")
    assert "status: NOERROR" in knobs.asked("open", "")
    assert "status: REFUSED" in knobs.asked("open", "", "+tls-sni=kids.example", type="AAAA")
    assert "status: NOERROR" in knobs.asked("open", "", type="AAAA")


def test_hint(knobs: Knobs) -> None:
    """Clients are told for how long a ticket is good: OpenSSL's two hours."""
    assert "lifetime hint: 7200 (seconds)" in knobs.met("several", "-tls1_2")
    assert "lifetime hint" not in knobs.met("least", "-tls1_3")


@pytest.mark.parametrize("front", FRONTS)
def test_getdns(front: str, knobs: Knobs) -> None:
    """getdns_query is served by each, but by one that demands a certificate, which it can't show."""
    said = getdns(f"{HOST}#{knobs.ports[front]}", "-l", "L", "foo.example.org", "A")
    assert ("<bindata for 192.0.2.1>" in said) is (front != "asking")


@pytest.mark.parametrize("name", ["", "expired", "foreign", "itself", "revoked", "server"])
def test_refused(name: str, knobs: Knobs) -> None:
    """Without a certificate, or with a bad one, there is no answer, and the reason is counted."""
    assert "status:" not in knobs.asked("asking", name)
    if name:
        assert "status:" not in knobs.asked("open", name)
    reason = {"": "MISSING", "foreign": "UNKNOWN_CA", "itself": "UNKNOWN_CA", "server": "WRONG_PURPOSE"}.get(
        name, name.upper()
    )
    counted = knobs.told()["fronts"]["asking"]["tls"]["handshakes"]
    assert counted[f"CLIENT_CERTIFICATE_{reason}"] >= 1
