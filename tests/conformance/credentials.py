"""Certificates that the interoperability tests don't need: other keys, other purposes."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..interop.certificates import NAME, Files, Issued


class Odd(NamedTuple):
    """
    A key and its certificate.

    @ivar pin: the key's SPKI pin.
    """

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pin(self) -> str:
        """The SPKI pin."""
        key = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(sha256(key).digest()).decode()

    def write(self, folder: Path, name: str) -> Files:
        """Both as PEM files."""
        files = Files(folder / f"{name}.crt", folder / f"{name}.key")
        files.certificate.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        files.key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files


def odd(by: Issued, forClients: bool = False, withRSA: bool = False) -> Odd:
    """
    A certificate of an authority's, for C{NAME}.

    @param forClients: its key may authenticate clients, not servers.
    """
    key = rsa.generate_private_key(65537, 2048) if withRSA else ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(timezone.utc)
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if forClients else ExtendedKeyUsageOID.SERVER_AUTH
    issuer = by.key.public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "odd")]))
        .issuer_name(by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
    )
    return Odd(key, made.sign(by.key, SHA256()))
