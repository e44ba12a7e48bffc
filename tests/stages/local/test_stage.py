"""Tests of the stage local: what is answered, and what is passed on."""

from __future__ import annotations

from pathlib import Path

from dotchain.api import AA, NOERROR, NXDOMAIN, RA, REFUSED, OptionError, ResolveError
from dotchain.deferring import resultOf
from dotchain.options import Value
from dotchain.stages.local.records import records
from dotchain.stages.local.stage import Local
from dotchain.testing import StageCase, both, makeQuery, recordsOf

from ...folders import folder, written

RECORDS = """printer.home. 120 IN A 192.168.1.9
printer.home A 192.168.1.10
www.home CNAME nas.home
nas.home AAAA fd00::7
*.dev.home A 192.168.1.20
deep.dev.home TXT "own"
out.home CNAME www.example.org.
"""
ZONE = """$ORIGIN lab.
$TTL 300
@ SOA ns host 1 7200 900 1209600 60
@ NS ns
a A 192.0.2.1
*.w A 192.0.2.3
away CNAME www.example.org.
home CNAME printer.home.
"""
OUTSIDE = "www.example.org. 300 IN A 192.0.2.80"


@both
class RecordTests(StageCase):
    """Names in records."""

    def assertSays(self, asked: str, *records: str, script: str = OUTSIDE, rcode: int = NOERROR) -> None:
        """It answers with these records, as an authority that recurses, and asks nobody."""
        stage = self.made(Local, script, records=RECORDS)
        answer = self.answered(stage, asked)
        self.assertEqual(recordsOf(asked, answer), [sorted(records), [], []])
        self.assertEqual((answer.rcode, answer.flags, stage.decided), (rcode, AA | RA, 1))

    def assertPassed(self, asked: str) -> None:
        """It asks next."""
        stage = self.made(Local, "NXDOMAIN", records=RECORDS)
        self.assertEqual(self.answered(stage, asked).rcode, NXDOMAIN)
        self.assertEqual((len(self.next.asked), stage.decided), (1, 0))

    def test_name(self) -> None:
        """All records of the type, with one TTL, the least of theirs and the stage's (RFC 2181)."""
        self.assertSays(
            "printer.home A", "printer.home. 60 IN A 192.168.1.9", "printer.home. 60 IN A 192.168.1.10"
        )
        self.assertEqual(self.next.asked, [])

    def test_case(self) -> None:
        """Case makes no difference (RFC 4343); the answer stands under the question as it was asked."""
        self.assertSays("NAS.Home AAAA", "NAS.Home. 60 IN AAAA fd00::7")

    def test_otherType(self) -> None:
        """A name that is there without the type is NODATA: nobody else is asked for it."""
        self.assertSays("printer.home MX")
        self.assertEqual(self.next.asked, [])

    def test_any(self) -> None:
        """ANY gives all records of the name."""
        self.assertSays("deep.dev.home ANY", 'deep.dev.home. 60 IN TXT "own"')

    def test_below(self) -> None:
        """Names below, above and beside those that are there are somebody else's."""
        for name in ("x.printer.home A", "home A", "printer A", "xprinter.home A", "dev.home A", ". NS"):
            self.assertPassed(name)

    def test_wildcard(self) -> None:
        """A wildcard has each name below that has no records of its own, whatever its depth."""
        self.assertSays("x.dev.home A", "x.dev.home. 60 IN A 192.168.1.20")
        self.assertSays("y.x.dev.home A", "y.x.dev.home. 60 IN A 192.168.1.20")
        self.assertSays("x.dev.home AAAA")
        self.assertSays("deep.dev.home A")

    def test_alias(self) -> None:
        """An alias is followed to what is here."""
        self.assertSays("www.home AAAA", "www.home. 60 IN CNAME nas.home.", "nas.home. 60 IN AAAA fd00::7")
        self.assertSays("www.home A", "www.home. 60 IN CNAME nas.home.")
        self.assertSays("www.home CNAME", "www.home. 60 IN CNAME nas.home.")
        self.assertEqual(self.next.asked, [])

    def test_aliasOut(self) -> None:
        """What an alias leads to elsewhere is asked of next, in the same class and with the same flags."""
        self.assertSays("out.home A", "out.home. 60 IN CNAME www.example.org.", OUTSIDE)
        (asked,) = self.next.asked
        self.assertEqual((asked.name.to_text(), asked.type), ("www.example.org.", 1))

    def test_aliasDenied(self) -> None:
        """Where the end of an alias doesn't exist, that is said of the whole (RFC 2308 section 2.1)."""
        self.assertSays(
            "out.home A", "out.home. 60 IN CNAME www.example.org.", script="NXDOMAIN", rcode=NXDOMAIN
        )

    def test_aliasFails(self) -> None:
        """Where nobody knows the end of an alias the client hears why."""
        stage = self.made(Local, ResolveError("down"), records=RECORDS)
        self.assertEqual(self.answered(stage, "out.home A").errors, ((23, "down"),))

    def test_aliasNoRecursion(self) -> None:
        """Without RD an alias that leads elsewhere stands alone."""
        stage = self.made(Local, OUTSIDE, records=RECORDS)
        answer = self.answered(stage, makeQuery("out.home.", flags=0))
        self.assertEqual(recordsOf("out.home A", answer)[0], ["out.home. 60 IN CNAME www.example.org."])

    def test_aliasLoop(self) -> None:
        """Aliases in a circle end."""
        stage = self.made(Local, records="a.home CNAME b.home\nb.home CNAME a.home")
        answer = self.answered(stage, "a.home A")
        self.assertEqual(answer.rcode, NOERROR)
        self.assertEqual(self.next.asked, [])

    def test_leave(self) -> None:
        """Nobody waits for the end of an alias any more who is gone."""
        stage = self.made(Local, OUTSIDE, records=RECORDS)
        result = resultOf(stage.core.resolve(makeQuery("out.home.")))
        if self.later:
            assert not hasattr(result, "rcode")
            result.addErrback(lambda _: None)
            result.cancel()
            self.assertTrue(self.next.pending[0][0].called)

    def test_class(self) -> None:
        """Other classes are somebody else's."""
        stage = self.made(Local, "REFUSED", records=RECORDS)
        query = makeQuery("printer.home.", "TXT", dnsClass="CH")
        self.assertEqual(self.answered(stage, query).rcode, REFUSED)

    def test_metaType(self) -> None:
        """A type that no record has is refused with EDE 21."""
        answer = self.answered(self.made(Local, records=RECORDS), "printer.home TYPE128")
        self.assertEqual((answer.rcode, [code for code, _ in answer.errors]), (REFUSED, [21]))

    def test_pointer(self) -> None:
        """PTR is made up for addresses, with the first name that has it."""
        self.assertSays("9.1.168.192.in-addr.arpa PTR", "9.1.168.192.in-addr.arpa. 60 IN PTR printer.home.")
        self.assertPassed("20.1.168.192.in-addr.arpa PTR")

    def test_noPointer(self) -> None:
        """None is made up with ptr = no, and none in the place of the operator's own."""
        own = RECORDS + "9.1.168.192.in-addr.arpa PTR own.home"
        asked = "9.1.168.192.in-addr.arpa PTR"
        answer = self.answered(self.made(Local, "NXDOMAIN", records=RECORDS, ptr="no"), asked)
        self.assertEqual(answer.rcode, NXDOMAIN)
        answer = self.answered(self.made(Local, records=own), asked)
        self.assertEqual(recordsOf(asked, answer)[0], ["9.1.168.192.in-addr.arpa. 60 IN PTR own.home."])

    def test_match(self) -> None:
        """Queries for which match does not hold are passed on."""
        stage = self.made(Local, "NXDOMAIN", records=RECORDS, match="type:AAAA")
        self.assertEqual(self.answered(stage, "printer.home A").rcode, NXDOMAIN)
        self.assertEqual(self.answered(stage, "printer.home AAAA").rcode, NOERROR)
        self.assertEqual(stage.decided, 1)

    def test_observe(self) -> None:
        """With mode = observe all is passed on, and counted."""
        stage = self.made(Local, "NXDOMAIN", records=RECORDS, mode="observe")
        self.assertEqual(self.answered(stage, "printer.home A").rcode, NXDOMAIN)
        self.assertEqual((len(self.next.asked), stage.decided), (1, 1))


