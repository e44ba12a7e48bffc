"""C{dotchain pin}."""

from __future__ import annotations

import argparse
import io
import json
import os
import socket
from contextlib import redirect_stderr, redirect_stdout
from threading import Thread
from unittest import mock

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands import pin
from dotchain.tls.pins import pinLine, pinText
from dotchain.tls.server import ServerIdentity

from ..folders import folder
from ..tls.certificates import DAY, NAME, NOW, Made, make


def run(*words: str) -> tuple[int, str, str]:
    """Run the verb with these words: status, output and errors."""
    parser = argparse.ArgumentParser("dotchain pin")
    pin.addArguments(parser)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = pin.run(parser.parse_args(words))
        except SystemExit as error:
            status = int(error.code or 0)
    return status, out.getvalue(), err.getvalue()


class FileTests(SynchronousTestCase):
    """Pins of files."""

    def setUp(self) -> None:
        """A chain."""
        self.folder = folder(self)
        self.ca = make("Home CA", ca=True)
        self.leaf = make(issuer=self.ca)
        self.certificate, self.key = self.leaf.write(self.folder, self.ca)

    def test_certificates(self) -> None:
        """Each certificate with subject, issuer and dates."""
        status, out, _ = run(str(self.certificate))
        dates = f"valid from {(NOW - DAY).date()} to {(NOW + 365 * DAY).date()}"
        self.assertEqual(status, 0)
        self.assertEqual(
            out.splitlines(),
            [
                f"{pinLine(self.leaf.pin)}  ; certificate",
                f"    ; CN={NAME}, issued by CN=Home CA, {dates}",
                f"{pinLine(self.ca.pin)}  ; certificate",
                f"    ; CN=Home CA, issued by CN=Home CA, {dates}",
            ],
        )

    def test_key(self) -> None:
        """A key has the same pin."""
        self.assertEqual(run(str(self.key)), (0, f"{pinLine(self.leaf.pin)}  ; key\n", ""))

    def test_json(self) -> None:
        """The same for programs."""
        status, out, _ = run(str(self.certificate), "--json")
        first, second = json.loads(out)
        self.assertEqual(status, 0)
        self.assertEqual(first["pin-sha256"], pinText(self.leaf.pin))
        self.assertEqual((second["subject"], second["issuer"]), ("CN=Home CA", "CN=Home CA"))
        self.assertEqual(json.loads(run(str(self.key), "--json")[1])[0]["what"], "key")

    def test_nothing(self) -> None:
        """A file without anything to pin: status 1."""
        self.certificate.write_text("nothing")
        status, out, err = run(str(self.certificate))
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(
            err, f"dotchain pin: {self.certificate}: holds neither a certificate nor a key in PEM form\n"
        )

    def test_usage(self) -> None:
        """What is neither a file nor a server: status 2."""
        for where in ("no/file.crt", "host#port", "host#0", "host#65536", "host#53", "", "#853", "a b#853"):
            status, out, err = run(where)
            self.assertEqual((status, out), (2, ""), where)
            self.assertTrue(err.startswith("dotchain pin: "), err)
        self.assertEqual(run()[0], 2)


class ServerTests(SynchronousTestCase):
    """Pins of a live server, over a pair of sockets."""

    def setUp(self) -> None:
        """The place of C{socket.create_connection}, and where it was led."""
        self.dialed: list[tuple[str, int]] = []
        self.folder = folder(self)
        self.ours, self.theirs = socket.socketpair()
        self.addCleanup(self.theirs.close)
        self.addCleanup(self.ours.close)

    def dial(self, address: tuple[str, int], timeout: float) -> socket.socket:
        """One end of the pair."""
        self.dialed.append(address)
        self.ours.settimeout(timeout)
        return self.ours

    def ask(self, *words: str) -> tuple[int, str, str]:
        """Run the verb."""
        with mock.patch("socket.create_connection", self.dial):
            return run(*words)

    def serve(self, leaf: Made, *others: Made) -> list[str | None]:
        """A server for one handshake; the answer is the name that it was asked for."""
        made = ServerIdentity(*leaf.write(self.folder, *others)).context
        names: list[str | None] = []
        made.sni_callback = lambda _, name, __: names.append(name)

        def shakeHands() -> None:
            made.wrap_socket(self.theirs, server_side=True).close()

        thread = Thread(target=shakeHands)
        thread.start()
        self.addCleanup(thread.join)
        return names

    def test_roles(self) -> None:
        """Every certificate, and whether it is the leaf, its issuer, or merely came along."""
        ca = make("Home CA", ca=True)
        leaf, stranger = make(issuer=ca, end=NOW - DAY / 2), make("stranger")
        names = self.serve(leaf, stranger, ca)
        status, out, err = self.ask(NAME)
        self.assertEqual((status, err), (0, ""))
        lines = out.splitlines()
        self.assertEqual(lines[0], f"{pinLine(leaf.pin)}  ; leaf")
        self.assertTrue(lines[1].startswith(f"    ; CN={NAME}, issued by CN=Home CA, valid from "))
        self.assertTrue(lines[2].startswith(f"{pinLine(stranger.pin)}  ; merely sent along"))
        self.assertEqual(lines[4], f"{pinLine(ca.pin)}  ; issuer (proven by signature)")
        self.assertEqual((self.dialed, names), ([(NAME, 853)], [NAME]))

    def test_nameAndPort(self) -> None:
        """An address is asked for a name of its own, on another port."""
        leaf = make()
        names = self.serve(leaf)
        status, out, _ = self.ask("[2001:db8::1]#8853", "--name", "b.example", "--json")
        self.assertEqual(status, 0)
        self.assertEqual([one["what"] for one in json.loads(out)], ["leaf"])
        self.assertEqual((self.dialed, names), ([("2001:db8::1", 8853)], ["b.example"]))

    def test_noTLS(self) -> None:
        """A server that speaks something else: status 1, and why."""
        self.theirs.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        self.assertEqual(
            self.ask("192.0.2.1"),
            (1, "", "dotchain pin: 192.0.2.1: no TLS handshake: the peer does not speak TLS on this port\n"),
        )

    def test_closed(self) -> None:
        """A server that hangs up."""
        self.theirs.shutdown(socket.SHUT_WR)
        status, _, err = self.ask("192.0.2.1")
        self.assertEqual(status, 1)
        self.assertIn("no TLS handshake: the peer closed the connection", err)

    def test_silent(self) -> None:
        """A server that says nothing is waited for five seconds, in all."""
        with mock.patch("dotchain.tls.probe.time.monotonic", side_effect=(100.0, 105.5)):
            status, _, err = self.ask("192.0.2.1")
        self.assertEqual((status, err), (1, "dotchain pin: 192.0.2.1: timed out\n"))

    def test_refused(self) -> None:
        """Nobody listens."""
        refusal = ConnectionRefusedError(111, os.strerror(111))
        with mock.patch("socket.create_connection", side_effect=refusal):
            self.assertEqual(run("192.0.2.1"), (1, "", f"dotchain pin: 192.0.2.1: {refusal.strerror}\n"))
