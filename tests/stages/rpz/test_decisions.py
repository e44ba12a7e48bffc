"""Which of several zones decides, what is only observed, and what clients with signatures get."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.defer import CancelledError

from dotchain.api import NXDOMAIN, OptionError, ResolveError
from dotchain.match.reading import match
from dotchain.stages.rpz.rpzoptions import tsig
from dotchain.stages.rpz.stage import Rpz
from dotchain.testing import both, makeQuery, recordsOf
from dotchain.wire.codes import NOERROR

from .rpzcase import UDP, RpzCase

WWW = "www.example.org. 300 IN A 192.0.2.1"
SIGNED = f"{WWW}\nwww.example.org. 300 IN RRSIG A 8 3 300 20300101000000 20200101000000 1 example.org. AAAA"
BLOCKED, ADDRESS = "www.example.org CNAME .", "32.1.2.0.192.rpz-ip"


@both
class SeveralTests(RpzCase):
    """Stages behind one another."""

    def rcode(self, first: str, second: str, *script: str) -> int:
        """The RCODE of what both make of the answer."""
        stage = self.before(self.rpz(second, *script or (WWW,)), first)
        return self.answered(stage, "www.example.org A").rcode

    def test_exempt(self) -> None:
        """What the first zone exempts, the second one does not see: be it by name, or by address."""
        self.assertEqual(self.rcode("www.example.org CNAME rpz-passthru.", BLOCKED), NOERROR)
        self.assertEqual(self.rcode(f"{ADDRESS} CNAME rpz-passthru.", BLOCKED), NOERROR)
        self.assertEqual(self.rcode(f"{ADDRESS} CNAME rpz-passthru.", f"{ADDRESS} CNAME ."), NOERROR)
        self.assertEqual(self.rcode("www.example.net CNAME rpz-passthru.", BLOCKED), NXDOMAIN)

    def test_waits(self) -> None:
        """A name of the second zone waits for an answer whose addresses the first one may have."""
        self.assertEqual(self.rcode(f"{ADDRESS} CNAME .", "www.example.org CNAME *."), NXDOMAIN)
        self.assertEqual(self.rcode("32.9.2.0.192.rpz-ip CNAME .", "www.example.org CNAME *."), NOERROR)
        self.assertEqual(len(self.next.asked), 1)

    def test_failed(self) -> None:
        """Where there is no answer, the name that was found decides, and else the failure is the client's."""
        stage = self.before(self.rpz(BLOCKED, ResolveError("down")), f"{ADDRESS} CNAME *.")
        self.assertEqual(self.answered(stage, "www.example.org A").rcode, NXDOMAIN)
        self.assertEqual(self.answered(stage, "www.example.net A").errors, ((23, "down"),))

    def test_alias(self) -> None:
        """The name that an alias leads to waits for addresses, too."""
        chain = "www.example.org. 9 IN CNAME a.example.net.\na.example.net. 9 IN A 192.0.2.1"
        self.assertEqual(self.rcode(f"{ADDRESS} CNAME .", "a.example.net CNAME *.", chain), NXDOMAIN)
        self.assertEqual(self.rcode(BLOCKED.replace("org", "net"), "a.example.net CNAME .", chain), NXDOMAIN)

    def test_counters(self) -> None:
        """Each counts what its own zone has decided; explain tells which one."""
        second = self.rpz(BLOCKED, WWW)
        first = self.before(second, "www.example.net CNAME *.")
        self.answered(first, "www.example.org A")
        self.assertEqual((first.decided, second.decided, second.nxdomain), (0, 1, 1))
        second.section = "stage feed"
        told = first.explain(makeQuery("www.example.org", "A"))
        self.assertEqual(told, "stage feed: policy zone policy.example: qname www.example.org: NXDOMAIN")
        self.assertEqual(first.explain(makeQuery("www.example.com", "A")), "")


