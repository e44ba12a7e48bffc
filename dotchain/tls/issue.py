"""Keys and certificates for servers: self-signed, or issued by a CA of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..host import hostName
from .certificates import isAuthority

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
IP = IPv4Address | IPv6Address

LEAF_DAYS, CA_DAYS = 397, 3650

# RFC 5280 appendix A: ub-common-name.
_LONGEST_COMMON_NAME = 64

# Clocks differ: a certificate must not be from the future on a peer that is a bit slow.
_GRACE = timedelta(hours=1)


class Issued(NamedTuple):
    """
    A key and its certificate.

    @ivar chain: the leaf, then its issuers: what a server sends.
    """

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key itself."""
        return self.chain[0]

    @property
    def certificatePem(self) -> bytes:
        """The chain's PEM, leaf first."""
        return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in self.chain)

    @property
    def keyPem(self) -> bytes:
        """The key's PEM: PKCS #8, without a passphrase, so that a daemon can start alone."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def makeKey(kind: str = "ec") -> PrivateKey:
    """
    A new key: C{ec} is P-256, C{rsa} has 3072 bits (RFC 9325 section 4.5).

    Ed25519 is no choice, since many TLS clients don't take it.
    """
    if kind == "rsa":
        return rsa.generate_private_key(65537, 3072)
    return ec.generate_private_key(ec.SECP256R1())


def selfSigned(
    names: Sequence[str], addresses: Sequence[IP] = (), days: int = LEAF_DAYS, kind: str = "ec"
) -> Issued:
    """
    A server's certificate that nobody else vouches for: for pins, or for opportunistic clients.

    @param names: its DNS names; the first one is the common name as well.
    @raise ValueError: where a name can't stand in a certificate, or nothing is named.
    """
    key = makeKey(kind)
    subject = _commonName(names[0] if names else str(addresses[0]) if addresses else "")
    builder = _leafParts(_start(subject, subject, key, days), names, addresses)
    return Issued(key, (builder.sign(key, SHA256()),))


def authority(name: str, days: int = CA_DAYS, kind: str = "ec") -> Issued:
    """A CA that issues servers' certificates, and no further CA's (path length 0)."""
    key = makeKey(kind)
    subject = _commonName(name)
    builder = (
        _start(subject, subject, key, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=False, issues=True), critical=True)
    )
    return Issued(key, (builder.sign(key, SHA256()),))


def issue(
    ca: Issued,
    names: Sequence[str],
    addresses: Sequence[IP] = (),
    days: int = LEAF_DAYS,
    kind: str = "ec",
    forClient: bool = False,
) -> Issued:
    """
    A server's certificate, issued by a CA.

    It ends no later than the CA's own.

    @param forClient: it is a client's (mTLS) instead.

    @raise ValueError: where a name can't stand in a certificate, nothing is named, or
        the CA is none or has expired.
    """
    issuer = ca.certificate
    if not isAuthority(issuer):
        raise ValueError("the CA's certificate is none of a CA (basicConstraints CA:TRUE, keyCertSign)")
    key = makeKey(kind)
    subject = _commonName(names[0] if names else str(addresses[0]) if addresses else "")
    builder = _start(subject, issuer.subject, key, days, issuer.not_valid_after_utc)
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if forClient else ExtendedKeyUsageOID.SERVER_AUTH
    builder = _leafParts(builder, names, addresses, purpose)
    builder = builder.add_extension(_authorityOf(issuer), critical=False)
    return Issued(key, (builder.sign(ca.key, SHA256()), *ca.chain))


def _dnsName(text: str) -> str:
    hostName(text.removeprefix("*."))
    return text


def _commonName(text: str) -> x509.Name:
    if not text:
        raise ValueError("a certificate needs a name or an IP address")
    # Only for people's eyes: clients must not look at it (RFC 8310 section 8.1).
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:_LONGEST_COMMON_NAME])])


def _start(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, days: int, latest: datetime | None = None
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    end = now + timedelta(days=days)
    if latest is not None:
        if latest <= now:
            raise ValueError(f"the CA's certificate expired on {latest.date()}")
        end = min(end, latest)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _GRACE)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _leafParts(
    builder: x509.CertificateBuilder,
    names: Sequence[str],
    addresses: Sequence[IP],
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
) -> x509.CertificateBuilder:
    alternatives = [*(x509.DNSName(_dnsName(name)) for name in names), *map(x509.IPAddress, addresses)]
    return (
        builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True, issues=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )


def _usage(signs: bool, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        key_cert_sign=issues,
        crl_sign=issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authorityOf(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    try:
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(_signer(issuer))
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _signer(issuer: x509.Certificate) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    key = issuer.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise ValueError("its key is neither EC nor RSA")
    return key
