"""Policy zones: triggers as they are written, records added and removed, files read and written."""

from __future__ import annotations

from pathlib import Path

import dns.name
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import OptionError
from dotchain.stages.rpz.action import LOCAL_DATA, NXDOMAIN_ACTION, REDIRECT
from dotchain.stages.rpz.masterfile import MasterFile, ZoneError
from dotchain.stages.rpz.policyzone import PolicyZone, Record
from dotchain.stages.rpz.triggers import CLIENT_IP, QNAME, kindOf, networkOf, ownerOf
from dotchain.stages.rpz.zonefile import readAll, written

from .rpzcase import HEAD

ORIGIN = dns.name.from_text("policy.example")
LINES = (
    "a.example.org CNAME .",
    "*.a.example.org CNAME *.",
    "* CNAME rpz-drop.",
    "b.example.org 60 A 192.0.2.1",
    "b.example.org 60 MX 10 mail.example.org.",
    'b.example.org 60 TXT "x; y" "\\"\\007"',
    "c\\.d.example.org CNAME *.garden.example.",
    "24.0.2.0.192.rpz-ip CNAME .",
    "48.zz.db8.2001.rpz-client-ip CNAME rpz-tcp-only.",
    "128.1.zz.db8.2001.rpz-nsip CNAME rpz-passthru.",
    "*.example.net.rpz-nsdname CNAME .",
    "e.example.org 60 TYPE65400 \\# 2 0102",
)


def wire(text: str) -> bytes:
    """A name without its end, in wire form."""
    return dns.name.from_text(text, None).to_wire(origin=dns.name.root)[:-1]  # type: ignore[index]


def records(*lines: str) -> list[Record]:
    """What the lines of a file say."""
    return list(MasterFile(lines, ORIGIN))


class TriggerTests(SynchronousTestCase):
    """Owners that stand for networks."""

    def test_networks(self) -> None:
        """Octets of IPv4 and words of IPv6 stand backwards behind the length of the prefix; zz is ::."""
        for owner, octets, length in (
            ("24.0.2.0.192", "c0000200", 24),
            ("128.57.zz.1.0.db8.2001", "20010db8000000010000000000000057", 128),
            ("48.zz.2.2001", "20010002" + 24 * "0", 48),
            ("128.1.zz", 31 * "0" + "1", 128),
            ("8.0.0.0.0.0.0.0.ff00", "ff00" + 28 * "0", 8),
        ):
            self.assertEqual(networkOf(wire(owner)), (bytes.fromhex(octets), length))

    def test_wrong(self) -> None:
        """Host bits, lengths that no prefix has and words that are no numbers are errors."""
        for owner in (
            "24.1.2.0.192",
            "33.1.2.0.192",
            "0.0.0.0.0",
            "24",
            "24.0.2.192",
            "x.0.2.0.192",
            "48.zz.zz.2001",
        ):
            self.assertRaises(ValueError, networkOf, wire(owner))

    @given(st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16), st.integers(1, 128))
    def test_back(self, octets: bytes, length: int) -> None:
        """Each network is written such that it is read as the same."""
        length = min(length, 8 * len(octets))
        shift = 8 * len(octets) - length
        octets = (int.from_bytes(octets, "big") >> shift << shift).to_bytes(len(octets), "big")
        self.assertEqual(networkOf(wire(ownerOf(octets, length))), (octets, length))

    def test_kinds(self) -> None:
        """The last label alone tells."""
        self.assertEqual(kindOf(wire("24.0.2.0.192.rpz-client-ip")), CLIENT_IP)
        for owner in ("rpz-ip.example", "xrpz-ip", "a.my-rpz-ip"):
            self.assertEqual(kindOf(wire(owner)), QNAME)


class ChangeTests(SynchronousTestCase):
    """Records that come and go, as by IXFR."""

    def setUp(self) -> None:
        self.zone = PolicyZone(ORIGIN.to_digestable())

    def test_addAndRemove(self) -> None:
        """What was added in any order is removed in any order, and nothing is left."""
        found = records(*LINES)
        for each in found:
            self.zone.add(each)
        self.assertEqual((self.zone.records, self.zone.ignored), (len(LINES), 0))
        for each in reversed(found):
            self.assertTrue(self.zone.remove(each))
        self.assertEqual((self.zone.records, self.zone.names.size, self.zone.nameservers.size), (0, 0, 0))
        self.assertEqual([table.size for table in self.zone.networks.values()], [0, 0, 0])
        self.assertIsNone(self.zone.names.find(wire("a.example.org") + b"\0"))

    def test_twice(self) -> None:
        """A record that is there already is no second one."""
        (record,) = records("b A 192.0.2.1")
        self.zone.add(record)
        self.zone.add(record)
        self.assertTrue(self.zone.remove(record))
        self.assertFalse(self.zone.remove(record))
        self.assertEqual(self.zone.records, 0)

    def test_changed(self) -> None:
        """Of local data each record goes by itself; an action that is another one now does not go."""
        first, second, denied = records("b A 192.0.2.1", "b A 192.0.2.2", "b CNAME .")
        self.zone.add(first)
        self.zone.add(second)
        self.assertFalse(self.zone.remove(denied))
        self.zone.remove(first)
        action = self.zone.names.find(b"\1b\0")
        assert action is not None
        self.assertEqual((action.kind, len(action.records)), (LOCAL_DATA, 1))
        self.zone.remove(second)
        self.zone.add(denied)
        action = self.zone.names.find(b"\1b\0")
        assert action is not None
        self.assertEqual(action.kind, NXDOMAIN_ACTION)

    def test_shared(self) -> None:
        """Many names that lead to one garden share what is known of it."""
        for each in records("a CNAME garden.example.", "b CNAME garden.example."):
            self.zone.add(each)
        one, other = (self.zone.names.find(name) for name in (b"\1a\0", b"\1b\0"))
        assert one is not None
        self.assertEqual(one.kind, REDIRECT)
        self.assertIs(one, other)

    def test_own(self) -> None:
        """Records of the zone itself, and those of other zones, are no triggers."""
        for each in records("@ NS ns", "@ A 192.0.2.1", "a.example. CNAME .", "x DNAME y."):
            self.zone.add(each)
        self.assertEqual((self.zone.records, self.zone.ignored), (0, 0))


