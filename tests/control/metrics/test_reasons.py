"""Words for failed handshakes."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.metrics.reasons import MOST, reasons


class ReasonsTests(SynchronousTestCase):
    """L{reasons}."""

    def test_words(self) -> None:
        """OpenSSL's words and ours are labels; a connection that failed later counts with the others."""
        counts = {"HTTP_REQUEST": 2, "later: HTTP_REQUEST": 1, "closed by the client": 3, "timeout": 4}
        wanted = {"http_request": 3, "closed_by_the_client": 3, "timeout": 4}
        self.assertEqual(reasons(counts), wanted)

    def test_ownWords(self) -> None:
        """A refusal of ours is no other reason."""
        counts = {"ALPN without dot": 1, "unreadable ClientHello": 2}
        self.assertEqual(reasons(counts), {"alpn_without_dot": 1, "unreadable_clienthello": 2})

    def test_strangers(self) -> None:
        """What is no such word, and whatever comes after so many, is other."""
        counts = {f"REASON_{'X' * number}": 1 for number in range(1, MOST + 10)}
        found = reasons({"\n evil": 5, **counts})
        self.assertEqual((len(found), sum(found.values())), (MOST, 5 + len(counts)))
        self.assertGreater(found["other"], 5)
