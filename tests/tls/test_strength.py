"""Weak keys and signatures, wherever a certificate stands."""

from __future__ import annotations

import warnings
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.certificates import alternativeNames, isAuthority
from dotchain.tls.errors import TLSFileError
from dotchain.tls.explain import wrongPath
from dotchain.tls.lint import doubts
from dotchain.tls.observedconnection import Failing
from dotchain.tls.server import ServerIdentity
from dotchain.tls.store import Trust
from dotchain.tls.strength import remedied, weaknesses

from ..folders import folder, written
from .certificates import DAY, NAME, NOW, Key, Made, make

SMALL_CURVE = """-----BEGIN EC PRIVATE KEY-----
MD4CAQEEDlT7aLQuIBlQQt8RlFDUoAcGBSuBBAAGoSADHgAEZqjNoe4jGqZ1kA6D
tw1Bi0SrAP2T8ludNtX5Vw==
-----END EC PRIVATE KEY-----
"""
"""Of secp112r1, as openssl makes it."""

OLD_ROOT = """-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIBADAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANPbGQwIBcN
MjYxMTMwMDkyMjMwWhgPMjEyNjExMDYwOTIyMzBaMA4xDDAKBgNVBAMMA09sZDBZ
MBMGByqGSM49AgEGCCqGSM49AwEHA0IABKZYRyGNLE+e58sPseuPdih/o8RAkJbj
6aK4+gNaIv9bFx6feQDcbKKqM0860mA0nnD0/Vr37Edr3YCbKCDQVlOjajBoMB0G
A1UdDgQWBBTD250FFMbUnNiPhSI9S/fSnl+tgTAPBgNVHRMBAf8EBTADAQH/MDYG
A1UdIwQvMC2AFMPbnQUUxtSc2I+FIj1L99KeX62BoRKkEDAOMQwwCgYDVQQDDANP
bGSCAQAwCgYIKoZIzj0EAwIDSQAwRgIhALX0JRF+cxQvb1OKuB6ro8pKW51LsPnj
4DO8vQbPm9UBAiEAtNlWoQ+WTmEb08MG70nC+8nmvVtiide4RIqq4+hiMAQ=
-----END CERTIFICATE-----
"""
"""A CA whose serial number is 0, and which names itself by that number, as some old roots do."""


def weak(bits: int = 1024, **options: object) -> Made:
    """A certificate whose key is RSA of so many bits."""
    return make(key=rsa.generate_private_key(65537, bits), **options)  # type: ignore[arg-type]


def signed(made: Made, digest: str) -> x509.Certificate:
    """The certificate, as if signed with this digest, which cryptography doesn't do any more."""
    found = mock.Mock(spec=x509.Certificate, wraps=made.certificate)
    for name in ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc"):
        setattr(found, name, getattr(made.certificate, name))
    found.signature_hash_algorithm.name = digest
    return found


class WeaknessTests(SynchronousTestCase):
    """L{weaknesses}."""

    def test_keys(self) -> None:
        """Short RSA keys, and curves and algorithms that no client offers to verify."""
        keys: tuple[tuple[Key, str], ...] = (
            (rsa.generate_private_key(65537, 1024), "RSA of 1024 bits, at least 2048 are wanted"),
            (ec.generate_private_key(ec.SECP192R1()), "a weak key: secp192r1, P-256 is wanted"),
            (ec.generate_private_key(ec.SECP224R1()), "clients do not take: secp224r1, P-256 is wanted"),
            (ec.generate_private_key(ec.SECP256K1()), "clients do not take: secp256k1, P-256 is wanted"),
        )
        for key, said in keys:
            (found,) = weaknesses(make(key=key).certificate)
            self.assertIn(said, found)
        public = mock.Mock(spec=dsa.DSAPublicKey)
        certificate = signed(make(), "sha256")
        certificate.public_key = lambda: public  # type: ignore[method-assign]
        self.assertIn("DSA", weaknesses(certificate)[0])

    def test_good(self) -> None:
        """What clients take."""
        curves = (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())
        keys: list[Key] = [rsa.generate_private_key(65537, 2048), *map(ec.generate_private_key, curves)]
        self.assertEqual([weaknesses(make(key=key).certificate) for key in keys], [[]] * 4)

    def test_signatures(self) -> None:
        """MD5 and SHA-1, but where a root signs itself: nobody verifies that."""
        root = make("Root", ca=True)
        leaf = make(names=[NAME], issuer=root)
        for digest in ("md5", "sha1"):
            for made in (leaf, make(names=[NAME])):
                self.assertIn(f"weak signature: {digest.upper()}", weaknesses(signed(made, digest))[0])
            self.assertEqual(weaknesses(signed(root, digest)), [])
        self.assertEqual(weaknesses(signed(leaf, "sha256")), [])

    def test_remedy(self) -> None:
        """The command that makes a better one is told, for a server, a server with a CA, and a CA."""
        root = weak(common="Root", ca=True)
        for made, command in (
            (weak(names=[NAME]), f"; `dotchain cert self-signed --name {NAME}` makes a new one"),
            (weak(names=[NAME], ca=True), f"; `dotchain cert self-signed --name {NAME}` makes a new one"),
            (weak(), "; `dotchain cert self-signed` makes a new one"),
            (weak(names=[NAME], issuer=root), f"; `dotchain cert issue --name {NAME}` makes a new one"),
            (root, "; `dotchain cert ca` makes a new one"),
        ):
            (found,) = remedied(made.certificate)
            self.assertTrue(found.endswith(command), found)


