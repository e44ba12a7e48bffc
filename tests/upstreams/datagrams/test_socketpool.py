"""L{SocketPool}: UDP to one address by many sockets."""

from __future__ import annotations

import errno
import os
import socket
from select import select
from unittest import mock

from twisted.internet.error import ConnectionDone
from twisted.logger import capturedLogs
from twisted.python.failure import Failure

from dotchain.wire.query import ask

from ..network import response
from ..upstreamcommon import pending, pendingQueries
from .socketpoolcase import SocketPoolCase


class AskTests(SocketPoolCase):
    """Questions and answers."""

    def test_answered(self) -> None:
        """There and back."""
        each = pending()
        wire, origin = self.submit(each)
        self.assertEqual(wire[12:].count(b"\3foo\7example\3org\0"), 1)
        self.server.say(response(wire), origin)
        self.read()
        ((found, answer),) = self.all.answered
        self.assertIs(found, each)
        self.assertEqual(answer.rcode, 0)

    def test_unpadded(self) -> None:
        """Padding would do nothing in clear text (RFC 8467 section 4.1): the bare OPT of this hop."""
        wire, _ = self.submit()
        self.assertTrue(wire.endswith(b"\0\0\x29\x04\xd0\0\0\0\0\0\0"))

    def test_forgeries(self) -> None:
        """A hundred wrong answers are dropped and waiting goes on; then the right one counts (RFC 5452)."""
        wire, origin = self.submit()
        other = ask("evil.example.").question
        right = response(wire)
        for number in range(15):
            wrongId = bytes([wire[0] ^ (number + 1)]) + right[1:]
            swapped = response(wire, question=other)
            for forged in (
                wrongId,
                swapped,
                wire,
                right[:-1] + b"\3",
                right[:11],
                b"",
                right[:2] + b"\xa1" + right[3:],
            ):
                self.server.say(forged, origin)
            self.read()
        self.assertEqual((self.all.answered, self.all.failed), ([], []))
        self.server.say(right, origin)
        self.read()
        self.assertEqual(len(self.all.answered), 1)

    def test_portKnown(self) -> None:
        """Who knows the port has so many guesses at the ID; then it is asked over TCP (RFC 5452)."""
        each = pending()
        wire, origin = self.submit(each)
        own, right = int.from_bytes(wire[:2], "big"), response(wire)
        for guess in range(1, self.endpoint.FORGED + 1):
            self.server.say((own ^ guess).to_bytes(2, "big") + right[2:], origin)
        self.server.say(right, origin)
        with capturedLogs() as logged:
            self.readAll()
        self.assertEqual((self.all.answered, self.all.failed, self.sockets()), ([], [], []))
        self.assertEqual([dial.port for dial in self.network.attempts], [self.server.address.port])
        self.assertEqual(len(logged), 1)
        self.submit()

    def test_connected(self) -> None:
        """What comes from another port or address does not even arrive."""
        wire, origin = self.submit()
        for host in ("127.0.0.1", "127.0.0.2"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
                forger.bind((host, 0))
                forger.sendto(response(wire), origin)
        ready, _, _ = select(self.network.readers, [], [], 0)
        self.assertEqual(ready, [])

    def test_held(self) -> None:
        """Held to so many files, worn ones are among them; one there is always (A23)."""
        self.endpoint.limitOpenFiles(2)
        for _ in range(6 * self.endpoint.WORN):
            self.submit()
        self.assertLessEqual(len(self.sockets()), 2)
        self.endpoint.limitOpenFiles(0)
        self.submit()
        self.assertEqual(len(self.all.failed), 0)

    def test_twice(self) -> None:
        """The second of two answers is nobody's."""
        wire, origin = self.submit()
        self.server.say(response(wire), origin)
        self.server.say(response(wire), origin)
        self.read()
        self.assertEqual(len(self.all.answered), 1)

    def test_large(self) -> None:
        """An answer above the size that we advertise is taken where it parses."""
        wire, origin = self.submit()
        text = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c\x0f\xa0" + bytes(4000)
        self.server.say(response(wire, records=text), origin)
        self.read()
        self.assertEqual(len(self.all.answered[0][1].body), 4012)

    def test_malformed(self) -> None:
        """A malformed answer to the right question is never delivered."""
        each = pending()
        wire, origin = self.submit(each)
        self.server.say(response(wire, records=b"\xc0"), origin)
        self.read()
        self.assertEqual((self.all.answered, self.all.failed), ([], [(each, "malformed response")]))

    def test_boundedTurn(self) -> None:
        """A flood of junk does not hold the reactor: a turn reads so many datagrams and no more."""
        _, origin = self.submit()
        for _ in range(40):
            self.server.say(b"junk", origin)
        (each,) = self.sockets()
        self.read()
        self.assertEqual(each.inFlightTable.mismatched, 32)
        self.read()
        self.assertEqual(each.inFlightTable.mismatched, 40)

    def test_callbacksMayStop(self) -> None:
        """Whoever is answered may end everything: no read on a closed socket, nothing logged."""
        wire, origin = self.submit()
        for _ in range(3):
            self.server.say(response(wire), origin)
        self.all.common.answered = lambda pending, answer: self.endpoint.stop()
        with capturedLogs() as events:
            self.read()
        self.assertEqual((events, self.all.failed, self.endpoint.failures), ([], [], 0))


class SpreadTests(SocketPoolCase):
    """Ports and IDs that nobody can guess (RFC 5452 section 9.2)."""

    def test_ports(self) -> None:
        """More than 900 ports for 1000 queries, and as many IDs as there should be."""
        ports, ids = set(), set()
        for _ in range(1000):
            wire, (_, port) = self.submit()
            ports.add(port)
            ids.add(wire[:2])
            if len(self.sockets()) == 200:
                # Few descriptors: close and go on, as sockets that are worn are.
                self.endpoint.stop()
        self.assertGreater(len(ports), 900)
        self.assertGreater(len(ids), 950)

    def test_drawn(self) -> None:
        """Above the most, sockets are drawn at random, not one after the other."""
        self.endpoint = self.make(sockets=16)
        ports = [self.submit()[1][1] for _ in range(216)][16:]
        self.assertGreater(len(set(ports)), 12)
        self.assertNotEqual(ports[:100], ports[16:116])

    def test_worn(self) -> None:
        """A socket carries 64 queries; then it is replaced, and closed once nobody waits on it."""
        self.endpoint = self.make(sockets=1)
        waiting = pendingQueries(65)
        ports = [self.submit(each)[1][1] for each in waiting]
        self.assertEqual(len(set(ports[:64])), 1)
        self.assertNotEqual(ports[64], ports[0])
        self.assertEqual(len(self.sockets()), 2)
        self.sweep()
        self.assertEqual(len(self.sockets()), 2)
        for each in waiting:
            each.done = True
        self.sweep()
        self.assertEqual(len(self.sockets()), 1)

    def test_networkChanges(self) -> None:
        """However often the network changes, no more sockets are open, and what waits is asked again."""
        self.endpoint = self.make(sockets=4)
        waiting = pendingQueries(8)
        self.give(*waiting)
        for _ in range(10):
            self.endpoint.networkChanged()
            self.network.advance(0)
            self.assertLessEqual(len(self.sockets()), 4)
        held = [each for socket in self.sockets() for each in socket.inFlightTable.recent.values()]
        self.assertCountEqual(held, waiting)
        self.assertEqual((self.all.failed, self.endpoint.usable), ([], True))

    def test_idle(self) -> None:
        """Unused sockets are closed; those on which somebody waits stay."""
        done, waiting = pendingQueries(2)
        self.submit(done)
        self.submit(waiting)
        done.done = True
        self.network.advance(8.1)
        self.sweep()
        self.assertEqual(len(self.sockets()), 1)
        waiting.done = True
        self.sweep()
        self.assertEqual(self.sockets(), [])
        self.assertTrue(self.endpoint.nothingOpen)

    def test_noDescriptorLeft(self) -> None:
        """Where there are no more descriptors, the sockets that are open do."""
        for _ in range(3):
            self.submit()
        with mock.patch("socket.socket", side_effect=OSError(errno.EMFILE, "Too many open files")):
            self.submit()
        self.assertEqual((len(self.sockets()), self.all.failed, self.endpoint.usable), (3, [], True))


class TurnTests(SocketPoolCase):
    """What one turn of the reactor gives leaves at its end."""

    def ports(self, count: int) -> list[int]:
        """Where so many queries of one turn come from, in their order."""
        queries = pendingQueries(count)
        self.give(*queries)
        ports = [self.server.asked()[1][1] for _ in queries]
        for each in queries:
            each.done = True
        return ports

    def test_ownSockets(self) -> None:
        """As long as there may be more sockets each query has one of its own."""
        self.assertEqual(len(set(self.ports(100))), 100)

    def test_shared(self) -> None:
        """With no more to be had, eight share one, and the next eight have one that is drawn anew."""
        self.endpoint = self.make(sockets=16)
        self.ports(16)
        turns = [self.ports(20) for _ in range(20)]
        for ports in turns:
            for at in (0, 8, 16):
                self.assertEqual(len(set(ports[at : at + 8])), 1)
        self.assertGreater(len({ports[at] for ports in turns for at in (0, 8, 16)}), 8)
        self.assertGreater(sum(len(set(ports)) for ports in turns), 40)

    def test_order(self) -> None:
        """They arrive in the order that they were given in, where they share a socket."""
        self.endpoint = self.make(sockets=1)
        self.give(*pendingQueries(30))
        asked = [self.server.asked()[0] for _ in range(30)]
        names = [wire[13 : 13 + wire[12]] for wire in asked]
        self.assertEqual(names, [b"name%d" % number for number in range(30)])
        self.assertEqual(len({wire[:2] for wire in asked}), 30)

    def test_answers(self) -> None:
        """Answers are matched whatever their order, each only at the socket that its query left by."""
        self.endpoint = self.make(sockets=2)
        queries = pendingQueries(40)
        self.give(*queries)
        asked = [self.server.asked() for _ in queries]
        origins = {origin for _, origin in asked}
        self.assertEqual(len(origins), 2)
        for wire, origin in asked:
            (other,) = origins - {origin}
            self.server.say(response(wire), other)
        self.readAll()
        self.assertEqual(self.all.answered, [])
        for wire, origin in reversed(asked):
            self.server.say(response(wire), origin)
        self.readAll()
        self.assertEqual({each for each, _ in self.all.answered}, set(queries))

    def test_stopped(self) -> None:
        """After a stop nothing leaves, and no socket is opened."""
        self.endpoint.submit(pending())
        self.endpoint.stop()
        self.network.advance(0)
        self.assertEqual((self.sockets(), self.network.readers), ([], []))
        self.assertEqual(select([self.server.socket], [], [], 0)[0], [])

    def test_readerLost(self) -> None:
        """Where the reactor gives sockets up their queries go elsewhere; the next one finds new sockets."""
        each = pending()
        self.submit(each)
        for reader in list(self.network.readers):
            self.network.removeReader(reader)
            reader.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.all.failed, [(each, "socket closed")])
        self.submit()
        self.assertEqual((len(self.sockets()), len(self.network.readers)), (1, 1))

    def test_noWatch(self) -> None:
        """A socket that can't be watched is none: the query fails, and it is closed."""
        each = pending()
        with mock.patch.object(self.network, "addReader", side_effect=OSError(errno.ENOSPC, "No space left")):
            self.give(each)
        self.assertEqual(self.all.failed, [(each, "send failed: No space left")])
        self.assertEqual((self.sockets(), self.network.readers), ([], []))
        self.submit()


class BareTurnTests(TurnTests):
    """The same where there are neither epoll nor calls for many datagrams."""

    bare = True


class StopTests(SocketPoolCase):
    """The end of it all."""

    def test_closed(self) -> None:
        """No descriptor stays registered or open."""
        for _ in range(5):
            self.submit()
        files = [each.number for each in self.sockets()]
        self.assertIsNone(self.endpoint.stop())
        for number in files:
            self.assertRaises(OSError, os.fstat, number)
        self.assertEqual((self.network.readers, self.network.getDelayedCalls()), ([], []))

    def test_nameOfTheReader(self) -> None:
        """The reactor wants a word for its log."""
        self.submit()
        self.assertEqual([each.logPrefix() for each in self.network.readers], ["dotchain"])


class BareAskTests(AskTests):
    """The same where there are neither epoll nor calls for many datagrams."""

    bare = True


class BareStopTests(StopTests):
    """The same there."""

    bare = True

    def test_nameOfTheReader(self) -> None:
        """Each socket is a reader."""
        self.give(*pendingQueries(3))
        self.assertEqual([each.logPrefix() for each in self.network.readers], ["dotchain"] * 3)
