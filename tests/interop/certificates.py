"""Certificates right and wrong, made with cryptography alone, not with dotchain's own code."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "dns.example.org"
"""The authentication domain name of every server that has the right certificate."""


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Files(NamedTuple):
    """Where a certificate chain and its key were written to."""

    certificate: Path
    key: Path


class Issued(NamedTuple):
    """
    A key and its certificate.

    @ivar others: further certificates to send, issuers first.
    """

    key: Key
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()

    @property
    def pin(self) -> str:
        """The SPKI pin (RFC 7858 section 4.2): base64 of SHA-256 of the public key."""
        return pin(self.key.public_key())

    @property
    def serial(self) -> int:
        """The certificate's serial number."""
        return self.certificate.serial_number

    def write(self, folder: Path, name: str) -> Files:
        """NAME.crt, with the leaf first, and NAME.key, which only its owner may read."""
        files = Files(folder / f"{name}.crt", folder / f"{name}.key")
        chain = (self.certificate, *self.others)
        files.certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        files.key.touch(mode=0o600)
        files.key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files


def pin(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> str:
    """The SPKI pin of a public key."""
    return b64encode(
        sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()


def otherPin() -> str:
    """The pin of a key that nobody has."""
    return pin(ec.generate_private_key(ec.SECP256R1()).public_key())


def authority(name: str = "dotchain's test CA", by: Issued | None = None, only: str | None = None) -> Issued:
    """
    A certification authority: a root, or an intermediate of another authority.

    @param only: the domain that it may issue for (RFC 5280 section 4.2.1.10).
    """
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(key, name, by, (-1, 30))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_CA_USAGE, critical=True)
    if only:
        permitted = x509.NameConstraints([x509.DNSName(only)], None)
        builder = builder.add_extension(permitted, critical=True)
    return _sign(builder, key, by)


def leaf(
    by: Issued | None,
    names: Sequence[str] = (NAME,),
    addresses: Sequence[str] = (),
    days: tuple[float, float] = (-1, 30),
    subject: str = "a DNS server",
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    key: Key | None = None,
) -> Issued:
    """
    A server's certificate.

    @param by: its issuer; None for a self-signed one.
    @param names: the names of its subjectAltName; none leaves subject alone to tell who it is.
    @param days: from when to when it is good, in days from now.
    @param key: by default a new one of the curve P-256.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = _builder(key, subject, by, days)
    alternatives = [
        *(x509.DNSName(name) for name in names),
        *(x509.IPAddress(ip_address(one)) for one in addresses),
    ]
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return _sign(builder, key, by)


def revocations(by: Issued, *revoked: Issued, days: float = 30) -> bytes:
    """A CA's list of what is revoked, which is good for so many days."""
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(now - timedelta(days=9))
        .next_update(now + timedelta(days=days))
    )
    for each in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(each.serial).revocation_date(now).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(by.key, SHA256()).public_bytes(Encoding.PEM)


_CA_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _builder(key: Key, subject: str, by: Issued | None, days: tuple[float, float]) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(timezone.utc)
    signing = by.key if by else key
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )


def _sign(builder: x509.CertificateBuilder, key: Key, by: Issued | None) -> Issued:
    certificate = builder.sign(by.key if by else key, SHA256())
    # A root is in the client's store: whoever it signs needs to send himself alone.
    others = (by.certificate, *by.others) if by and _isIssued(by) else ()
    return Issued(key, certificate, others)


def _isIssued(by: Issued) -> bool:
    return by.certificate.issuer != by.certificate.subject
