"""Whom a certificate names, as we read it and as service-identity does."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from service_identity import CertificateError, VerificationError
from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

from dotchain.tls.verify import isNamed, reference

from ..target import Target

_WANTED = ("dns.example.org", "192.0.2.1", "2001:db8::1")
_FROM = datetime(2030, 1, 1, tzinfo=timezone.utc)
_NOBODY = x509.Name([])


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _certificate(names: list[x509.GeneralName]) -> x509.Certificate:
    made = x509.CertificateBuilder(_NOBODY, _NOBODY, _key().public_key(), 1)
    made = made.not_valid_before(_FROM).not_valid_after(_FROM + timedelta(days=1))
    return made.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(_key(), SHA256())


def _name(word: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(word))
    except ValueError:
        return x509.DNSName(word)


def _named(octets: bytes) -> None:
    """
    Whoever is named to service-identity is named to us, and the other way round.

    One malformed name has service-identity refuse all of them: then ours alone counts.
    """
    try:
        made = _certificate([_name(each) for each in octets.decode("ascii").split("\n")])
    except ValueError:
        return
    for wanted in _WANTED:
        ours = isNamed(made, reference(wanted))
        with suppress(CertificateError):
            assert ours == _theirs(made, wanted)


def _theirs(made: x509.Certificate, wanted: str) -> bool:
    try:
        if wanted[0].isdigit():
            verify_certificate_ip_address(made, wanted)
        else:
            verify_certificate_hostname(made, wanted)
    except VerificationError:
        return False
    return True


TARGETS = (
    Target("named", _named, (b"dns.example.org\n*.example.org", b"192.0.2.1\n2001:db8::1\nDNS.example.ORG.")),
)
