"""Reasons: whole for the operator, plain words for clients, and each thing once."""

from __future__ import annotations

import os
import socket
from errno import ECONNREFUSED, EHOSTUNREACH, EMFILE, ENETUNREACH, ETIMEDOUT

from twisted.internet import error as errors
from twisted.internet.error import getConnectError
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from dotchain.reason import Reason, inWords, joined, phrase, told
from dotchain.resolver import ResolveError, servfail


class ReasonTests(SynchronousTestCase):
    """L{Reason} and what is made of several."""

    def test_both(self) -> None:
        """The operator reads the whole text; plain words are the same for all."""
        reason = Reason("not in /etc/ca.pem", "not trusted")
        self.assertEqual((reason, told(reason)), ("not in /etc/ca.pem", "not trusted"))
        self.assertEqual(told("timeout"), "timeout")

    def test_phrase(self) -> None:
        """A sentence around reasons tells clients no more than they do, be there braces in them or not."""
        reason = phrase("{}: {}", Reason("{192.0.2.1}", "somebody"), phrase("{}; twice", Reason("a/b", "no")))
        self.assertEqual((reason, told(reason)), ("{192.0.2.1}: a/b; twice", "somebody: no; twice"))

    def test_joined(self) -> None:
        """What is the same to clients is told once."""
        reason = joined("; ", [Reason("a: refused", "one: refused"), Reason("b: refused", "one: refused")])
        self.assertEqual((reason, told(reason)), ("a: refused; b: refused", "one: refused"))

    def test_answer(self) -> None:
        """The extended error of a SERVFAIL has what clients may read (RFC 8914)."""
        error = ResolveError(phrase("failed: {}", Reason("/etc/ca.pem", "no CA")))
        self.assertEqual((error.text, str(error)), ("failed: /etc/ca.pem",) * 2)
        self.assertEqual(servfail(error).errors, ((23, "failed: no CA"),))


class WordsTests(SynchronousTestCase):
    """L{inWords}."""

    def test_system(self) -> None:
        """What the system says, and nothing around it."""
        for number in (ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT, EMFILE):
            words = os.strerror(number)
            self.assertEqual(inWords(Failure(getConnectError((number, words)))), words)
            self.assertEqual(inWords(OSError(number, words, "/a/file")), words)
        self.assertEqual(inWords(errors.ConnectBindError(EMFILE, "x")), os.strerror(EMFILE))
        self.assertEqual(inWords(socket.gaierror(socket.EAI_NONAME, "no such name")), "no such name")

    def test_twisted(self) -> None:
        """Twisted's own errors are one clause without a full stop."""
        for error, words in (
            (errors.ConnectionRefusedError(), "Connection refused"),
            (errors.TCPTimedOutError(), "Connection timed out"),
            (errors.TimeoutError(), "timeout"),
            (errors.DNSLookupError("no results for query"), "the name has no address"),
            (errors.UserError(), "given up"),
            (errors.ConnectionAborted(), "broken off here"),
            (errors.ConnectionDone(), "the peer closed the connection"),
            (errors.ConnectionLost(), "the peer closed the connection"),
        ):
            self.assertEqual(inWords(error), words)

    def test_others(self) -> None:
        """Of what nobody foresaw, clients learn that there is no connection."""
        words = inWords(errors.ConnectError(string="to 192.0.2.1"))
        self.assertIn("to 192.0.2.1", words)
        self.assertEqual(told(words), "no connection")
        self.assertEqual(inWords(ValueError()), "ValueError")
