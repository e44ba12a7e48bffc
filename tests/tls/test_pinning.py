"""Authentication by pins, alone and together with a name."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import rsa

from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.pins import pinLine, pinText

from .certificates import DAY, NAME, NOW, Made, make
from .matrix import WRONG_PIN, MatrixCase


class PinTests(MatrixCase):
    """Authentication by pins (RFC 7858 section 4.2)."""

    def test_selfSigned(self) -> None:
        """The right pin needs no CA and no name."""
        leaf = make("whoever", names=["whatever.example"])
        report = self.accepted(self.pinned(leaf.pin), leaf)
        self.assertEqual(report.pins, (("leaf", pinText(leaf.pin)),))
        self.assertIsNone(report.name)

    def test_backup(self) -> None:
        """Any of the pins may match."""
        leaf = make()
        self.accepted(self.pinned(WRONG_PIN, leaf.pin), leaf)

    def test_rsa(self) -> None:
        """RSA keys are pinned in the same way."""
        leaf = make(key=rsa.generate_private_key(65537, 2048))
        self.accepted(self.pinned(leaf.pin), leaf)
        self.refused(self.pinned(WRONG_PIN), leaf)

    def test_expired(self) -> None:
        """Pins alone don't ask for dates, whichever the side that the clock is off to."""
        self.accepted(*self._outdated(end=NOW - DAY))
        self.accepted(*self._outdated(end=NOW + 9 * DAY, start=NOW + DAY))

    def _outdated(self, end: datetime, start: datetime = NOW - 9 * DAY) -> tuple[UpstreamIdentity, Made]:
        leaf = make(start=start, end=end)
        return self.pinned(leaf.pin), leaf

    def test_wrong(self) -> None:
        """Another key is refused; the words have both pins."""
        leaf = make()
        text = self.refused(self.pinned(WRONG_PIN), leaf)
        self.assertEqual(
            text, f'no pin matches: wanted {pinLine(WRONG_PIN)}, presented "{pinText(leaf.pin)}" (leaf)'
        )

    def test_issuer(self) -> None:
        """An issuing CA may be pinned, though nobody trusts it here."""
        leaf = make(names=[NAME], issuer=self.ca)
        report = self.accepted(self.pinned(self.ca.pin), leaf, self.ca)
        self.assertEqual([role for role, _ in report.pins], ["leaf", "issuer"])

    def test_merelyAppended(self) -> None:
        """An attacker's leaf with the genuine certificate appended is refused (appendix A)."""
        genuine = make(names=[NAME], issuer=self.ca)
        attacker = make(names=[NAME])
        text = self.refused(self.pinned(genuine.pin), attacker, genuine, self.ca)
        self.assertIn(f'"{pinText(genuine.pin)}" (sent along)', text)
        self.refused(self.pinned(self.ca.pin), attacker, genuine, self.ca)

    def test_issuedByThePinnedLeaf(self) -> None:
        """A pinned server's key can't issue for others: it is no CA."""
        genuine = make(names=[NAME], issuer=self.ca)
        self.refused(self.pinned(genuine.pin), make(names=[NAME], issuer=genuine), genuine)


class NameAndPinTests(MatrixCase):
    """With a name and pins, both must succeed (RFC 8310 section 6.4)."""

    def test_both(self) -> None:
        """The right name and the leaf's or the root's pin, which the peer need not send."""
        leaf = make(names=[NAME], issuer=self.ca)
        self.accepted(self.strict(NAME, leaf.pin), leaf)
        self.accepted(self.strict(NAME, self.ca.pin), leaf)

    def test_wrongPin(self) -> None:
        """The right name with a wrong pin is refused."""
        leaf = make(names=[NAME], issuer=self.ca)
        self.assertIn("no pin matches", self.refused(self.strict(NAME, WRONG_PIN), leaf))

    def test_wrongName(self) -> None:
        """The right pin with a wrong name is refused."""
        leaf = make(names=["www.example.net"], issuer=self.ca)
        self.assertIn("wanted the name", self.refused(self.strict(NAME, leaf.pin), leaf))

    def test_untrusted(self) -> None:
        """The right pin does not make up for a path that fails."""
        leaf = make(names=[NAME])
        self.assertIn("self-signed", self.refused(self.strict(NAME, leaf.pin), leaf))

    def test_appended(self) -> None:
        """A pin is looked for in the verified path, not among what came along."""
        other = make("Other CA", ca=True)
        leaf = make(names=[NAME], issuer=self.ca)
        self.refused(self.strict(NAME, other.pin), leaf, other)
