"""A front as a service: its sockets, its certificates, its end."""

from __future__ import annotations

import errno
import socket
from typing import Any

import dns.message
from cryptography import x509
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.trial.unittest import SkipTest

from dotchain.client import Client
from dotchain.fronts.front import Front
from dotchain.fronts.fronttls import FrontTLS
from dotchain.fronts.listening import canFreeBind
from dotchain.testing import makeQuery
from dotchain.tls.errors import TLSFileError

from ..folders import folder
from ..tls.certificates import NAME, make
from .frontcase import FrontCase
from .streams.portcase import ANSWER, framed


class ServingTests(FrontCase):
    """Real sockets."""

    def test_allAddresses(self) -> None:
        """Each address of a front is served, on IPv4 and IPv6 side by side."""
        files = make(names=[NAME]).write(folder(self))
        front = self.serving(
            "udp://127.0.0.1:0 udp://[::1]:0 tcp://127.0.0.1:0 tcp://[::1]:0 tls://127.0.0.1:0", files
        )
        for index in (0, 1):
            with socket.socket(socket.AF_INET6 if index else socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.connect(self.at(front, index))
                client.send(makeQuery(identity=5).wire)
                self.run_()
                self.chain.fireAll()
                self.run_()
                client.setblocking(False)
                self.assertEqual(dns.message.from_wire(client.recv(2000)).id, 5)
        for index in (2, 3, 4):
            peer = self.connect(front, index, encrypted=index == 4)
            peer.say(framed(6))
            self.run_()
            self.chain.fireAll()
            self.run_()
            self.assertEqual(peer.ids, [6])
        clients = [query.client for query in self.chain.asked]
        self.assertEqual(
            clients,
            [
                Client("127.0.0.1", "udp", "lan"),
                Client("::1", "udp", "lan"),
                Client("127.0.0.1", "tcp", "lan"),
                Client("::1", "tcp", "lan"),
                Client("127.0.0.1", "tls", "lan"),
            ],
        )
        self.assertEqual(self.events, [])

    def test_wildcard(self) -> None:
        """On the wildcard a response comes from the address that was asked (B1)."""
        front = self.serving("udp://0.0.0.0:0")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind(("127.0.0.1", 0))
            client.connect(("127.0.0.2", self.at(front)[1]))
            client.send(makeQuery(identity=5).wire)
            self.run_()
            self.chain.fireAll()
            self.run_()
            client.setblocking(False)
            self.assertEqual(client.recv(2000)[:2], b"\0\5")

    def test_takenAddress(self) -> None:
        """An address that can't be had is an error that names it."""
        for transport, kind in (("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)):
            with socket.socket(socket.AF_INET, kind) as other:
                other.bind(("127.0.0.1", 0))
                if kind == socket.SOCK_STREAM:
                    other.listen(1)
                number = other.getsockname()[1]
                front = self.front(f"{transport}://127.0.0.1:0 {transport}://127.0.0.1:{number}")
                with self.assertRaises(CannotListenError) as caught:
                    front.bind()
                error = caught.exception
                self.assertEqual((error.interface, error.port), ("127.0.0.1", number))
                self.assertEqual(getattr(error.socketError, "errno", None), errno.EADDRINUSE)
                self.assertEqual((len(front.ports), self.loop.watched), (1, set()))

    def test_foreignAddress(self) -> None:
        """So is one that no interface has."""
        for address in ("udp://192.0.2.1:5300", "tcp://[2001:db8::1]:5300", "udp://[fe80::1%nosuch]:5300"):
            with self.assertRaises(CannotListenError):
                self.front(address).bind()

    def test_foreignAddressToCome(self) -> None:
        """With free-bind it is listened on before it is there (A20)."""
        if not canFreeBind():
            raise SkipTest("the platform can't")
        front = self.front(
            "udp://192.0.2.1:0 tcp://192.0.2.1:0 udp://[2001:db8::1]:0 tcp://[2001:db8::1]:0", free_bind=True
        )
        front.bind()
        self.assertEqual(
            [self.at(front, index)[0] for index in range(4)], ["192.0.2.1"] * 2 + ["2001:db8::1"] * 2
        )


class ReloadTests(FrontCase):
    """Certificates read anew."""

    def serial(self, peer: Any) -> int:
        """The serial number of the certificate that a client saw."""
        return x509.load_der_x509_certificate(peer.tls.getpeercert(True)).serial_number

    def test_reload(self) -> None:
        """New connections get the new certificate; open ones go on as they are (B9)."""
        first, second, place = make(names=[NAME]), make(names=[NAME]), folder(self)
        front = self.serving("tls://127.0.0.1:0", first.write(place))
        old = self.connect(front, encrypted=True)
        second.write(place)
        front.reload()
        new = self.connect(front, encrypted=True)
        seen = [self.serial(old), self.serial(new)]
        self.assertEqual(seen, [first.certificate.serial_number, second.certificate.serial_number])
        for peer in (old, new):
            peer.say(framed(1))
            self.run_()
            self.chain.fireAll()
            self.run_()
            self.assertEqual(peer.ids, [1])

    def test_unfit(self) -> None:
        """Files that can't serve are an error, and the old ones stay."""
        made, place = make(names=[NAME]), folder(self)
        certificate, _ = made.write(place)
        front = self.serving("tls://127.0.0.1:0", (certificate, place / "server.key"))
        certificate.write_bytes(make(names=[NAME]).pem)
        with self.assertRaises(TLSFileError):
            front.reload()
        self.assertEqual(self.serial(self.connect(front, encrypted=True)), made.certificate.serial_number)

    def test_newTicketKeys(self) -> None:
        """Keys of session tickets live a day: then a new context serves (TL06, RFC 9325 section 3.4)."""
        made, place = make(names=[NAME]), folder(self)
        files = made.write(place)
        front = self.serving("tls://127.0.0.1:0", files)
        contexts = [front._tls.channel().context]
        for _ in range(2):
            self.loop.advance(FrontTLS.LIFE)
            contexts.append(front._tls.channel().context)
        self.assertEqual(len(set(map(id, contexts))), 3)
        files[0].write_bytes(b"broken")
        self.loop.advance(FrontTLS.LIFE)
        self.assertIs(front._tls.channel().context, contexts[-1])
        self.assertEqual(len(self.events), 1)

    def test_clearText(self) -> None:
        """A front without TLS has nothing to read, nor to warn of."""
        front = self.front("tcp://127.0.0.1:0")
        front.reload()
        self.assertEqual(front.warnings(), [])


class ForgetTests(FrontCase):
    """What is remembered."""

    def test_forget(self) -> None:
        """Every transport forgets what it remembers."""
        front = self.front("udp://127.0.0.1:0 tcp://127.0.0.1:0")
        front.bind()
        for port in front.ports:
            port.packetCache.keep(b"q", b"a", b"a", ANSWER)
        front.forget()
        self.assertEqual([port.packetCache.known for port in front.ports], [{}, {}])


class EndTests(FrontCase):
    """The end of service."""

    def stop(self, front: Front) -> Deferred[None]:
        """Begin to stop."""
        done = front.stopService()
        self.run_()
        return done

    def test_drain(self) -> None:
        """Stopping takes nothing new, answers what is in flight on all transports, then is done."""
        front = self.serving("udp://127.0.0.1:0 tcp://127.0.0.1:0")
        peer = self.connect(front, 1)
        peer.say(framed(1))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(self.at(front))
            client.send(makeQuery(identity=2).wire)
            self.run_()
            where = self.at(front, 1)
            done = self.stop(front)
            self.loop.advance(1)
            self.assertNoResult(done)
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(where)
            self.chain.fireAll()
            self.run_()
            self.loop.advance(0.02)
            self.assertIsNone(self.successResultOf(done))
            client.setblocking(False)
            self.assertEqual(client.recv(2000)[:2], b"\0\2")
        self.assertEqual((peer.ids, peer.ended, front.ports), ([1], True, []))
        self.assertEqual((self.loop.watched, self.loop.getDelayedCalls()), (set(), []))

    def test_addressFree(self) -> None:
        """An address where nobody waits is free at once, though elsewhere somebody does."""
        front = self.serving("udp://127.0.0.1:0 udp://127.0.0.1:0")
        free = self.at(front, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(self.at(front))
            client.send(makeQuery(identity=2).wire)
            self.run_()
            done = self.stop(front)
            self.assertNoResult(done)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind(free)
            self.chain.fireAll()
            self.run_()
            self.assertEqual(client.recv(2000)[:2], b"\0\2")

    def test_idle(self) -> None:
        """With nothing in flight, and nobody who is about to ask, stopping is done at once."""
        front = self.serving("udp://127.0.0.1:0 tcp://127.0.0.1:0")
        self.connect(front, 1).say(framed(1))
        self.run_()
        self.chain.fireAll()
        self.run_()
        self.assertIsNone(self.successResultOf(self.stop(front)))
        self.assertTrue(self.peers[0].ended)

    def test_abort(self) -> None:
        """A drain that is cut short closes everything at once, and is done."""
        front = self.serving("udp://127.0.0.1:0 tcp://127.0.0.1:0")
        peer = self.connect(front, 1)
        peer.say(framed(1))
        self.run_()
        done = self.stop(front)
        front.abort()
        self.loop.advance(0.02)
        self.assertIsNone(self.successResultOf(done))
        self.chain.fireAll()
        self.run_()
        self.assertEqual((peer.heard, peer.eof), (b"", True))
        self.assertEqual((self.loop.watched, self.loop.getDelayedCalls(), self.events), (set(), [], []))

    def test_neverStarted(self) -> None:
        """A front that was bound and never served can be closed."""
        front = self.front("udp://127.0.0.1:0 tcp://127.0.0.1:0")
        front.bind()
        numbers = [port.fileno() for port in front.ports]
        ports = front.ports
        front.abort()
        self.assertEqual(
            (min(numbers) >= 0, [port.fileno() for port in ports], front.ports), (True, [-1, -1], [])
        )
