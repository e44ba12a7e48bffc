"""Tests of the stage shared: what machines have of each other."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred

from dotchain.api import DROP, EDE_STALE, NOBODY, NXDOMAIN, RA, SERVFAIL, Answer, NoAnswer
from dotchain.testing import both, makeQuery
from dotchain.wire.codes import AA, AD, TC

from .sharedcase import NAME, WWW, SharedCase

OTHER = f"{NAME}. 300 IN A 192.0.2.2"


@both
class SharingTests(SharedCase):
    """What one has asked, others need not."""

    def test_hit(self) -> None:
        """The second machine has the first one's answer, and asks nobody."""
        first, second = self.machine(WWW), self.machine(OTHER)
        self.assertEqual(first.ask().body, second.ask().body)
        self.assertEqual((len(first.next.asked), len(second.next.asked)), (1, 0))
        self.assertEqual((first.stage.misses, second.stage.hits), (1, 1))

    def test_age(self) -> None:
        """TTLs count down wherever an answer is; when they are over the upstream is asked."""
        first, second = self.machine(WWW), self.machine(OTHER)
        first.ask()
        self.clock.advance(100.5)
        self.assertEqual(second.ask().ttl, 199)
        self.clock.advance(200)
        self.assertEqual(second.ask().ttl, 300)
        self.assertEqual(len(second.next.asked), 1)

    def test_expires(self) -> None:
        """The server forgets a value when it is of no more use."""
        self.machine(WWW).ask()
        self.machine(WWW, stale="1h", prefix="stale:").ask()
        self.assertEqual(list(self.server.seconds.values()), [310, 3900])

    def test_questions(self) -> None:
        """Case makes no difference, but DO, CD and the type do."""
        first, second = self.machine(WWW), self.machine(OTHER)
        first.ask()
        second.ask("WWW.Example.ORG")
        self.assertEqual(len(second.next.asked), 0)
        for other in (makeQuery(NAME + ".", do=True), makeQuery(NAME + ".", flags=0x0110), f"{NAME} AAAA"):
            second.ask(other)
        self.assertEqual(len(second.next.asked), 3)

    def test_negative(self) -> None:
        """NXDOMAIN with SOA is shared for its time (RFC 2308 section 5), and one without is not."""
        first, second = self.machine(_nxdomain(60)), self.machine(OTHER)
        first.ask()
        found = second.ask()
        self.assertEqual((found.rcode, found.ttl), (NXDOMAIN, 60))
        self.machine("NXDOMAIN", prefix="no:").ask()
        self.assertEqual(len(self.server.values), 1)

    def test_notPut(self) -> None:
        """Failures, truncated answers, TTL 0, signed ones and those beyond their time are nobody else's."""
        late = _www(errors=((EDE_STALE, ""),))
        for said in ("SERVFAIL", "REFUSED", WWW.replace("300", "0"), _www(TC), late):
            self.machine(said).ask()
        self.assertEqual(self.server.values, {})

    def test_failure(self) -> None:
        """A failure of what stands behind is the asker's."""
        machine = self.machine(NoAnswer("too late"))
        result = machine.begin()
        machine.connection.reply()
        self.failed(result, machine.next, NoAnswer)
        self.assertEqual(self.server.commands, [b"GET"])

    def test_flags(self) -> None:
        """RA and AD come back; AA is the authority's own answer alone."""
        first, second = self.machine(_www(AA | RA | AD)), self.machine(OTHER)
        self.assertEqual(first.ask().flags, AA | RA | AD)
        self.assertEqual(second.ask().flags, RA | AD)

    def test_errors(self) -> None:
        """Extended DNS errors stay with an answer."""
        errors = ((4, "forged"), (15, ""))
        self.machine(_www(errors=errors)).ask()
        found = self.machine(OTHER).ask()
        self.assertEqual((found.errors, found.counts), (errors, b"\0\1\0\0\0\0"))

    def test_notShareable(self) -> None:
        """What is not for all who ask the same passes by."""
        machine = self.machine(WWW)
        machine.ask(makeQuery(NAME + ".", flags=0))
        self.assertEqual(self.server.commands, [])

    def test_drop(self) -> None:
        """An answer that is none on purpose passes."""
        machine = self.machine(DROP)
        result = machine.begin()
        machine.connection.reply()
        machine.next.fireAll()
        self.assertIs(self.successResultOf(result) if isinstance(result, Deferred) else result, DROP)

    def test_maxTTL(self) -> None:
        """Nothing lives longer than max-ttl, whatever was put: the reader's own counts as well."""
        self.machine(WWW).ask()
        self.assertEqual(self.machine(OTHER, max_ttl=30.0).ask().ttl, 30)
        self.machine(WWW, max_ttl=20.0, prefix="short:").ask()
        self.assertEqual(list(self.server.seconds.values()), [310, 30])

    def test_refresh(self) -> None:
        """A cache that wants a name anew gets what another has fetched, not what itself is about to lose."""
        first, second = self.machine(WWW), self.machine(WWW)
        first.ask()
        self.clock.advance(271)
        self.assertEqual(first.ask().ttl, 29)
        self.assertEqual(first.ask(client=NOBODY).ttl, 300)
        self.assertEqual(second.ask(client=NOBODY).ttl, 300)
        self.assertEqual((len(first.next.asked), len(second.next.asked)), (2, 0))