@both
class ModeTests(RpzCase):
    """match, mode, break-dnssec, replays."""

    def test_match(self) -> None:
        """It has to do with what match holds for alone, also in answers."""
        lines = (BLOCKED, f"{ADDRESS} CNAME .")
        stage = self.rpz(lines, WWW, match="type:AAAA")
        self.assertEqual(self.answered(stage, "www.example.org A").rcode, NOERROR)
        self.assertEqual(self.answered(stage, "www.example.org AAAA").rcode, NXDOMAIN)

    def test_observe(self) -> None:
        """Observed decisions are counted and change nothing; the next zone decides."""
        chain = "www.example.org. 9 IN CNAME a.example.net.\na.example.net. 9 IN A 192.0.2.1"
        for lines in (BLOCKED, f"{ADDRESS} CNAME .", "a.example.net CNAME ."):
            stage = self.rpz(lines, chain, mode="observe")
            self.assertEqual(self.answered(stage, "www.example.org A").rcode, NOERROR)
            self.assertEqual(stage.nxdomain, 1)
        self.assertIn(
            "observes: policy zone",
            self.rpz(BLOCKED, mode="observe").explain(makeQuery("www.example.org", "A")),
        )
        stage = self.before(self.rpz(BLOCKED), "www.example.org CNAME *.", mode="observe")
        self.assertEqual(self.answered(stage, "www.example.org A").rcode, NXDOMAIN)

    def test_signatures(self) -> None:
        """With break-dnssec = no a signed answer is left to clients who want signatures, others aren't."""
        asked = makeQuery("www.example.org", "A", do=True)
        for lines in (BLOCKED, f"{ADDRESS} CNAME ."):
            stage = self.rpz(lines, SIGNED, WWW, SIGNED, break_dnssec="no")
            self.assertEqual([self.answered(stage, asked).rcode for _ in "ab"], [NOERROR, NXDOMAIN])
            self.assertEqual(self.answered(stage, "www.example.org A").rcode, NXDOMAIN)
        self.assertEqual(self.answered(self.rpz(BLOCKED, SIGNED), asked).rcode, NXDOMAIN)

    def test_replays(self) -> None:
        """What depends on the client's address comes later, so that no front remembers it."""
        stage = self.rpz(("32.1.0.0.10.rpz-client-ip CNAME .", BLOCKED), WWW)
        self.assertTrue(stage.replays)
        self.assertTrue(hasattr(stage.core.resolve(makeQuery("www.example.org", "A", client=UDP)), "landed"))
        self.assertFalse(hasattr(self.rpz(BLOCKED).core.resolve(makeQuery("www.example.org", "A")), "landed"))

    def test_cancelled(self) -> None:
        """Who leaves is waited for no more."""
        stage = self.rpz(f"{ADDRESS} CNAME .", WWW)
        if self.later:
            result = self.settling(stage, "www.example.org A")
            result.cancel()
            self.failureResultOf(result, CancelledError)
            self.assertTrue(self.next.pending[0][0].called)
            self.next.pending.clear()

    def test_log(self) -> None:
        """With log = yes each decision is told, with name and client."""
        stage = self.rpz(BLOCKED, log="yes")
        lines: list[str] = []
        self.patch(
            Rpz,
            "_log",
            type("Log", (), {"info": staticmethod(lambda text, **of: lines.append(text.format(**of)))}),
        )
        stage.section = "stage feed"
        self.answered(stage, makeQuery("www.Example.org", "A", client=UDP))
        self.assertEqual(lines, ["[stage feed] 192.0.2.7 www.Example.org qname www.example.org: NXDOMAIN"])


