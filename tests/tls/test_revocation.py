"""Upstreams whose certificate is revoked: lists beside the CAs of C{ca-file}."""

from __future__ import annotations

from dotchain.options import OptionError
from dotchain.tls.client import UpstreamIdentity

from .certificates import DAY, NAME, NOW, Made, make, revocations
from .matrix import MatrixCase


class RevocationTests(MatrixCase):
    """The strict profile, with lists in the file of CAs."""

    def setUp(self) -> None:
        """A CA, one below it, and a certificate of each."""
        super().setUp()
        self.below = make("CA below", ca=True, issuer=self.ca)
        self.leaf = make(names=[NAME], issuer=self.ca)
        self.deep = make(names=[NAME], issuer=self.below)

    def trust(self, *lists: bytes, below: bytes = b"") -> None:
        """Have a file of the CA with these lists."""
        self.caFile.write_bytes(self.ca.pem + below + b"".join(lists))

    def said(self, leaf: Made, *others: Made) -> str:
        """Why one is refused."""
        return self.refused(self.strict(), leaf, *others)

    def test_revoked(self) -> None:
        """One that the CA has revoked is refused, and no other."""
        self.trust(revocations(self.ca, self.leaf))
        self.assertEqual(self.said(self.leaf), "certificate: it is revoked")
        self.accepted(self.strict(), make(names=[NAME], issuer=self.ca))

    def test_reloaded(self) -> None:
        """A list that comes later counts from the next reload on, for sessions to be resumed, too."""
        identity = self.strict()
        self.accepted(identity, self.leaf)
        self.trust(revocations(self.ca, self.leaf))
        identity.reload()
        self.assertIn("it is revoked", self.refused(identity, self.leaf))

    def test_expired(self) -> None:
        """A list that has expired proves nothing: nobody of its CA is let pass, and a warning says so."""
        self.trust(revocations(self.ca, end=NOW - DAY))
        self.assertEqual(self.said(self.leaf), "certificate: its CA's revocation list has expired")
        (warning,) = self.strict().warnings()
        self.assertIn("the revocation list of CN=Home CA expired on", warning)
        self.assertIn("all its servers are refused until a new one is there", warning)

    def test_otherList(self) -> None:
        """Where there are lists at all, a CA without one is not believed."""
        self.trust(revocations(make("Other CA", ca=True)))
        self.assertIn("its CA has no revocation list", self.said(self.leaf))

    def test_forged(self) -> None:
        """A list that somebody else has signed in the CA's name is none."""
        forger = make("Home CA", ca=True)
        self.trust(revocations(forger))
        self.assertIn("revocation list does not verify", self.said(self.leaf))

    def test_authority(self) -> None:
        """A CA below is revoked by the list of the one above, where both have one."""
        own = revocations(self.below)
        self.trust(own, revocations(self.ca), below=self.below.pem)
        self.accepted(self.strict(), self.deep, self.below)
        self.trust(own, revocations(self.ca, self.below), below=self.below.pem)
        text = self.said(self.deep, self.below)
        self.assertEqual(text, "issuer's certificate (CN=CA below): it is revoked")

    def test_changeable(self) -> None:
        """Of a file of CAs that others can change a warning tells."""
        self.caFile.chmod(0o666)
        (warning,) = self.strict().warnings()
        self.assertIn("can be changed by others (mode 0666), who so become CAs", warning)

    def test_damaged(self) -> None:
        """A list that can't be read is an error of the configuration."""
        self.trust(revocations(self.ca).replace(b"MI", b"AA", 1))
        error = self.assertRaises(OptionError, self.strict)
        self.assertEqual((error.key, "damaged revocation list" in str(error)), ("ca-file", True))

    def test_pinned(self) -> None:
        """Pins alone need no CA, and ask for no list."""
        identity = UpstreamIdentity(None, frozenset({self.leaf.pin}))
        self.accepted(identity, self.leaf)
