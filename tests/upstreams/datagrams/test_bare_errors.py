"""Errors without a question over UDP (RFC 6891 section 6.2.2, RFC 5452 section 9.1)."""

from __future__ import annotations

from select import select

from dotchain.upstreams.naming.bootstrap import Bootstrap
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.wire import Query, edns
from dotchain.wire.query import ask

from ...wire.vectors import TSIG
from ..forwardcase import ForwardCase
from ..network import response
from ..test_ednsfallback import hasOpt
from ..upstreamcommon import Outcome, pending
from .socketpoolcase import Asked, Nameserver, SocketPoolCase

FORMERR, SERVFAIL, NOTIMP, REFUSED, NOTAUTH = 1, 2, 4, 5, 9
ERRORS = (FORMERR, SERVFAIL, NOTIMP, REFUSED, NOTAUTH)


def bare(wire: bytes, rcode: int, flags: int = 0x8080) -> bytes:
    """A header and nothing else."""
    return wire[:2] + (flags | rcode).to_bytes(2, "big") + bytes(8)


class AgainTests(SocketPoolCase):
    """What one address does."""

    def told(self, rcode: int, each: PendingQuery | None = None) -> tuple[Asked, Asked]:
        """Ask, say that for an error, and what is asked then."""
        wire, origin = self.submit(each)
        self.server.say(bare(wire, rcode), origin)
        self.read()
        return (wire, origin), self.server.asked()

    def test_withoutEdns(self) -> None:
        """The same is asked at once without EDNS, by another port and ID, and that answer counts."""
        for rcode in ERRORS:
            self.all.answered.clear()
            (first, from_), (second, to) = self.told(rcode)
            self.assertEqual((hasOpt(first), hasOpt(second)), (True, False))
            self.assertEqual((second[2:4], second[12:]), (first[2:4], first[12:-11]))
            self.assertNotEqual((from_, first[:2]), (to, second[:2]))
            self.server.say(response(second), to)
            self.read()
            self.assertEqual([answer.rcode for _, answer in self.all.answered], [0])

    def test_nothingLearnt(self) -> None:
        """Anybody may have said so: the next query goes with EDNS all the same."""
        _, (second, to) = self.told(FORMERR)
        self.server.say(response(second), to)
        self.read()
        self.assertTrue(hasOpt(self.submit()[0]))

    def test_ownAnswerStill(self) -> None:
        """The answer to what was asked first counts if it still comes: who forges gains no more than that."""
        (first, from_), (second, to) = self.told(REFUSED)
        self.server.say(response(first), from_)
        self.read()
        self.assertEqual([answer.rcode for _, answer in self.all.answered], [0])
        self.server.say(bare(second, REFUSED), to)
        self.read()
        self.assertEqual((len(self.all.answered), self.all.failed), (1, []))

    def test_sameAgain(self) -> None:
        """By the same port and ID it says nothing more, however often it comes."""
        wire, origin = self.submit()
        for _ in range(20):
            self.server.say(bare(wire, REFUSED), origin)
        self.read()
        self.assertFalse(hasOpt(self.server.asked()[0]))
        self.assertEqual(select([self.server.socket], [], [], 0)[0], [])
        self.assertEqual((self.all.answered, self.all.failed), ([], []))

    def test_believed(self) -> None:
        """To what is asked anew it is sure, and this address can say no more."""
        for rcode in ERRORS:
            self.all.failed.clear()
            each = pending()
            _, (second, to) = self.told(rcode, each)
            self.server.say(bare(second, rcode, 0x8280), to)
            self.read()
            self.assertEqual(self.all.failed, [(each, "error without a question")])
            assert each.fallback is not None
            self.assertEqual(
                (each.fallback.rcode, each.fallback.flags, each.fallback.body), (rcode, 0x0080, b"")
            )
        self.assertTrue(self.endpoint.usable)

    def test_wantsDnssec(self) -> None:
        """With DO there is no sense in it without EDNS (RFC 3225 section 3): the same is asked once more."""
        do = Query(ask("foo.example.org.", edns=edns.record(True)).wire)
        (first, _), (second, _) = self.told(FORMERR, pending(query=do))
        self.assertEqual((second[2:], hasOpt(second)), (first[2:], True))

    def test_knowsEdns(self) -> None:
        """An error with an OPT comes of a server that knows EDNS: the same is asked once more."""
        wire, origin = self.submit()
        self.server.say(bare(wire, REFUSED)[:-1] + b"\1" + edns.record(False), origin)
        self.read()
        self.assertTrue(hasOpt(self.server.asked()[0]))

    def test_noErrors(self) -> None:
        """NOERROR, NXDOMAIN, another ID, records, half a header: no reason for anything."""
        wire, origin = self.submit()
        for octets in (
            bare(wire, 0),
            bare(wire, 3),
            bytes([wire[0] ^ 1]) + bare(wire, REFUSED)[1:],
            bare(wire, REFUSED)[:-1],
            bare(wire, REFUSED, 0x0080),
            bare(wire, REFUSED, 0xA080),
        ):
            self.server.say(octets, origin)
        self.read()
        self.assertEqual(select([self.server.socket], [], [], 0)[0], [])
        self.server.say(response(wire), origin)
        self.read()
        self.assertEqual(len(self.all.answered), 1)

    def test_unreadable(self) -> None:
        """What can't be read, or is signed and was not asked so, is not believed."""
        _, (second, to) = self.told(REFUSED)
        for octets in (
            bare(second, REFUSED)[:-5] + bytes([1, 0, 0, 0, 0]),
            bare(second, REFUSED)[:-1] + b"\1" + TSIG,
        ):
            self.server.say(octets, to)
        self.read()
        self.assertEqual((self.all.answered, self.all.failed), ([], []))

    def test_nobodyWaits(self) -> None:
        """For a query that is done nothing is asked."""
        each = pending()
        wire, origin = self.submit(each)
        each.done = True
        self.server.say(bare(wire, REFUSED), origin)
        self.read()
        self.assertEqual(select([self.server.socket], [], [], 0)[0], [])


