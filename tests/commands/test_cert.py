"""C{dotchain cert}."""

from __future__ import annotations

import argparse
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands import cert
from dotchain.tls.pins import pinLine, pinOf, pinsInFile, pinText
from dotchain.tls.store import load

from ..folders import folder


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


def run(*words: str) -> Outcome:
    """Run the verb with these words."""
    parser = argparse.ArgumentParser("dotchain cert")
    cert.addArguments(parser)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = cert.run(parser.parse_args(words))
        except SystemExit as error:
            status = int(error.code or 0)
    return Outcome(status, out.getvalue(), err.getvalue())


class CertTests(SynchronousTestCase):
    """Files, modes, and the pin to paste."""

    def setUp(self) -> None:
        """Where the files go."""
        self.folder = folder(self)
        self.out = ("--out", str(self.folder))

    def file(self, name: str) -> Path:
        """One of the files."""
        return self.folder / name

    def test_selfSigned(self) -> None:
        """The recipe's openssl req -x509: two files named for the server, and its pin."""
        outcome = run(
            "self-signed", "--name", "dns.example.org", "--name", "b.example", "--address", "::1", *self.out
        )
        certificate, key = self.file("dns.example.org.crt"), self.file("dns.example.org.key")
        pin = pinsInFile(key)[0].pin
        self.assertEqual(outcome.status, 0)
        first, second, third = outcome.out.splitlines()
        self.assertEqual((first, second), (f"certificate = {certificate}", f"key         = {key}"))
        self.assertTrue(third.startswith(f"{pinLine(pin)}  ; valid until 20"), third)
        leaf = load(certificate, key).certificate
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.assertEqual([str(one.value) for one in names], ["dns.example.org", "b.example", "::1"])

    def test_chain(self) -> None:
        """A CA of one's own, and a server's certificate by it."""
        self.assertEqual(run("ca", "--name", "Home CA", *self.out).status, 0)
        ca = ("--ca", str(self.file("ca.crt")), "--ca-key", str(self.file("ca.key")))
        files = "--certificate", str(self.file("s.pem")), "--key", str(self.file("k.pem"))
        outcome = run("issue", *ca, "--address", "192.0.2.1", "--type", "rsa", "--days", "9", *files)
        self.assertEqual((outcome.status, outcome.err), (0, ""))
        issued = load(self.file("s.pem"), self.file("k.pem"))
        self.assertIsInstance(issued.key, rsa.RSAPrivateKey)
        issued.chain[0].verify_directly_issued_by(issued.chain[1])
        self.assertEqual(issued.chain[1].subject.rfc4514_string(), "CN=Home CA")

    def test_json(self) -> None:
        """The same for programs."""
        shown = json.loads(run("self-signed", "--address", "192.0.2.1", "--json", *self.out).out)
        issued = load(Path(shown["certificate"]), Path(shown["key"]))
        self.assertEqual(shown["certificate"], str(self.file("192.0.2.1.crt")))
        self.assertEqual(shown["pin-sha256"], pinText(pinOf(issued.certificate)))
        self.assertEqual(shown["not-after"], issued.certificate.not_valid_after_utc.isoformat())

    def test_wildcard(self) -> None:
        """No star stands in a file's name."""
        self.assertEqual(run("self-signed", "--name", "*.example.org", *self.out).status, 0)
        self.assertTrue(self.file("any.example.org.crt").exists())

    def test_neverOverwritten(self) -> None:
        """Files that are there stay, status 1; unless forced."""
        words = ("self-signed", "--name", "dns.example.org", *self.out)
        run(*words)
        before = self.file("dns.example.org.key").read_bytes()
        outcome = run(*words)
        self.assertEqual((outcome.status, outcome.out), (1, ""))
        self.assertIn("is there already; --force takes its place", outcome.err)
        self.assertEqual(self.file("dns.example.org.key").read_bytes(), before)
        self.assertEqual(run(*words, "--force").status, 0)
        self.assertNotEqual(self.file("dns.example.org.key").read_bytes(), before)

    def test_badAuthority(self) -> None:
        """A CA that can't be used is told."""
        missing = run("issue", "--ca", "no.crt", "--ca-key", "no.key", "--name", "a.example", *self.out)
        self.assertEqual((missing.status, missing.err), (1, "dotchain cert: no.crt: there is no such file\n"))
        run("self-signed", "--name", "leaf.example", *self.out)
        leaf = ("--ca", str(self.file("leaf.example.crt")), "--ca-key", str(self.file("leaf.example.key")))
        outcome = run("issue", *leaf, "--name", "a.example", *self.out)
        self.assertEqual(outcome.status, 2)
        self.assertIn("none of a CA", outcome.err)

    def test_usage(self) -> None:
        """Wrong usage has status 2, and words."""
        for words, text in (
            ((), "WAY"),
            (("self-signed",), "needs a name or an IP address"),
            (("self-signed", "--name", "a b"), "is not a DNS name"),
            (("self-signed", "--address", "home"), "is not an IP address"),
            (("self-signed", "--name", "a.example", "--days", "0"), "is not a number of days"),
            (("self-signed", "--name", "a.example", "--days", "²"), "is not a number of days"),
            (("self-signed", "--name", "a.example", "--type", "dsa"), "invalid choice"),
            (("ca",), "--name"),
            (("issue", "--name", "a.example"), "--ca"),
        ):
            outcome = run(*words)
            self.assertEqual((outcome.status, outcome.out), (2, ""), words)
            self.assertIn(text, outcome.err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_help(self) -> None:
        """Help shows the recipe's two ways."""
        outcome = run("--help")
        self.assertEqual(outcome.status, 0)
        self.assertIn('dotchain cert ca --name "Home CA"', outcome.out)