class UseTests(SynchronousTestCase):
    """Where it is told."""

    def test_server(self) -> None:
        """A key that OpenSSL does not take is told in words, with its own, and what to type."""
        certificate, key = weak(names=[NAME]).write(folder(self))
        error = self.assertRaises(TLSFileError, ServerIdentity, certificate, key)
        self.assertEqual(error.path, certificate)
        self.assertIn("OpenSSL does not take it: EE_KEY_TOO_SMALL: ", error.text)
        self.assertIn(
            f"RSA of 1024 bits, at least 2048 are wanted; `dotchain cert self-signed --name {NAME}`",
            error.text,
        )

    def test_chain(self) -> None:
        """So is that of a CA in the chain."""
        root = weak(common="Root", ca=True)
        certificate, key = make(names=[NAME], issuer=root).write(folder(self), root)
        error = self.assertRaises(TLSFileError, ServerIdentity, certificate, key)
        self.assertIn("CN=Root has a weak key: RSA of 1024 bits", error.text)

    def test_smallCurve(self) -> None:
        """A curve that is unknown today does no damage to a key, and is no good."""
        key = written(self, SMALL_CURVE, "server.key")
        certificate, _ = make(names=[NAME]).write(folder(self))
        error = self.assertRaises(TLSFileError, ServerIdentity, certificate, key)
        self.assertEqual(error.path, key)
        self.assertIn("holds a key that TLS clients do not take", error.text)
        self.assertIn("dotchain cert", error.text)

    def doubts(self, *authorities: Made) -> list[str]:
        """What is said of a ca-file."""
        return doubts(written(self, "".join(each.pem.decode() for each in authorities), "ca.pem"), NOW)

    def test_clients(self) -> None:
        """A file of CAs is of no use where each of them is weak, or out of date."""
        short, late = weak(common="Short", ca=True), make("Late", ca=True, start=NOW - 9 * DAY, end=NOW - DAY)
        self.assertIn("CN=Short has a weak key: RSA of 1024 bits", self.doubts(short)[0])
        self.assertEqual(len(self.doubts(short, late)), 2)
        self.assertIn("CN=Late expired on", self.doubts(late)[0])
        self.assertEqual(self.doubts(short, make("Good", ca=True), late), [])

    def test_oldRoots(self) -> None:
        """A CA that breaks a rule is no line on the screen of whoever names the system's store."""
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for authority in Trust(str(written(self, OLD_ROOT, "old.pem")), None).certificates():
                self.assertTrue(isAuthority(authority))
                self.assertIsNone(alternativeNames(authority))
        self.assertEqual(told, [])

    def test_handshakes(self) -> None:
        """What a peer's certificate lacks is told with the figure."""
        leaf = weak(names=[NAME]).certificate
        self.assertEqual(
            wrongPath(Failing(66, 0, leaf), NOW, "the CAs"),
            "certificate: its key is too weak: CN=dns.example.org has a weak key: RSA of 1024 bits, "
            "at least 2048 are wanted",
        )