@both
class ZoneTests(StageCase):
    """Zones beside forwarding."""

    def zoned(self, *script: str, **options: str) -> Local:
        """The stage with the zone lab."""
        self.file = written(self, ZONE, "lab.zone")
        return self.made(Local, *(script or (OUTSIDE,)), zones=str(self.file), **options)

    def test_records(self) -> None:
        """A zone's names have its records, its wildcards among them."""
        stage = self.zoned()
        answer = self.answered(stage, "a.lab A")
        self.assertEqual(recordsOf("a.lab A", answer)[0], ["a.lab. 300 IN A 192.0.2.1"])
        self.assertEqual(answer.flags, AA | RA)
        answer = self.answered(stage, "x.w.lab A")
        self.assertEqual(recordsOf("x.w.lab A", answer)[0], ["x.w.lab. 300 IN A 192.0.2.3"])

    def test_denied(self) -> None:
        """What is not in it doesn't exist: NXDOMAIN with its SOA; nobody is asked."""
        answer = self.answered(self.zoned(), "none.lab A")
        self.assertEqual((answer.rcode, answer.negativeTTL), (NXDOMAIN, 60))
        self.assertEqual(self.next.asked, [])

    def test_others(self) -> None:
        """Other names are forwarded."""
        self.answered(self.zoned(), "www.example.org A")
        self.assertEqual(len(self.next.asked), 1)

    def test_aliasOut(self) -> None:
        """An alias that leads out of the zone is followed, here or elsewhere."""
        stage = self.zoned(records=RECORDS)
        answer = self.answered(stage, "away.lab A")
        self.assertEqual(
            recordsOf("away.lab A", answer)[0], ["away.lab. 300 IN CNAME www.example.org.", OUTSIDE]
        )
        answer = self.answered(stage, "home.lab A")
        self.assertIn("printer.home. 60 IN A 192.168.1.9", recordsOf("home.lab A", answer)[0])
        self.assertEqual(len(self.next.asked), 1)

    def test_record(self) -> None:
        """A name in records counts before the zone."""
        stage = self.zoned(records="a.lab A 192.0.2.9")
        answer = self.answered(stage, "a.lab A")
        self.assertEqual(recordsOf("a.lab A", answer)[0], ["a.lab. 60 IN A 192.0.2.9"])

    def test_reverse(self) -> None:
        """A reverse zone of the operator's own says all about its names: no PTR is made up there."""
        text = ZONE.replace("$ORIGIN lab.", "$ORIGIN 1.168.192.in-addr.arpa.") + "10 PTR own.home.\n"
        file = written(self, text, "reverse.zone")
        stage = self.made(Local, "REFUSED", zones=str(file), records=RECORDS)
        asked = "10.1.168.192.in-addr.arpa PTR"
        answer = self.answered(stage, asked)
        self.assertEqual(recordsOf(asked, answer)[0], ["10.1.168.192.in-addr.arpa. 300 IN PTR own.home."])
        self.assertEqual(self.answered(stage, "9.1.168.192.in-addr.arpa PTR").rcode, NXDOMAIN)

    def test_twice(self) -> None:
        """Two zones of one name are a mistake, and so is a wildcard that would hide a zone."""
        file = written(self, ZONE, "lab.zone")
        for options in ({"zones": f"{file} {file}"}, {"zones": str(file), "records": "*.lab A 192.0.2.1"}):
            error = self.assertRaises(OptionError, self.made, Local, **options)
            self.assertEqual(error.key, "zones")


