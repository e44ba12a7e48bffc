"""Certificates right and wrong, made with cryptography alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from dotchain.tls.pins import pinOf

NAME = "dns.example.org"
NOW = datetime.now(timezone.utc).replace(microsecond=0)
DAY = timedelta(days=1)
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def ecKey() -> Key:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


class Made(NamedTuple):
    """A key and its certificate."""

    key: Key
    certificate: x509.Certificate

    @property
    def pin(self) -> bytes:
        """Its SPKI pin."""
        return pinOf(self.certificate)

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def keyPem(self) -> bytes:
        """The key."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def write(self, folder: Path, *others: Made) -> tuple[Path, Path]:
        """The certificate's file, with others behind it as they stand, and the key's."""
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / "server.crt", folder / "server.key"
        certificate.write_bytes(b"".join(one.pem for one in (self, *others)))
        key.write_bytes(self.keyPem)
        key.chmod(0o600)
        return certificate, key


def make(
    common: str = NAME,
    names: Sequence[str] = (),
    issuer: Made | None = None,
    ca: bool | None = False,
    pathLength: int | None = None,
    start: datetime = NOW - DAY,
    end: datetime = NOW + 365 * DAY,
    usage: ObjectIdentifier | None = SERVER,
    key: Key | None = None,
) -> Made:
    """
    A certificate; self-signed without an issuer.

    @param names: DNS names and IP addresses for the subjectAltName; none for none.
    """
    key = key or ecKey()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    if ca is not None:
        constraints = x509.BasicConstraints(ca=ca, path_length=pathLength)
        builder = builder.add_extension(constraints, critical=True)
    if usage is not None and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return Made(key, builder.sign(issuer.key if issuer else key, SHA256()))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.removeprefix("dns:"))


def revocations(by: Made, *revoked: Made, end: datetime = NOW + 9 * DAY) -> bytes:
    """A CA's revocation list, as PEM."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    for each in revoked:
        serial = each.certificate.serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - DAY).build()
        builder = builder.add_revoked_certificate(entry)
    made = builder.last_update(NOW - 9 * DAY).next_update(end).sign(by.key, SHA256())
    return made.public_bytes(Encoding.PEM)
