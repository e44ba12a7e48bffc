"""Clients that come and go, at a real server of the standard library."""

from __future__ import annotations

import json
import socket
import ssl
from threading import Thread

import dns.message
from twisted.trial.unittest import SynchronousTestCase

from measure.bench.load.background import readVisits, together, visitors
from measure.bench.load.dnsperf import LoadError
from measure.bench.load.visit import Visitor, isOpen
from measure.bench.load.visits import CLIENTS, visitAll

from ....folders import folder
from ....interop.certificates import leaf
from ....interop.daemon import until


class Server:
    """Answers one query a connection; a client that says no more ends it."""

    def __init__(self, case: SynchronousTestCase, rcode: int = 0) -> None:
        files = leaf(None).write(folder(case), "server")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(files.certificate, files.key)
        self._rcode = rcode
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        thread = Thread(target=self._serve)
        thread.start()
        case.addCleanup(thread.join)
        case.addCleanup(self._listening.close)
        case.addCleanup(self._listening.shutdown, socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(plain,)).start()

    def _answer(self, plain: socket.socket) -> None:
        plain.settimeout(5)
        with self._context.wrap_socket(plain, server_side=True) as tls:
            reply = dns.message.make_response(dns.message.from_wire(tls.recv(512)[2:]))
            reply.set_rcode(self._rcode)  # type: ignore[arg-type]
            wire = reply.to_wire()
            tls.sendall(len(wire).to_bytes(2, "big") + wire)
            tls.recv(1)


class VisitTests(SynchronousTestCase):
    """One client."""

    def test_resumed(self) -> None:
        """A client that means to resume does so from its second visit on, another never does."""
        port = Server(self).port
        again, new = Visitor(port, resumes=True), Visitor(port)
        self.assertEqual([again.visit(), again.visit(), again.visit()], [False, True, True])
        self.assertEqual([new.visit(), new.visit()], [False, False])

    def test_failure(self) -> None:
        """An answer other than NOERROR is a failed visit."""
        error = self.assertRaises(OSError, Visitor(Server(self, rcode=2).port).visit)
        self.assertIn("RCODE 2", str(error))

    def test_open(self) -> None:
        """A connection is known to be open until the server's end of it comes."""
        connection = Visitor(Server(self).port).arrive()
        self.addCleanup(connection.close)
        self.assertTrue(isOpen(connection))
        # The server ends the connection of whoever says more.
        connection.setblocking(True)
        connection.sendall(b"x")
        until(lambda: not isOpen(connection))


class VisitsTests(SynchronousTestCase):
    """Many clients."""

    def test_count(self) -> None:
        """They share the count, and stop there."""
        made = visitAll(Server(self).port, 0.5, CLIENTS + 3, False)
        self.assertEqual((made.done, made.failed), (CLIENTS + 3, 0))

    def test_failures(self) -> None:
        """Nobody listens: all fail, without an error."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        made = visitAll(port, 0.05, 0, False)
        self.assertEqual(made.done, 0)
        self.assertGreaterEqual(made.failed, CLIENTS)

    def test_process(self) -> None:
        """They run beside us as a process, which tells what came of them."""
        port = Server(self).port
        with together(visitors(port, 0.2, resumes=True)) as (running,):
            made = readVisits(running.said(30))
        self.assertGreater(made.resumed, 0)
        self.assertEqual(made.failed, 0)

    def test_noFigures(self) -> None:
        """Whatever else such a process prints is an error of ours."""
        self.assertRaises(LoadError, readVisits, "Traceback")
        self.assertRaises(LoadError, readVisits, json.dumps({"other": 1}))