@both
class HostsTests(StageCase):
    """Names in hosts files."""

    def test_names(self) -> None:
        """Each name of a line has its address, with those of other files; PTR is the canonical one."""
        one = written(self, "192.168.1.9 printer.home printer\n", "one")
        two = written(self, "fd00::9 printer\n", "two")
        stage = self.made(Local, "NXDOMAIN", hosts=f"{one} {two}", ttl="5s")
        for asked, told in (
            ("printer.home A", ["printer.home. 5 IN A 192.168.1.9"]),
            ("printer A", ["printer. 5 IN A 192.168.1.9"]),
            ("printer AAAA", ["printer. 5 IN AAAA fd00::9"]),
            ("printer.home AAAA", []),
            ("9.1.168.192.in-addr.arpa PTR", ["9.1.168.192.in-addr.arpa. 5 IN PTR printer.home."]),
        ):
            self.assertEqual(recordsOf(asked, self.answered(stage, asked))[0], told, asked)
        self.assertEqual(self.next.asked, [])

    def test_explain(self) -> None:
        """What is known of a name is where it comes from."""
        file = written(self, "\n192.168.1.9 printer.home\n")
        lines = records(Value.at(RECORDS, Path(), 4, tuple(range(4, 12))))
        stage = Local(self.scripted(), self.clock, hosts=(file,), records=lines)
        for asked, told in (
            ("PRINTER.home A", "printer.home in records:4"),
            ("x.dev.home A", "*.dev.home in records:8"),
            ("9.1.168.192.in-addr.arpa PTR", "9.1.168.192.in-addr.arpa in records:4"),
            ("www.example.org A", ""),
        ):
            name, kind = asked.split()
            self.assertEqual(stage.explain(makeQuery(f"{name}.", kind)), told)


class MistakeTests(StageCase):
    """What is refused, and what is told of it."""

    def assertRefused(self, key: str, told: str, **options: str) -> None:
        """The key that is to blame, and why."""
        error = self.assertRaises(OptionError, self.made, Local, **options)
        self.assertEqual(error.key, key)
        self.assertRegex(str(error), told)

    def test_nothing(self) -> None:
        """A stage that has nothing to answer."""
        self.assertRefused("hosts", "does nothing")

    def test_files(self) -> None:
        """Files that are not there, or have a mistake, with its line."""
        missing = folder(self) / "none"
        self.assertRefused("hosts", f"^{missing}: No such file", hosts=str(missing))
        self.assertRefused("zones", f"^{missing}: No such file", zones=str(missing))
        hosts = written(self, "127.0.0.1 a\n127.0.0.300 b\n")
        self.assertRefused("hosts", f"^{hosts}:2: '127.0.0.300' is no IP address", hosts=str(hosts))
        zone = written(self, f"{ZONE}x A 192.0.2.x\n")
        self.assertRefused("zones", f"^{zone}:9: ", zones=str(zone))

    def test_aliasBesideAddress(self) -> None:
        """A name with a CNAME has no other record, in whatever file."""
        hosts = written(self, "127.0.0.1 www.home\n")
        self.assertRefused("hosts", f"^{hosts}:1: www.home has a CNAME", hosts=str(hosts), records=RECORDS)

    def test_tooMany(self) -> None:
        """A name with more records than a message can hold."""
        text = "x" * 250
        lines = [f'big.home TXT "{number}" "{text}" "{text}"' for number in range(130)]
        self.assertRefused("records", "more records than a message", records="\n".join(lines))