class FileTests(SynchronousTestCase):
    """Master files."""

    def zoneFile(self, text: str, name: str = "policy.example") -> Path:
        """A file of that name."""
        folder = Path(self.mktemp())
        folder.mkdir()
        file = folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def test_syntax(self) -> None:
        """Comments, parentheses over lines, quotes, owners left out, TTLs, classes and origins."""
        text = (
            '; a comment\n$TTL 1h\n\na IN 60 CNAME . ; x\n  60 IN TXT ( "a;(b" ; c\n  "d" )\n'
            "$ORIGIN sub\nb CNAME @\nc.example. 2d CNAME *.\n"
        )
        found = records(*text.splitlines(keepends=True))
        self.assertEqual([(each[1], each[2]) for each in found], [(5, 60), (16, 60), (5, 3600), (5, 172800)])
        self.assertEqual(found[1][3], b"\4a;(b\1d")
        self.assertEqual(found[2][3], b"\3sub\6policy\7example\0")
        self.assertEqual(found[3][0], b"\1c\7example\0")

    def test_errors(self) -> None:
        """The line is told, and what is wrong with it."""
        for text, line in (
            ("a CNAME .\nb CNAME\n", 2),
            ("a CNAME b..c.\n", 1),
            (f"{64 * 'a'} CNAME .\n", 1),
            (f"{'.'.join(5 * [60 * 'a'])} CNAME .\n", 1),
            ("a NOSUCH x\n", 1),
            ("a 1x CNAME .\n", 1),
            (" CNAME .\n", 1),
            ("a\n", 1),
            ("\n$INCLUDE x\n", 2),
            ("a TXT ( x\n\n", 1),
            ("a A 1.2.3\n", 1),
        ):
            error = self.assertRaises(ZoneError, records, *text.splitlines(keepends=True))
            self.assertEqual(error.line, line, text)
        self.assertEqual(str(error), "A '1.2.3': '1.2.3' is no IPv4 address")

    def test_name(self) -> None:
        """The zone is called as its SOA, else as its file."""
        text = "$TTL 9\n@ SOA a. b. 5 1 1 1 1\n"
        for name, origin in (("feed.example.zone", "feed.example"), ("feed.rpz", "feed"), ("a b", "rpz")):
            zone = readAll(self.zoneFile(text, name), None)
            self.assertEqual((zone.origin, zone.serial), (dns.name.from_text(origin).to_digestable(), 5))
        zone = readAll(
            self.zoneFile("$TTL 9\nreal.example. SOA a. b. 5 1 1 1 1\nx.real.example. CNAME .\n"), None
        )
        self.assertEqual((zone.origin, zone.records), (dns.name.from_text("real.example").to_digestable(), 1))

    def test_nothing(self) -> None:
        """A file without records is none, as one is that can't be read."""
        for file in (self.zoneFile("\n"), Path("/nonexistent"), Path(self.zoneFile("x").parent)):
            self.assertRaises(OptionError, readAll, file, None)
        binary = self.zoneFile("x")
        binary.write_bytes(b"\xff\xfe")
        self.assertIn("not UTF-8", str(self.assertRaises(OptionError, readAll, binary, None)))

    def test_written(self) -> None:
        """What is written is read as the same."""
        first = readAll(self.zoneFile("$ORIGIN policy.example.\n" + HEAD + "\n".join(LINES) + "\n"), None)
        file = Path(self.mktemp()) / "folder" / "copy"
        for _ in written(first, file):
            pass
        second = readAll(file, ORIGIN)
        for zone in (first, second):
            self.assertEqual((zone.serial, zone.records, zone.ignored), (7, len(LINES), 0))
        self.assertEqual(first.soa, second.soa)
        for each in records(*LINES):
            self.assertTrue(second.remove(each), each)
        self.assertEqual(second.records, 0)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)

    def test_clear(self) -> None:
        """A zone is let go of in many steps."""
        zone = readAll(self.zoneFile("$TTL 9\na.example CNAME .\n"), None)
        self.assertGreater(len(list(zone.clear())), 100)
        self.assertIsNone(zone.names.find(b"\1a\7example\0"))
