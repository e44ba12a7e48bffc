"""SPKI pins (RFC 7858 section 4.2)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate
from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import Value
from dotchain.tls.errors import TLSFileError
from dotchain.tls.pins import (
    matches,
    pinFromText,
    pinLine,
    pinOf,
    pinOfKey,
    pins,
    pinsInFile,
    pinText,
    provenChain,
)

from ..folders import folder
from .certificates import Made, ecKey, make

# Made with `openssl req -x509`, its pin with the recipe's own line of openssl commands.
CERTIFICATE = b"""\
-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUWlZMVQlGaMr+X9RktvKzK4V1rXcwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPZG5zLmV4YW1wbGUub3JnMB4XDTI2MTEyMzE1MzQzNloXDTM2
MTEyMDE1MzQzNlowGjEYMBYGA1UEAwwPZG5zLmV4YW1wbGUub3JnMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE34Nf2ZPlek1mmYr31t7Gu4k9O0aIq8dFZp4YgqDq
+XM9TsHAFXLwOZ2xP3zoesGKJHfN4c0pcGoXzTFB2LUkQ6NTMFEwHQYDVR0OBBYE
FNuGoXtLKjjKqqVBJ7GeRWBieXhmMB8GA1UdIwQYMBaAFNuGoXtLKjjKqqVBJ7Ge
RWBieXhmMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAIkWMoeR
Gszm+kRhWwmGSn0AAAyPyZkT8DcmJA0oAv/EAiEA/19snCx8V5FXQhMS7BDkFYTX
hIhsWa38mAeqNw4cZIE=
-----END CERTIFICATE-----
"""
PIN = "Ut+6VbCtUZsfqlOh3HCYtCYlwFICMsaHZf2pBv3Wowo="


class TextTests(SynchronousTestCase):
    """Pins as they are written."""

    def test_forms(self) -> None:
        """Bare base64 and RFC 7469's form mean the same."""
        pin = pinFromText(PIN)
        self.assertEqual(len(pin), 32)
        for text in (f'pin-sha256="{PIN}"', f" {PIN}\n", f"pin-sha256={PIN}", f'"{PIN}"'):
            self.assertEqual(pinFromText(text), pin)
        self.assertEqual(pinText(pin), PIN)
        self.assertEqual(pinLine(pin), f'pin-sha256="{PIN}"')

    def test_wrong(self) -> None:
        """Anything else says what would be right."""
        for text in ("", PIN[1:], PIN + "A", PIN[:-1], "sha256//" + PIN, f'pin-sha256="{PIN}', "ä" * 44):
            error = self.assertRaises(ValueError, pinFromText, text)
            self.assertIn("is not an SPKI pin such as", str(error))

    def test_list(self) -> None:
        """A list may name PEM files, relative to the INI file; a chain does not pin its CA."""
        place = folder(self)
        ca = make(ca=True)
        leaf = make(issuer=ca)
        leaf.write(place, ca)
        self.assertEqual(pins(Value.at(f"{PIN}\n server.crt", place, 1)), {pinFromText(PIN), leaf.pin})
        self.assertEqual(pins(Value.at("server.key", place, 1)), {leaf.pin})
        self.assertEqual(pins(Value.at("", place, 1)), frozenset())
        self.assertRaises(ValueError, pins, Value.at("missing.crt", place, 1))
        (place / "bad.crt").write_text("nothing")
        self.assertRaises(ValueError, pins, Value.at("bad.crt", place, 1))