@both
class AwayTests(SharedCase):
    """A server that gives nothing costs the cache, and no query."""

    def test_closed(self) -> None:
        """While it is away, the next one is asked at once."""
        machine = self.machine(WWW)
        machine.stage.valkey.store.links[0].lost("gone")
        self.settled(machine.stage.resolve(makeQuery()), machine.next)
        self.assertEqual((machine.stage.passed, self.server.commands), (1, []))

    def test_timeout(self) -> None:
        """What it does not answer in time, the next one does, and what comes then is nobody's."""
        machine = self.machine(WWW, timeout="20ms")
        self.server.hangs = True
        result = machine.begin()
        self.assertEqual(machine.next.asked, [])
        self.clock.pump([0.005] * 6)
        self.assertEqual(len(machine.next.asked), 1)
        answer = self.settled(result, machine.next)
        self.server.hangs = False
        machine.connection.reply()
        self.assertEqual((answer.ttl, len(machine.next.asked)), (300, 1))
        self.assertEqual((machine.stage.late, machine.stage.puts), (1, 1))

    def test_lost(self) -> None:
        """Where the connection ends, whoever looks asks the next one."""
        machine = self.machine(WWW)
        result = machine.begin()
        machine.stage.valkey.store.links[0].lost("gone")
        self.assertEqual(self.settled(result, machine.next).ttl, 300)
        self.assertEqual((machine.stage.dropped, machine.stage.refused), (1, 0))

    def test_raises(self) -> None:
        """What is raised behind it is the asker's, once the server has answered as well."""

        def broken(_: object) -> Answer:
            raise ZeroDivisionError

        machine = self.machine(broken)
        result = machine.begin()
        machine.connection.reply()
        assert isinstance(result, Deferred)
        self.failureResultOf(result, ZeroDivisionError)

    def test_cancelLooking(self) -> None:
        """Whoever leaves while the server is asked is told once; nobody asks on for him."""
        machine = self.machine(WWW)
        result = machine.begin()
        assert isinstance(result, Deferred)
        result.cancel()
        self.failureResultOf(result, CancelledError)
        machine.connection.reply()
        self.assertEqual(machine.next.asked, [])

    def test_cancelAsking(self) -> None:
        """Whoever leaves while the next one is asked takes his question along."""
        machine = self.machine(WWW)
        machine.next.later = True
        result = machine.begin()
        machine.connection.reply()
        assert isinstance(result, Deferred)
        (pending, _), *_ = machine.next.pending
        result.cancel()
        self.failureResultOf(result, CancelledError)
        self.assertTrue(pending.called)


@both
class StaleTests(SharedCase):
    """Answers beyond their time (RFC 8767)."""

    def test_stale(self) -> None:
        """Where the upstream fails, the old answer is given, and says so."""
        self.machine(_www(RA | AD), stale="1h").ask()
        self.clock.advance(400)
        for said in ("SERVFAIL", NoAnswer("too late")):
            machine = self.machine(said, stale="1h")
            found = machine.ask()
            self.assertEqual((found.ttl, found.flags, found.errors), (30, RA, ((EDE_STALE, ""),)))
            self.assertEqual(machine.stage.staleAnswers, 1)
            # Who has failed claims it for a second.
            self.server.claims.clear()

    def test_fresh(self) -> None:
        """Where it does not, the new one is."""
        self.machine(WWW, stale="1h").ask()
        self.clock.advance(400)
        self.assertEqual(self.machine(OTHER, stale="1h").ask().ttl, 300)

    def test_over(self) -> None:
        """None is given any longer than that."""
        self.machine(WWW, stale="1h").ask()
        self.clock.advance(300 + 3600)
        self.assertEqual(self.machine("SERVFAIL", stale="1h").ask().rcode, SERVFAIL)

    def test_off(self) -> None:
        """Nor is any by default."""
        self.machine(WWW, stale="1h").ask()
        self.clock.advance(301)
        self.assertEqual(self.machine("SERVFAIL").ask().rcode, SERVFAIL)


@both
class FlushTests(SharedCase):
    """What is flushed is forgotten."""

    def test_all(self) -> None:
        """After a flush nothing is used that was put before; what is put then is."""
        first, second = self.machine(WWW), self.machine(OTHER)
        first.ask()
        second.stage.disregard()
        self.clock.advance(1)
        self.assertEqual(second.ask().ttl, 300)
        self.assertEqual(len(second.next.asked), 1)
        second.ask()
        self.assertEqual(len(second.next.asked), 1)

    def test_name(self) -> None:
        """So it is for one name, and for all below it."""
        first, second = self.machine(WWW), self.machine(WWW)
        first.ask()
        for flush, asked in (("org", 0), ("example.com", 0), ("www.example.org", 1)):
            second.stage.disregard(flush)
            second.ask()
            self.assertEqual(len(second.next.asked), asked)
        self.clock.advance(1)
        second.stage.disregard("org", True)
        self.clock.advance(1)
        second.ask()
        self.assertEqual(len(second.next.asked), 2)

    def test_asking(self) -> None:
        """What was asked for before a flush is not put behind it."""
        machine = self.machine(WWW)
        machine.next.later = True
        result = machine.begin()
        machine.connection.reply()
        machine.stage.disregard()
        self.settled(result, machine.next)
        self.assertEqual(self.server.values, {})


def _www(flags: int = RA, errors: tuple[tuple[int, str], ...] = ()) -> Answer:
    """An answer with an address."""
    body = bytes.fromhex("c00c000100010000012c0004c0000201")
    return Answer(flags, 0, b"\0\1\0\0\0\0", body, (6,), errors)


def _nxdomain(seconds: int) -> Answer:
    """One that says so, with the SOA record of its zone."""
    body = bytes.fromhex("c01000060001") + bytes(3) + b"\xff" + b"\0\x16" + b"\0\0" + bytes(16)
    body += seconds.to_bytes(4, "big")
    return Answer(RA, NXDOMAIN, b"\0\0\0\1\0\0", body, (6,))
