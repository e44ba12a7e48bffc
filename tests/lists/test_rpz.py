"""Lists that are response policy zones."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .made import line, listed, parsed

_HEAD = """\
$TTL 300
@ IN SOA localhost. root.localhost. (
        1       ; serial
        3600 900 604800 300 )
  IN NS localhost.
"""
_NAMES = ("example.org", "www.example.org", "a.b.example.org", "notexample.org")


class RpzLinesTests(SynchronousTestCase):
    """What a record says about names."""

    def test_triggers(self) -> None:
        """A name is meant alone, a wildcard is what is below it, as in the DNS."""
        self.assertEqual(listed(f"{_HEAD}example.org CNAME .", *_NAMES), ["example.org"])
        self.assertEqual(
            listed(f"{_HEAD}*.example.org CNAME .", *_NAMES), ["www.example.org", "a.b.example.org"]
        )

    def test_lines(self) -> None:
        """The line of the record is told, and the records of the zone itself are none of the list."""
        text = f"{_HEAD}example.org CNAME ."
        self.assertEqual(line(text, "example.org"), 6)
        found = parsed(text)
        self.assertEqual((found.entries, found.skipped, found.format), (1, 0, "rpz"))

    def test_actions(self) -> None:
        """Whatever is answered, the name is listed; but for passing it through, and asking again over TCP."""
        text = (
            "a.example CNAME .\nb.example 60 IN CNAME *.\nc.example IN 1h CNAME rpz-drop.\n"
            "d.example A 192.0.2.1\n"
            'e.example CNAME garden.example.net.\nf.example TXT "; ("\ng.example CNAME rpz-tcp-only.\n'
            "h.example CNAME rpz-passthru.\ni.example CNAME i.example.\n"
        )
        found = parsed(_HEAD + text)
        self.assertEqual((found.names.count, found.allowed.count, found.skipped), (6, 2, 1))

    def test_passthru(self) -> None:
        """An exception is one, for the name or what is below it."""
        text = f"{_HEAD}*.org CNAME .\nexample.org CNAME rpz-passthru.\n*.b.example.org CNAME rpz-passthru."
        self.assertEqual(listed(text, *_NAMES), ["www.example.org", "notexample.org"])

    def test_origin(self) -> None:
        """Names of the zone are read without the zone's own, whether written whole or not."""
        head = "$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\n"
        text = (
            f"{head}example.org CNAME .\nexample.net.rpz.example. CNAME .\nelsewhere.example. CNAME .\n"
            "$ORIGIN com.rpz.example.\nexample CNAME .\n"
        )
        names = ("example.org", "example.net", "example.com", "elsewhere.example", "example.org.rpz.example")
        self.assertEqual(listed(text, *names), list(names[:3]))
        self.assertEqual(parsed(text).firstSkipped, 5)

    def test_dumped(self) -> None:
        """So are those of zones as BIND writes them, and as tools write them a whole name a line."""
        dumped = (
            "$ORIGIN .\n$TTL 300\nrpz.example\tIN SOA\ta. b. (\n\t1 2 3\n\t4 5 )\n\t\tNS\ta.\n"
            "$ORIGIN rpz.example.\n$ORIGIN org.rpz.example.\nexample\tCNAME\t.\n*.example\tCNAME\t.\n"
        )
        whole = (
            "rpz.example.\t300\tIN\tSOA\ta. b. 1 2 3 4 5\nrpz.example.\t300\tIN\tNS\ta.\n"
            "example.org.rpz.example.\t300\tIN\tCNAME\t.\n*.example.org.rpz.example.\t300\tIN\tCNAME\t.\n"
        )
        for text in (dumped, whole):
            self.assertEqual(listed(text, *_NAMES), list(_NAMES[:3]))
            self.assertEqual(parsed(text).skipped, 0)

    def test_noRecord(self) -> None:
        """A line that is no record takes none of those after it with it."""
        text = "this is (not a record\n  a.example\nb.example CNAME .\n  0.0.0.0 c.example\n"
        self.assertEqual(listed(f"{text}\nd.example\n", "a.example", "b.example"), ["a.example", "b.example"])

    def test_sameOwner(self) -> None:
        """A record without an owner has that of the line before."""
        found = parsed(f"{_HEAD}example.org A 192.0.2.1\n AAAA 2001:db8::1\n")
        self.assertEqual((found.entries, found.skipped), (2, 0))

    def test_otherTriggers(self) -> None:
        """Triggers that are no names of questions are skipped, and so is what is no record."""
        text = (
            f"{_HEAD}example.org CNAME .\n32.1.2.0.192.rpz-client-ip CNAME .\n24.0.2.0.192.rpz-ip CNAME .\n"
            "ns.example.rpz-nsdname CNAME .\n$GENERATE 1-9 a$ CNAME .\n"
        )
        found = parsed(text)
        self.assertEqual((found.entries, found.skipped, found.firstSkipped), (1, 4, 7))

    def test_all(self) -> None:
        """A wildcard alone is every name."""
        text = f"{_HEAD}* CNAME .\nexample.org CNAME rpz-passthru.\n"
        self.assertEqual(listed(text, "example.com", "example.org"), ["example.com"])

    def test_withoutZone(self) -> None:
        """Records alone make a list, too."""
        self.assertEqual(listed("example.org CNAME .\n*.example.org CNAME .\n", *_NAMES), list(_NAMES[:3]))