class PinTests(SynchronousTestCase):
    """The pin of what there is."""

    def test_openssl(self) -> None:
        """The same as openssl's."""
        self.assertEqual(pinText(pinOf(load_pem_x509_certificate(CERTIFICATE))), PIN)

    def test_kinds(self) -> None:
        """EC and RSA, certificate and key agree."""
        for key in (ecKey(), rsa.generate_private_key(65537, 2048)):
            made = make(key=key)
            spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            self.assertEqual(b64encode(sha256(spki).digest()).decode(), pinText(made.pin))
            self.assertEqual(pinOfKey(key.public_key()), made.pin)
        key25519 = ed25519.Ed25519PrivateKey.generate().public_key()
        self.assertEqual(len(pinOfKey(key25519)), 32)

    def test_file(self) -> None:
        """Every certificate and key of a file, in its order."""
        ca = make(ca=True)
        leaf = make(issuer=ca)
        public = leaf.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.assertEqual(pinOfKey(load_pem_public_key(public)), leaf.pin)
        file = folder(self) / "all.pem"
        file.write_bytes(b"a comment\n" + leaf.pem + ca.pem + leaf.keyPem + public)
        found = pinsInFile(file)
        self.assertEqual(
            [(one.what, one.pin) for one in found],
            [
                ("certificate", leaf.pin),
                ("certificate", ca.pin),
                ("key", leaf.pin),
                ("public key", leaf.pin),
            ],
        )
        self.assertEqual(found[1].certificate, ca.certificate)

    def test_badFiles(self) -> None:
        """Errors name the file and what is wrong."""
        place = folder(self)
        file = place / "x.pem"
        secret = make().key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        )
        for octets, text in (
            (b"", "holds neither a certificate nor a key"),
            (b"\x30\x82", "holds neither a certificate nor a key"),
            (CERTIFICATE.replace(b"MII", b"AAA", 1), "holds a damaged certificate or key"),
            (secret, "a passphrase protects the key"),
        ):
            file.write_bytes(octets)
            error = self.assertRaises(TLSFileError, pinsInFile, file)
            self.assertEqual(error.path, file)
            self.assertIn(text, error.text)
        self.assertIn("no such file", self.assertRaises(TLSFileError, pinsInFile, place / "y").text)
        self.assertIn("can't be read", self.assertRaises(TLSFileError, pinsInFile, place).text)


class ProvenChainTests(SynchronousTestCase):
    """Who is proven to have issued whom (RFC 7858 appendix A)."""

    def setUp(self) -> None:
        """A chain of four."""
        self.root = make("Root", ca=True)
        self.upper = make("Upper", issuer=self.root, ca=True)
        self.lower = make("Lower", issuer=self.upper, ca=True)
        self.leaf = make(issuer=self.lower)

    def proven(self, *made: Made) -> list[Made]:
        """Which of these are proven."""
        chain = provenChain([one.certificate for one in made])
        return [one for one in made if one.certificate in chain]

    def test_order(self) -> None:
        """The order of presentation does not matter, beyond the leaf."""
        for others in (
            (self.lower, self.upper, self.root),
            (self.root, self.upper, self.lower),
            (self.upper, make("Stranger", ca=True), self.root, self.lower),
        ):
            chain = provenChain([one.certificate for one in (self.leaf, *others)])
            expected = [self.leaf, self.lower, self.upper, self.root]
            self.assertEqual(chain, [one.certificate for one in expected])

    def test_gap(self) -> None:
        """What is behind a gap is not proven."""
        self.assertEqual(self.proven(self.leaf, self.upper, self.root), [self.leaf])

    def test_nothing(self) -> None:
        """No certificates, no chain; a self-signed leaf is its own chain."""
        self.assertEqual(provenChain([]), [])
        self.assertEqual(self.proven(self.root), [self.root])
        self.assertEqual(len(provenChain([self.root.certificate] * 3)), 1)

    def test_noAuthority(self) -> None:
        """CA:FALSE, no basicConstraints, and a path length that is too short prove nothing."""
        for ca in (False, None):
            issuer = make("Issuer", ca=ca)
            self.assertEqual(len(self.proven(make(issuer=issuer), issuer)), 1)
        top = make("Top", ca=True, pathLength=0)
        middle = make("Middle", issuer=top, ca=True)
        leaf = make(issuer=middle)
        self.assertEqual(self.proven(leaf, middle, top), [leaf, middle])

    def test_sameName(self) -> None:
        """A name proves nothing; the signature does."""
        impostor = make("Lower", ca=True)
        self.assertEqual(self.proven(self.leaf, impostor), [self.leaf])
        self.assertEqual(self.proven(self.leaf, impostor, self.lower), [self.leaf, self.lower])

    def test_crossSigned(self) -> None:
        """Both ways up are proven."""
        other = make("Other Root", ca=True)
        cross = make("Lower", issuer=other, ca=True, key=self.lower.key)
        both = (self.leaf, self.lower, cross, self.upper, self.root, other)
        self.assertEqual(self.proven(*both), list(both))

    def test_bounded(self) -> None:
        """A stranger can't make us verify signatures without end."""
        impostors = [make("Lower", ca=True) for _ in range(20)]
        self.assertEqual(self.proven(self.leaf, *impostors, self.lower), [self.leaf])

    def test_matches(self) -> None:
        """Any certificate with any of the pins."""
        chain = [self.leaf.certificate, self.lower.certificate]
        self.assertTrue(matches(chain, {self.lower.pin, bytes(32)}))
        self.assertFalse(matches(chain, {self.root.pin}))
        self.assertFalse(matches(chain, frozenset()))
