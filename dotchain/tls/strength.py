"""Keys and signatures of certificates that TLS libraries refuse, or will."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from .certificates import alternativeNames, clean, isAuthority, words

# Those that sign in TLS 1.3 (RFC 8446 section 4.2.3), and that clients know.
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def weaknesses(certificate: x509.Certificate) -> list[str]:
    """One line for each thing that clients refuse about a certificate."""
    subject = words(certificate.subject)
    try:
        key, digest = certificate.public_key(), certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return [f"{subject} has a key or signature of a kind that few clients know"]
    found = [f"{subject} has {fault}" for fault in (_keyFault(key),) if fault]
    if digest and digest.name in ("md5", "sha1") and not _isRoot(certificate):
        found.append(f"{subject} has a weak signature: {digest.name.upper()}, which clients refuse")
    return found


def _isRoot(certificate: x509.Certificate) -> bool:
    """Nobody verifies the signature that a root makes on itself; that of a server, some do."""
    return certificate.subject == certificate.issuer and not _hosts(certificate)


def _hosts(certificate: x509.Certificate) -> list[str]:
    found = alternativeNames(certificate)
    return found.get_values_for_type(x509.DNSName) if found else []


def remedied(certificate: x509.Certificate) -> list[str]:
    """The same, each with how to make a better one."""
    return [f"{each}; {anew(certificate)}" for each in weaknesses(certificate)]


def anew(certificate: x509.Certificate) -> str:
    """The command that makes such a certificate and its key, with what is good today."""
    names = _hosts(certificate)
    if isAuthority(certificate) and not names:
        return "`dotchain cert ca` makes a new one"
    way = "self-signed" if certificate.subject == certificate.issuer else "issue"
    name = f" --name {clean(names[0])}" if names else ""
    return f"`dotchain cert {way}{name}` makes a new one"


def _keyFault(key: object) -> str | None:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048:
        return f"a weak key: RSA of {key.key_size} bits, at least 2048 are wanted"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < 224:
        return f"a weak key: {key.curve.name}, P-256 is wanted"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in _CURVES:
        return f"a key that clients do not take: {key.curve.name}, P-256 is wanted"
    return (
        "a key that clients do not take: DSA, P-256 is wanted" if isinstance(key, dsa.DSAPublicKey) else None
    )
