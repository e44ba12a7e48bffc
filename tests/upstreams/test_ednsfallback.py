"""Servers that know no EDNS (RFC 6891 sections 6.2.2 and 7)."""

from __future__ import annotations

from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.wire import Query, edns
from dotchain.wire.query import ask

from .datagrams.socketpoolcase import Asked, SocketPoolCase
from .network import response
from .streams.poolcase import PoolCase
from .upstreamcommon import pending

FORMERR, NOTIMP, REFUSED = 0x8181, 0x8184, 0x8185


def withOpt(wire: bytes, flags: int) -> bytes:
    """A response with an OPT record."""
    bare = response(wire, flags)
    return bare[:10] + b"\0\1" + bare[12:] + edns.record(False)


def hasOpt(wire: bytes) -> bool:
    """Whether a query came with EDNS."""
    return wire[10:12] == b"\0\1"


class DatagramTests(SocketPoolCase):
    """Over UDP."""

    def exchange(self, flags: int, each: PendingQuery | None = None) -> Asked:
        """Ask, and have it answered so."""
        wire, origin = self.submit(each)
        self.server.say(response(wire, flags), origin)
        self.read()
        return wire, origin

    def test_askedAgain(self) -> None:
        """FORMERR or NOTIMP without an OPT: the same is asked once more, without EDNS."""
        for flags in (FORMERR, NOTIMP):
            self.all.answered.clear()
            self.endpoint = self.make()
            first, _ = self.exchange(flags)
            second, origin = self.server.asked()
            self.assertEqual((hasOpt(first), hasOpt(second)), (True, False))
            self.assertEqual((second[2:4], second[12:]), (first[2:4], first[12:-11]))
            self.server.say(response(second), origin)
            self.read()
            self.assertEqual([answer.rcode for _, answer in self.all.answered], [0])

    def test_remembered(self) -> None:
        """For a minute no query carries EDNS; then the server gets another chance."""
        self.exchange(FORMERR)
        wire, origin = self.server.asked()
        self.server.say(response(wire), origin)
        self.read()
        self.assertFalse(hasOpt(self.exchange(0x8180)[0]))
        self.network.pass_(61)
        self.assertTrue(hasOpt(self.exchange(0x8180)[0]))
        self.assertEqual([answer.rcode for _, answer in self.all.answered], [0, 0, 0])

    def test_onceOnly(self) -> None:
        """The same error again is the answer, and nothing is remembered."""
        self.exchange(FORMERR)
        wire, origin = self.server.asked()
        self.server.say(response(wire, FORMERR), origin)
        self.read()
        self.assertEqual([answer.rcode for _, answer in self.all.answered], [1])
        self.assertTrue(hasOpt(self.exchange(0x8180)[0]))

    def test_known(self) -> None:
        """With an OPT in it the error is about something else, and passed on; other errors are, too."""
        wire, origin = self.submit()
        self.server.say(withOpt(wire, FORMERR), origin)
        self.read()
        self.exchange(REFUSED)
        self.assertEqual([answer.rcode for _, answer in self.all.answered], [1, 5])

    def test_wantsDnssec(self) -> None:
        """With DO there is no sense in a question without EDNS (RFC 3225 section 3), nor when signed."""
        self.exchange(FORMERR)
        wire, origin = self.server.asked()
        self.server.say(response(wire), origin)
        self.read()
        self.all.answered.clear()
        do = Query(ask("foo.example.org.", edns=edns.record(True)).wire)
        self.assertTrue(hasOpt(self.exchange(FORMERR, pending(query=do))[0]))
        self.assertEqual([answer.rcode for _, answer in self.all.answered], [1])

    def test_silence(self) -> None:
        """Silence says nothing of EDNS."""
        self.submit()
        self.network.pass_(3)
        self.assertTrue(hasOpt(self.exchange(0x8180)[0]))


class StreamTests(PoolCase):
    """Over TCP."""

    def test_askedAgain(self) -> None:
        """The question goes again over the same connection, whatever else is asked there."""
        self.submit(2)
        peer = self.connect()
        first, second = peer.queries()
        peer.reply(response(first, FORMERR), response(second))
        self.network.advance(0)
        (again,) = peer.queries()
        self.assertEqual((hasOpt(again), again[12:]), (False, first[12:-15]))
        peer.reply(response(again))
        self.assertEqual([answer.rcode for _, answer in self.all.answered], [0, 0])
        self.submit(1)
        self.assertEqual([hasOpt(wire) for wire in peer.queries()], [False])