class OutcomeTests(ForwardCase):
    """What the client gets."""

    def setUp(self) -> None:
        super().setUp()
        self.servers = [Nameserver(), Nameserver()]
        for each in self.servers:
            self.addCleanup(each.socket.close)

    def asked(self, server: Nameserver) -> Asked:
        """The next query that one of them gets."""
        self.network.advance(0)
        return server.asked()

    def refuse(self, server: Nameserver, rcode: int = REFUSED) -> None:
        """It says no more than this error, to the next query."""
        wire, origin = self.asked(server)
        server.say(bare(wire, rcode), origin)
        self.read()

    def read(self) -> None:
        """What the reactor does with the sockets that have something."""
        for each in select(list(self.network.readers), [], [], 5)[0]:
            each.doRead()
        self.network.advance(0)

    def test_only(self) -> None:
        """The error is the answer, at once, with nothing left to wait for."""
        for rcode in ERRORS:
            upstream = self.make(str(self.servers[0].address))
            outcome = Outcome(upstream.resolve(ask("foo.example.org")))
            for _ in range(2):
                self.refuse(self.servers[0], rcode)
            self.assertEqual((outcome.answer.rcode, len(upstream.pendingQueries)), (rcode, 0))
            self.assertTrue(upstream.endpoints[0].usable)
            upstream.stopService()

    def test_nextAddress(self) -> None:
        """Another address is asked first, and its answer is better."""
        upstream = self.make(" ".join(str(each.address) for each in self.servers))
        outcome = Outcome(upstream.resolve(ask("foo.example.org")))
        for _ in range(2):
            self.refuse(self.servers[0])
        wire, origin = self.asked(self.servers[1])
        self.servers[1].say(response(wire), origin)
        self.read()
        self.assertEqual(outcome.answer.rcode, 0)

    def test_others(self) -> None:
        """Where the other one says the same, the error is the answer."""
        upstream = self.make(" ".join(str(each.address) for each in self.servers))
        outcome = Outcome(upstream.resolve(ask("foo.example.org")))
        for server in (self.servers[0], *self.servers):
            self.refuse(server)
        self.assertEqual(outcome.answer.rcode, REFUSED)

    def test_otherSilent(self) -> None:
        """So it is where the other one says nothing."""
        upstream = self.make(" ".join(str(each.address) for each in self.servers))
        outcome = Outcome(upstream.resolve(ask("foo.example.org")))
        for _ in range(2):
            self.refuse(self.servers[0])
        self.asked(self.servers[1])
        self.network.pass_(5)
        self.assertEqual(outcome.answer.rcode, REFUSED)

    def test_repeated(self) -> None:
        """A query that was repeated after a silence is not waited for either."""
        upstream = self.make(str(self.servers[0].address))
        outcome = Outcome(upstream.resolve(ask("foo.example.org")))
        self.asked(self.servers[0])
        self.network.pass_(1.7)
        for _ in range(2):
            self.refuse(self.servers[0])
        self.assertEqual(outcome.answer.rcode, REFUSED)

    def test_bootstrap(self) -> None:
        """So it is with the servers that are asked for an upstream's own address: the next one, at once."""
        made = Bootstrap(
            lambda **options: self.make(str(options.pop("address")[0]), **options),
            [each.address for each in self.servers],
            None,
            3.0,
        )
        outcome = Outcome(made.resolve(ask("dns.example.org")))
        for _ in range(2):
            self.refuse(self.servers[0])
        wire, origin = self.asked(self.servers[1])
        self.servers[1].say(response(wire), origin)
        self.read()
        self.assertEqual(outcome.answer.rcode, 0)
        made.stop()
