"""The keys of the stage rpz."""

from __future__ import annotations

from pathlib import Path

import dns.tsig
from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.rpz.action import DROPPED, REDIRECT
from dotchain.stages.rpz.rpzoptions import policy, primary, tsig


class OptionTests(SynchronousTestCase):
    """What operators write."""

    def wrong(self, reader: object, text: str, told: str) -> None:
        """A value that is refused, with such words."""
        assert callable(reader)
        self.assertIn(told, str(self.assertRaises(ValueError, reader, text)))

    def test_policy(self) -> None:
        """A word, or a name."""
        self.assertIsNone(policy("given"))
        for text, kind in (("drop", DROPPED), ("garden.example", REDIRECT), ("*.garden.example", REDIRECT)):
            found = policy(text)
            assert found is not None
            self.assertEqual(found.kind, kind)
        for text in ("deny", "192.0.2.1", "2001:db8::1"):
            self.wrong(policy, text, "is none of given, nxdomain, nodata, passthru, drop, tcp-only")

    def test_primary(self) -> None:
        """An address, of TCP."""
        for text, told in (
            ("192.0.2.1", "tcp://192.0.2.1:53"),
            ("2001:db8::1", "tcp://[2001:db8::1]:53"),
            ("tcp://192.0.2.1:5353", "tcp://192.0.2.1:5353"),
            ("udp://192.0.2.1", "tcp://192.0.2.1:53"),
            ("tls://192.0.2.1", "tls://192.0.2.1:853"),
        ):
            self.assertEqual(str(primary(text)), told)
        self.wrong(primary, "tcp://192.0.2.1:0", "nobody can be asked at port 0")
        self.wrong(primary, "ns.example.org", "is not an IP address")

    def test_tsig(self) -> None:
        """Algorithm, name and secret, or a file of BIND's."""
        found = tsig("hmac-sha512:Feed.example:c2VjcmV0")
        self.assertEqual((found.name.to_text(), found.secret), ("Feed.example.", b"secret"))
        self.assertEqual(found.algorithm, dns.tsig.HMAC_SHA512)
        file = Path(self.mktemp())
        file.write_text('key "feed" {\n\talgorithm hmac-sha1;\n\tsecret "c2VjcmV0";\n};\n')
        found = tsig(str(file))
        self.assertEqual(
            (found.name.to_text(), found.secret, found.algorithm), ("feed.", b"secret", dns.tsig.HMAC_SHA1)
        )

    def test_wrongTsig(self) -> None:
        """What is no key, without the secret in the words that tell so."""
        self.wrong(tsig, "hmac-foo:a:c2VjcmV0", "'hmac-foo' is none of hmac-md5")
        self.wrong(tsig, "a:b", "is no key such as")
        self.wrong(tsig, "/nonexistent", "No such file")
        error = self.assertRaises(ValueError, tsig, "hmac-sha256:a:!geheim!")
        self.assertNotIn("geheim", str(error))
        file = Path(self.mktemp())
        file.write_text("nothing")
        self.wrong(tsig, str(file), "has no key such as")
