"""Tests of what a zone says of names that lead to others, or are made, by way of the upstream zone."""

from __future__ import annotations

from dotchain.wire.codes import NOERROR, NXDOMAIN

from .zonecase import ZoneCase


class AliasTests(ZoneCase):
    """CNAME (RFC 1034 section 3.6.2)."""

    def test_followed(self) -> None:
        """Aliases are followed from one to the next."""
        self.zone("a CNAME b", "b CNAME c", "c A 192.0.2.1")
        self.assertSays(
            "a.example.org.",
            "A",
            "a.example.org. 300 IN CNAME b.example.org.",
            "b.example.org. 300 IN CNAME c.example.org.",
            "c.example.org. 300 IN A 192.0.2.1",
        )

    def test_askedFor(self) -> None:
        """A CNAME that was asked for is not followed."""
        self.zone("a CNAME b", "b A 192.0.2.1")
        self.assertSays("a.example.org.", "CNAME", "a.example.org. 300 IN CNAME b.example.org.")

    def test_noName(self) -> None:
        """An alias to a name that doesn't exist: NXDOMAIN with the alias (RFC 2308 section 2.1)."""
        self.zone("a CNAME none")
        self.assertDenies("a.example.org.", "A", NXDOMAIN, "a.example.org. 300 IN CNAME none.example.org.")

    def test_noData(self) -> None:
        """An alias to a name without the type: NODATA with the alias (RFC 2308 section 2.2)."""
        self.zone("a CNAME b", "b A 192.0.2.1")
        self.assertDenies("a.example.org.", "MX", NOERROR, "a.example.org. 300 IN CNAME b.example.org.")

    def test_away(self) -> None:
        """An alias that leads out of the zone stands alone."""
        self.zone("a CNAME www.example.com.")
        self.assertSays("a.example.org.", "A", "a.example.org. 300 IN CNAME www.example.com.")

    def test_loop(self) -> None:
        """Aliases in a circle end, each given once."""
        self.zone("a CNAME b", "b CNAME a")
        self.assertSays(
            "a.example.org.",
            "A",
            "a.example.org. 300 IN CNAME b.example.org.",
            "b.example.org. 300 IN CNAME a.example.org.",
        )

    def test_intoWildcard(self) -> None:
        """An alias may lead to a name that a wildcard makes."""
        self.zone("a CNAME x.w", "*.w A 192.0.2.1")
        self.assertSays(
            "a.example.org.",
            "A",
            "a.example.org. 300 IN CNAME x.w.example.org.",
            "x.w.example.org. 300 IN A 192.0.2.1",
        )


class WildcardTests(ZoneCase):
    """RFC 4592; the zone is that of its section 2.2.1 where it matters."""

    def setUp(self) -> None:
        """A wildcard, a name beside it, and one below that."""
        self.zone(
            "*.w A 192.0.2.1", "*.w MX 10 foo", "host.w A 192.0.2.2", "a.b.w A 192.0.2.3", "*.c CNAME foo"
        )

    def test_made(self) -> None:
        """Names that don't exist are made from it, of any number of labels."""
        for name in ("x.w.example.org.", "x.y.z.w.example.org."):
            self.assertSays(name, "A", f"{name} 300 IN A 192.0.2.1")

    def test_existing(self) -> None:
        """A name that exists is not made, for no type."""
        self.assertSays("host.w.example.org.", "A", "host.w.example.org. 300 IN A 192.0.2.2")
        self.assertDenies("host.w.example.org.", "MX", NOERROR)

    def test_belowExisting(self) -> None:
        """Below a name that exists nothing is made: that is the closest encloser (section 3.3.1)."""
        self.assertDenies("x.host.w.example.org.", "A", NXDOMAIN)

    def test_emptyNonTerminal(self) -> None:
        """A name with no records but with names below it exists, and blocks as others do."""
        self.assertDenies("b.w.example.org.", "A", NOERROR)
        self.assertDenies("x.b.w.example.org.", "A", NXDOMAIN)

    def test_itself(self) -> None:
        """The asterisk can be asked for, and is no wildcard to names below it (section 2.3)."""
        self.assertSays("*.w.example.org.", "A", "*.w.example.org. 300 IN A 192.0.2.1")
        self.assertDenies("x.*.w.example.org.", "A", NXDOMAIN)
        self.assertDenies("w.example.org.", "A", NOERROR)

    def test_noData(self) -> None:
        """A name that it makes without the type asked for: NODATA (section 2.2.1)."""
        self.assertDenies("x.w.example.org.", "TXT", NOERROR)

    def test_alias(self) -> None:
        """An alias is made, and followed (section 3.4.1)."""
        self.assertDenies("x.c.example.org.", "A", NXDOMAIN, "x.c.example.org. 300 IN CNAME foo.example.org.")
