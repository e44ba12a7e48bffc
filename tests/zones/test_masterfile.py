"""Tests of reading master files, by way of the upstream zone."""

from __future__ import annotations

import re

import dns.name
from twisted.internet.testing import MemoryReactorClock

from dotchain.options import OptionError, Value
from dotchain.upstreams.zone import Zone
from dotchain.zones.boundedzone import BoundedZone

from .zonecase import HEAD, ZoneCase


class FileTests(ZoneCase):
    """Reading, and reading again."""

    def assertBroken(self, text: str, message: str, name: str = "lab.zone") -> None:
        """It can't be read, for this reason, which names the file."""
        file = self.write(text, name)
        error = self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file)
        self.assertEqual(error.key, "file")
        self.assertRegex(str(error), f"^{re.escape(str(file))}{message}$")

    def test_lines(self) -> None:
        """An error names its line, wherever in the line it shows."""
        for bad in (
            "foo A 192.0.2.300",
            "foo NOTYPE x",
            "foo A",
            "foo A 192.0.2.1 x",
            'foo TXT "x',
            "$FOO x",
        ):
            self.assertBroken(f"{HEAD}{bad}\nbar A 192.0.2.1\n", ":5: .+")
            self.assertBroken(f"{HEAD}{bad}", ":5: .+")

    def test_brackets(self) -> None:
        """An error within brackets over several lines names the line that it is in."""
        self.assertBroken(f"{HEAD}foo MX (\n 10\n foo bar )\n", ":7: .+")

    def test_aliasAndMore(self) -> None:
        """A CNAME beside other data is an error (RFC 1034 section 3.6.2)."""
        self.assertBroken(f"{HEAD}foo CNAME bar\nfoo A 192.0.2.1\nbar A 192.0.2.1\n", ":6: .+")

    def test_include(self) -> None:
        """$INCLUDE is refused: a zone reads no file but its own."""
        self.assertBroken(f"{HEAD}$INCLUDE /etc/passwd\n", ":5: .+INCLUDE.+")

    def test_generated(self) -> None:
        """$GENERATE makes records, but no more than it can be meant to, and none that fit no answer."""
        self.zone("$GENERATE 1-30 foo$ A 192.0.2.$")
        self.assertSays("foo17.example.org.", "A", "foo17.example.org. 300 IN A 192.0.2.17")
        self.patch(BoundedZone, "GENERATED", 200)
        self.patch(BoundedZone, "SET", 100)
        many, large = r"\$GENERATE makes more than 200 records", "no answer has room for more than 100 .+"
        for bad, why in (("foo$ TXT x", many), ("foo TXT x", many), ("foo TXT $", large)):
            self.assertBroken(f"{HEAD}$GENERATE 1-4000000000 {bad}\nbar A 192.0.2.1\n", f":5: {why}")

    def test_incomplete(self) -> None:
        """A zone without SOA or NS at its origin is none."""
        self.assertBroken("$ORIGIN example.org.\n$TTL 5\n@ NS ns\n", ": .+SOA.+")
        self.assertBroken("$ORIGIN example.org.\n$TTL 5\n@ SOA ns host 1 2 3 4 5\n", ": .+NS.+")
        self.assertBroken("", ": .+")

    def test_notText(self) -> None:
        """What is no text is refused as such."""
        file = self.write("")
        file.write_bytes(b"\xff\xfe\x00")
        self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file)

    def test_missing(self) -> None:
        """A file that can't be read is named with the reason."""
        folder = self.write("").parent
        for file, reason in ((folder / "none.zone", "No such file"), (folder, "Is a directory")):
            error = self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file)
            self.assertIn(f"{file}: {reason}", str(error))

    def test_originOfFile(self) -> None:
        """Without $ORIGIN the file's name is the zone's, but for .zone."""
        text = HEAD.replace("$ORIGIN example.org.\n", "") + "foo A 192.0.2.1\n"
        for name in ("example.org.zone", "example.org"):
            self.made = Zone(MemoryReactorClock(), file=self.write(text, name))
            self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")

    def test_originNowhere(self) -> None:
        """A file without $ORIGIN, whose own name is no domain name, is an error of the origin."""
        file = self.write(HEAD.replace("$ORIGIN example.org.\n", ""), "a..b.zone")
        self.assertEqual(self.assertRaises(OptionError, Zone, MemoryReactorClock(), file=file).key, "origin")

    def test_originGiven(self) -> None:
        """An origin that is given is the zone's."""
        text = HEAD.replace("$ORIGIN example.org.\n", "") + "foo A 192.0.2.1\n"
        origin = Zone.options["origin"].read(Value("example.net"))
        self.made = Zone(MemoryReactorClock(), file=self.write(text), origin=origin)
        self.assertSays("foo.example.net.", "A", "foo.example.net. 300 IN A 192.0.2.1")

    def test_originIsNone(self) -> None:
        """What is no name is refused as origin."""
        self.assertRaises(ValueError, Zone.options["origin"].read, Value("a..b"))
        self.assertEqual(Zone.options["origin"].read(Value("a.b")), dns.name.from_text("a.b."))

    def test_reload(self) -> None:
        """What the file says by now is what is answered."""
        file = self.write(f"{HEAD}foo A 192.0.2.1\n")
        self.made = Zone(MemoryReactorClock(), file=file)
        self.ask("foo.example.org.")
        file.write_text(f"{HEAD}foo A 192.0.2.2\n")
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")
        self.made.reload()
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.2")

    def test_reloadFails(self) -> None:
        """A file that is broken by now changes nothing."""
        file = self.write(f"{HEAD}foo A 192.0.2.1\n")
        self.made = Zone(MemoryReactorClock(), file=file)
        file.write_text(f"{HEAD}foo A 192.0.2.x\n")
        self.failureResultOf(self.made.reload(), OptionError)
        self.assertSays("foo.example.org.", "A", "foo.example.org. 300 IN A 192.0.2.1")