class FileTests(RpzCase):
    """Files, and what they are reloaded to."""

    def test_reload(self) -> None:
        """A reload takes slices of time, then the new zone decides; after an error the old one still does."""
        file = self.zoneFile(BLOCKED)
        stage = self.made(Rpz, zone=str(file))
        file.write_text("$TTL 9\n" + "".join(f"n{each}.example.org CNAME .\n" for each in range(300)))
        done = stage.reload()
        self.assertEqual(self.answered(stage, "www.example.org A").rcode, NXDOMAIN)
        for _ in range(2000):
            self.clock.advance(0.01)
        self.successResultOf(done)
        self.assertEqual(self.answered(stage, "www.example.org A").rcode, NOERROR)
        self.assertEqual(self.answered(stage, "n299.example.org A").rcode, NXDOMAIN)
        self.assertEqual(stage.records, 300)
        file.write_text("$TTL 9\nn1.example.org CNAME\n")
        done = stage.reload()
        for _ in range(100):
            self.clock.advance(0.01)
        self.assertIn(f"{file}: line 2: ", str(self.failureResultOf(done, OptionError).value))
        self.assertEqual(self.answered(stage, "n299.example.org A").rcode, NXDOMAIN)

    def test_twice(self) -> None:
        """A reload while there is one takes its place."""
        stage = self.rpz(tuple(f"n{each}.example.org CNAME ." for each in range(300)))
        first = stage.reload()
        second = stage.reload()
        self.clock.pump([0.01] * 300)
        self.successResultOf(first)
        self.successResultOf(second)
        self.assertEqual(stage.records, 300)

    def test_ignored(self) -> None:
        """Records that are no trigger and no action are counted, and warned of."""
        lines = ("33.1.2.0.192.rpz-ip CNAME .", "a.example.org CNAME rpz-unknown.", "b.example.org CNAME .")
        warning = self.rpz(lines).warnings()[0]
        self.assertEqual(
            str(warning),
            "2 records are ignored: the first is that of 33.1.2.0.192.rpz-ip: "
            "33 is no length of a prefix from 1 to 32",
        )
        self.assertEqual(self.rpz("b.example.org CNAME .").warnings(), [])

    def test_exposed(self) -> None:
        """A file of a key that others can read is warned of, one that a group can read is not."""
        stage = self.rpz("b.example.org CNAME .")
        file = Path(self.mktemp())
        file.write_text('key "feed" { algorithm hmac-sha256; secret "c2VjcmV0"; };')
        stage.tsig = tsig(str(file))
        for mode, count in ((0o600, 0), (0o640, 0), (0o644, 1)):
            file.chmod(mode)
            self.assertEqual([each.endswith("0600 is right") for each in stage.warnings()], [True] * count)

    def test_options(self) -> None:
        """A zone comes from one place; what is for a transfer needs one."""
        zone = str(self.zoneFile(BLOCKED))
        wrong: tuple[tuple[dict[str, str], str], ...] = (
            ({}, "zone"),
            ({"zone": zone, "primary": "192.0.2.1"}, "zone"),
            ({"primary": "192.0.2.1"}, "origin"),
            ({"zone": zone, "state": "x"}, "state"),
            ({"zone": zone, "tsig": "hmac-sha256:a:AAAA"}, "tsig"),
            ({"zone": zone, "origin": "other.example"}, "zone"),
            ({"zone": str(Path(zone).parent)}, "zone"),
            ({"zone": zone, "primary_name": "ns.example"}, "primary-name"),
            ({"primary": "192.0.2.1", "origin": "a", "ca_file": "x"}, "ca-file"),
            ({"primary": "tls://192.0.2.1", "origin": "a"}, "primary-name"),
        )
        for options, key in wrong:
            error = self.assertRaises(OptionError, self.made, Rpz, **options)
            self.assertEqual(error.key, key, options)

    def test_passes(self) -> None:
        """An empty match is none, and the answer of the next resolver comes as it is."""
        stage = self.rpz("b.example.org CNAME .", WWW)
        self.assertEqual(stage.match.words, match("").words)
        self.assertEqual(recordsOf("www.example.org A", self.answered(stage, "www.example.org A"))[0], [WWW])
