"""What the peer's alerts mean (RFC 8446 section 6)."""

from __future__ import annotations

import contextlib

from OpenSSL import SSL
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.alerts import isRefusal, lastWords, sslWords
from dotchain.tls.client import UpstreamIdentity

ABOUT_US = {
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    44: "certificate revoked",
    45: "certificate expired",
    46: "certificate unknown",
    48: "unknown ca",
    49: "access denied",
    71: "insufficient security",
    112: "does not serve the name",
    116: "wants a certificate of ours",
    120: "ALPN protocol dot",
}

OTHERS = {10: "unexpected message", 20: "bad record mac", 50: "decode error", 80: "internal error"}


def heard(number: int) -> SSL.Error:
    """What OpenSSL says of this alert."""
    connection = UpstreamIdentity(profile="encrypted").connection("")
    with contextlib.suppress(SSL.WantReadError):
        connection.do_handshake()
    connection.bio_write(bytes((21, 3, 3, 0, 2, 2, number)))
    try:
        connection.do_handshake()
    except SSL.Error as error:
        return error
    raise AssertionError("no error")


class AlertTests(SynchronousTestCase):
    """Every alert that matters, as this OpenSSL words it."""

    def test_words(self) -> None:
        """Each is told by its name or its meaning, in the handshake and behind it."""
        for number, words in (ABOUT_US | OTHERS).items():
            self.assertIn(words, sslWords(heard(number)))
            self.assertIn(words, lastWords(Failure(heard(number))))

    def test_refusals(self) -> None:
        """Some are about who we are: asking the same again is no use."""
        self.assertEqual([number for number in ABOUT_US if not isRefusal(Failure(heard(number)))], [])
        self.assertEqual([number for number in OTHERS if isRefusal(Failure(heard(number)))], [])

    def test_older(self) -> None:
        """Earlier releases of OpenSSL word some of them differently."""
        for text in ("sslv3 alert certificate revoked", "ssl/tls alert certificate revoked"):
            error = SSL.Error([("SSL routines", "", text)])
            self.assertEqual(sslWords(error), "the peer sent the TLS alert certificate revoked")
            self.assertTrue(isRefusal(Failure(error)))

    def test_closed(self) -> None:
        """A connection that was just closed has no last words, however it was."""
        for error in (
            ConnectionDone(),
            ConnectionLost(),
            SSL.ZeroReturnError(),
            SSL.SysCallError(-1, "Unexpected EOF"),
            SSL.Error([("SSL routines", "", "unexpected eof while reading")]),
        ):
            self.assertEqual((lastWords(Failure(error)), isRefusal(Failure(error))), ("", False))

    def test_broken(self) -> None:
        """What is no alert, but no TLS either, is told as OpenSSL tells it."""
        error = SSL.Error([("SSL routines", "", "wrong version number")])
        self.assertEqual(lastWords(Failure(error)), "wrong version number")
        self.assertEqual(lastWords(Failure(SSL.Error())), "TLS was broken")
