"""Values of options: what is read, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.naming import upstreams
from dotchain.options import (
    REQUIRED,
    Option,
    OptionError,
    Value,
    atLeast,
    defaults,
    domain,
    domains,
    flag,
    items,
    moment,
    octets,
    one,
    path,
    paths,
    seconds,
    several,
    some,
    whole,
    words,
)
from dotchain.stages.designatedresolver import hosts

from .folders import folder


class ReadTests(SynchronousTestCase):
    """The readers of values."""

    def refuses(self, read: Callable[[Any], object], *texts: str) -> None:
        """Each text is a ValueError that repeats it."""
        for text in texts:
            error = self.assertRaises(ValueError, read, text)
            self.assertIn(repr(text), str(error))

    def test_whole(self) -> None:
        """Whole numbers from 0 up, in ASCII digits."""
        self.assertEqual([whole("0"), whole("100")], [0, 100])
        self.refuses(whole, "", "-1", "1.5", "1k", "١", "²", " 1")
        self.refuses(whole, "1000000001", "9" * 10_000)

    def test_atLeast(self) -> None:
        """Numbers and sizes from a least one up."""
        self.assertEqual([atLeast("64")("64"), atLeast("1M", octets)("2M")], [64, 2 << 20])
        self.refuses(atLeast("64"), "63", "x", "")
        self.refuses(atLeast("1M", octets), "1023k")

    def test_octets(self) -> None:
        """Sizes in powers of 1024."""
        texts = ("0", "4096", "64k", "64 M", "1G")
        self.assertEqual([octets(text) for text in texts], [0, 4096, 65536, 1 << 26, 1 << 30])
        self.refuses(octets, "", "k", "64K", "64m", "1.5M", "-1", "64kB", "١k")

    def test_seconds(self) -> None:
        """Durations; a bare number is seconds."""
        texts = ("250ms", "4.5s", "10m", "1h", "1d", "30", "0.5", "2 s")
        self.assertEqual([seconds(text) for text in texts], [0.25, 4.5, 600, 3600, 86400, 30, 0.5, 2])
        self.refuses(
            seconds, "", "s", "-1s", "1w", "1e3", "1.s", "inf", "nan", "1 m 5 s", "١s", "3651d", "9" * 500
        )

    def test_flag(self) -> None:
        """Yes and no, and what operators write for them."""
        for text in ("yes", "Yes", "on", "true"):
            self.assertIs(flag(text), True)
        for text in ("no", "NO", "off", "false"):
            self.assertIs(flag(text), False)
        self.refuses(flag, "", "1", "maybe")

    def test_words(self) -> None:
        """Lists are separated by blanks or new lines."""
        self.assertEqual(words("a  b\n\tc"), ("a", "b", "c"))
        self.assertEqual(words(""), ())

    def test_domains(self) -> None:
        """Domain names are absolute, with and without the final dot."""
        found = [each.to_text() for each in domains("a.example b.example.")]
        self.assertEqual(found, ["a.example.", "b.example."])
        self.assertEqual(domains(""), ())
        self.refuses(domain, "a..example", "a" * 64, "", "a b")
        self.assertRaises(ValueError, domains, "example.org .")

    def test_commas(self) -> None:
        """Blanks alone separate lists; what would be right is told."""
        for text in ("a, b", "a,b", "a; b;", ",a b", "a , b"):
            said = str(self.assertRaises(ValueError, items, text))
            self.assertTrue(said.endswith("write a b"), said)
        for read in (domains, several("a", "b"), upstreams, hosts):
            self.assertIn("blanks alone", str(self.assertRaises(ValueError, read, "a, b")))
        self.assertEqual(items(" a\n b"), ["a", "b"])

    def test_commasInWords(self) -> None:
        """Words are any text, so commas in them are theirs; behind one they separate nothing."""
        self.assertEqual(words("a,b c;d"), ("a,b", "c;d"))
        for text in ("a, b", "a; b", "a ,b"):
            self.assertIn("write a b", str(self.assertRaises(ValueError, words, text)))

    def test_addressesAreNoNames(self) -> None:
        """An IP address or a URL in a list of domain names can only be a mistake."""
        for text in ("192.0.2.1", "2001:db8::1", "https://example.org"):
            self.assertIn("is an address", str(self.assertRaises(ValueError, domains, f"example.org {text}")))

    def test_one(self) -> None:
        """One of a few words, as they are written."""
        read = one("strict", "encrypted")
        self.assertEqual(read("strict"), "strict")
        self.refuses(read, "", "Strict", "open")
        self.assertIn("strict, encrypted", str(self.assertRaises(ValueError, read, "open")))


class PathTests(SynchronousTestCase):
    """Paths."""

    def test_relative(self) -> None:
        """Relative paths start from the folder of the INI file."""
        self.assertEqual(path(Value.at("keys/dns.crt", Path("/etc/dns"), 3)), Path("/etc/dns/keys/dns.crt"))

    def test_absolute(self) -> None:
        """Absolute paths, and those from a home, stand for themselves."""
        self.assertEqual(path(Value.at("/srv/dns.crt", Path("/etc/dns"), 3)), Path("/srv/dns.crt"))
        self.assertEqual(path(Value.at("~/dns.crt", Path("/etc/dns"), 3)), Path.home() / "dns.crt")

    def test_list(self) -> None:
        """Blanks and new lines separate several; a name with blanks in it stands in double quotes."""
        place = Path("/etc/dns")
        found = paths(Value.at('a.crt "my b.crt"\n"/srv/c, d.crt"', place, 3))
        self.assertEqual(found, (place / "a.crt", place / "my b.crt", Path("/srv/c, d.crt")))
        self.assertEqual(path(Value.at('"my b.crt"', place, 3)), place / "my b.crt")
        self.assertEqual(path(Value.at("my b.crt", place, 3)), place / "my b.crt")
        for text in ('"a.crt', 'a".crt', '"a"b', '"" a', '"a\nb"', "a, b"):
            self.assertRaises(ValueError, paths, text)

    def test_text(self) -> None:
        """Without a file they start from where one is."""
        self.assertEqual(path("dns.crt"), Path("dns.crt"))

    def test_parent(self) -> None:
        """.. is left out of what is told, but behind a symbolic link, where it leads elsewhere."""
        here = folder(self)
        for name in ("conf.d", "far", "far/conf.d"):
            (here / name).mkdir()
        (here / "link").symlink_to(here / "far" / "conf.d")
        self.assertEqual(path(Value.at("../hosts", here / "conf.d", 3)), here / "hosts")
        self.assertEqual(path(Value.at("../hosts", here / "link", 3)), here / "link" / ".." / "hosts")


class ValueTests(SynchronousTestCase):
    """L{Value} and L{OptionError}."""

    def test_value(self) -> None:
        """A value is its text, and knows where it stands."""
        value = Value.at("64k", Path("/etc/dns"), 12)
        self.assertEqual((value, value.folder, value.line), ("64k", Path("/etc/dns"), 12))
        self.assertEqual((Value("x").folder, Value("x").line), (Path(), 0))

    def test_error(self) -> None:
        """An error of values that don't go together names the key to blame."""
        error = OptionError("name", "strict needs a name or a pin")
        self.assertEqual((error.key, str(error)), ("name", "strict needs a name or a pin"))
        self.assertIsInstance(error, ValueError)


class DefaultsTests(SynchronousTestCase):
    """L{defaults}."""

    def test_defaults(self) -> None:
        """Each key that need not be given has its value, as a constructor takes it."""
        options = {
            "must": Option(str, REQUIRED, "given"),
            "may-be": Option(str, None, "nothing"),
            "max-age": Option(seconds, "1h", "read"),
        }
        self.assertEqual(defaults(options), {"may_be": None, "max_age": 3600.0})


class BoundTests(SynchronousTestCase):
    """Values that would leave nothing are refused when they are read."""

    def test_some(self) -> None:
        """A count is at least 1."""
        self.assertEqual(some("3"), 3)
        self.assertIn("from 1 up", str(self.assertRaises(ValueError, some, "0")))

    def test_moment(self) -> None:
        """A time limit is above nothing: with 0 every query would fail."""
        self.assertEqual(moment("250ms"), 0.25)
        for text in ("0", "0s", "0.0001s"):
            self.assertIn("no time at all", str(self.assertRaises(ValueError, moment, text)))
