"""What operators write, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.match.reading import match, matches, rules
from dotchain.options import LineError, Value
from dotchain.testing import makeQuery

ASKED = makeQuery("www.example.org.", "AAAA", client=Client("192.0.2.9", "tls", "dot", "kids.dot.example"))
WORDS = st.sampled_from(
    (
        *("example.org", "=www.example.org", "*.example.org", "!example.net", "type:AAAA", "type:A,AAAA"),
        *("client:192.0.2.0/24", "client:192.0.0.0/8,2001:db8::/32", "!client:10.0.0.0/8", "front:dot"),
        *("transport:tls", "!transport:udp", "sni:kids.dot.example", "class:IN", "/www/", "."),
    )
)


class MatchTests(SynchronousTestCase):
    """Matches."""

    def test_all(self) -> None:
        """All words must hold."""
        for text in (
            "type:aaaa,A client:192.0.2.0/24 front:dot,lan transport:tls sni:Kids.dot.example.",
            "class:IN !type:A !client:10.0.0.0/8",
            "",
        ):
            self.assertTrue(match(text).holds(ASKED), text)
        for text in (
            "type:A",
            "client:192.0.3.0/24",
            "front:lan",
            "transport:udp",
            "sni:a.example",
            "class:CH",
        ):
            self.assertFalse(match(text).holds(ASKED), text)
            self.assertTrue(match(f"!{text}").holds(ASKED), text)

    def test_mapped(self) -> None:
        """IPv4-mapped clients count as IPv4 (RFC 4291 section 2.5.5.2); an interface does not count."""
        for address, text in (("::ffff:192.0.2.9", "client:192.0.2.9"), ("fe80::1%eth0", "client:fe80::/10")):
            query = makeQuery(client=Client(address, "udp"))
            self.assertTrue(match(text).holds(query), address)

    def test_ofClient(self) -> None:
        """What depends on who asks is known to: no front may remember it."""
        for text in ("client:10.0.0.0/8", "!sni:a.example", "identity:a.example type:A"):
            self.assertTrue(match(text).ofClient, text)
        for text in ("", "example.org front:lan transport:udp type:A time:mon"):
            self.assertFalse(match(text).ofClient, text)

    def test_mistakes(self) -> None:
        """What is no word is refused, and what would be right is told."""
        for text, told in (
            ("colour:red", "'colour:red' is no word of a match: nothing begins with 'colour:' (known are "),
            ("Type:A", "nothing begins with 'Type:'; write type:A"),
            ("type:A colour:red", "nothing begins with 'colour:' (known are "),
            ("type:", "nothing behind the colon"),
            ("type:AAAAA", "'AAAAA' is no type such as type:AAAA"),
            ("client:10.0.0.1/8", "write 10.0.0.0/8"),
            ("192.0.2.0/24", "a network is written client:192.0.2.0/24"),
            ("a.example,b.example", "several are a rule each or a list:FILE"),
            ("transport:quic", "'quic' is none of udp, tcp, tls"),
            ("/(/", "is no regular expression"),
            ("/ads", "no regular expression such as"),
            ("time:monday", "neither days"),
            ("time:08:00-08:00", "00:00-24:00 is all day"),
            ("time:08:00-25:00", "neither days"),
            ("!", "stands before one that must not hold"),
            ("a..example", "is not a domain name"),
            ("!a.example " * 501, "501 words must hold, and 500 are the most; of many names a list:FILE"),
        ):
            error = self.assertRaises(ValueError, match, text)
            self.assertIn(told, str(error), text)

    def test_stray(self) -> None:
        """What is hardly meant as a name is refused: the match would never hold."""
        for text, told in (
            ("127.0.0.3", "a client is written client:127.0.0.3"),
            ("!2001:db8::1", "a client is written client:2001:db8::1"),
            ("::1", "a client is written client:::1"),
            ("127.0.0.1,127.0.0.2", "a client is written client:127.0.0.1,127.0.0.2"),
            ("client:127.0.0.4 and type:A", "must all hold, without a word between them"),
            ("client:127.0.0.4 AND type:A", "must all hold, without a word between them"),
            ("type:A or type:AAAA", "commas behind a colon separate what may hold"),
            ("not client:127.0.0.1", "'!' right before a word"),
            ("type:A AAAA", "a type is written type:AAAA"),
            ("mx", "a type is written type:MX, several with commas between them; the name is written 'mx.'"),
            ("ch", "a class is written class:CH"),
            ("tls", "a transport is written like transport:tls"),
            ("night", "a time is written like time:22:00-06:00"),
            ("*", "'.' is every name"),
            ("->", "an arrow stands in rules"),
            (
                "office type:A",
                "'office' beside other words is no word of a match; if it is a name, write 'office.'",
            ),
            ("a.example, b.example", "no blank stands before or behind a comma"),
        ):
            error = self.assertRaises(ValueError, match, text)
            self.assertIn(told, str(error), text)
            self.assertRaises(LineError, rules, f"{text} -> x")
            self.assertRaises(LineError, matches, text)

    def test_topLevel(self) -> None:
        """Top-level domains may be named alone, and beside other words with their final dot, or locally."""
        for text in (
            "lan",
            "onion",
            "!local",
            "office",
            "office. type:A",
            "lan type:A",
            "mx.",
            "*.tls",
            "=and",
        ):
            self.assertEqual(match(text).text, text)

    def test_empty(self) -> None:
        """Nothing stands between commas, before or behind one, whatever they separate."""
        for subject, item in (
            *(
                ("client", "127.0.0.2"),
                ("type", "A"),
                ("class", "IN"),
                ("front", "lan"),
                ("transport", "tls"),
            ),
            *(("sni", "a.example"), ("identity", "a.example"), ("time", "sat")),
        ):
            for wrong in (
                f"{item},",
                f",{item}",
                f"{item},,{item}",
                ",",
                f"{item}, {item}",
                f"{item} ,{item}",
            ):
                error = self.assertRaises(ValueError, match, f"{subject}:{wrong}")
                self.assertRegex(str(error), "nothing stands beside a comma|or behind a comma", wrong)

    def test_never(self) -> None:
        """Words that never hold together are refused."""
        for text in (
            *(
                "type:A type:AAAA",
                "a.example b.example",
                "=a.example *.a.example",
                "example.org !example.org",
            ),
            *("client:10.0.0.0/8 client:192.168.0.0/16", "front:a front:b", "transport:udp sni:a.example"),
            *("identity:a.example transport:tcp", "=www.example.org !example.org", "type:A !type:A,AAAA"),
            *("client:10.1.0.0/16 !client:10.0.0.0/8", "!.", "!time:mon-sun", "time:sat time:sun"),
            *(
                "time:mon-fri,08:00-18:00 time:sat",
                "time:sat !time:sat-sun",
                "time:18:00-08:00 time:09:00-10:00",
            ),
        ):
            error = self.assertRaises(ValueError, match, text)
            self.assertIn("never holds", str(error), text)

    @given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
    def test_implies(self, mine: list[str], theirs: list[str]) -> None:
        """A match that implies another one never holds where that does not; none that holds is refused."""
        one, other = match(" ".join(mine)), match(" ".join(theirs))
        self.assertTrue(one.holds(ASKED) and other.holds(ASKED))
        elsewhere = makeQuery("example.org.", "A", client=Client("10.0.0.1", "udp", "lan"))
        if one.implies(other) and one.holds(elsewhere):
            self.assertTrue(other.holds(elsewhere), (mine, theirs))


def value(text: str) -> Value:
    """A value that begins in line 7, as an INI file has it."""
    lines = tuple(7 + number for number, _ in enumerate(text.split("\n")))
    return Value.at(text, Path(), 7, lines)


class RulesTests(SynchronousTestCase):
    """Rules."""

    def found(self, text: str, name: str, kind: str = "A") -> str:
        """What the rule that wins says."""
        rule = rules(value(text)).find(makeQuery(name, kind))
        return "" if rule is None else str(rule.what)

    def test_longest(self) -> None:
        """Of plain names the longest wins, in whatever order they stand."""
        text = ". -> all\nexample.org -> a\nwww.example.org -> b"
        for name, what in (("x.www.example.org.", "b"), ("example.org.", "a"), ("org.", "all"), (".", "all")):
            self.assertEqual(self.found(text, name), what)

    def test_first(self) -> None:
        """Otherwise the first that holds wins."""
        text = "type:TXT -> t\nexample.org -> a\n*.example.org type:MX -> never\ntype:MX -> m"
        # What is below example.org is its rule's already.
        error = self.assertRaises(LineError, rules, value(text))
        self.assertIn("hides it", str(error))
        text = text.replace("*.example.org type:MX -> never\n", "")
        self.assertEqual(self.found(text, "a.example.org.", "TXT"), "t")
        self.assertEqual(self.found(text, "a.example.org.", "MX"), "a")
        self.assertEqual(self.found(text, "a.example.net.", "MX"), "m")
        self.assertEqual(self.found(text, "a.example.net.", "A"), "")

    def test_between(self) -> None:
        """A rule that stands before the shorter of two plain names stands before the longer, too."""
        text = "www.example.org -> w\ntype:MX -> m\nexample.org -> e"
        self.assertEqual(self.found(text, "www.example.org.", "MX"), "w")
        self.assertEqual(self.found(text, "mail.example.org.", "MX"), "m")
        self.assertEqual(self.found(text, "mail.example.org.", "A"), "e")

    def test_lines(self) -> None:
        """What is wrong is told with its own line, and so is the rule that hides another one."""
        for text, line, told in (
            ("a.example -> x\nb.example", 8, "is no rule such as example.org -> office"),
            ("a.example -> x\n\n-> y", 9, "no match before the arrow"),
            ("a.example ->", 7, "nothing behind the arrow"),
            ("a.example => x", 7, "the arrow is '->', and not '=>'"),
            ("a.example=>x", 7, "the arrow is '->', and not '=>'"),
            ("a.example - > x", 7, "the arrow is '->', and not '- >'"),
            ("a.example \u2192 x", 7, "the arrow is '->', and not '\u2192'"),
            ("a.example --> x", 7, "the arrow is '->', and not '-->'"),
            ("a.example x", 7, "has no arrow '->'"),
            ("a.example -> x, b.example -> y", 7, "has several arrows; a rule is a line of its own"),
            ("a.example -> x\nb.example -> y\na.example -> z", 9, "'a.example -> x' in line 7 hides it"),
            ("type:A,MX -> x\ntype:A client:10.0.0.0/8 -> y", 8, "in line 7 hides it"),
        ):
            error = self.assertRaises(LineError, rules, value(text))
            self.assertEqual(error.line, line)
            self.assertIn(told, str(error))

    def test_arrow(self) -> None:
        """What looks like an arrow may stand in an expression, and in a text behind the arrow."""
        self.assertEqual(self.found("/a=>b/ -> x", "a=>b.example."), "x")
        self.assertEqual(self.found('a.example->TXT "=> -> -->"', "a.example."), 'TXT "=> -> -->"')

    def test_any(self) -> None:
        """Of several matches any may hold; one that is within another is refused."""
        found = matches(value("a.example\ntype:TXT b.example"))
        self.assertIsNotNone(found.find(makeQuery("x.a.example.")))
        self.assertIsNone(found.find(makeQuery("b.example.")))
        self.assertIsNotNone(found.find(makeQuery("b.example.", "TXT")))
        error = self.assertRaises(LineError, matches, value("a.example\nwww.a.example"))
        self.assertEqual((error.line, "adds nothing" in str(error)), (8, True))
        error = self.assertRaises(LineError, matches, value("a.example b.example"))
        self.assertIn("several names are a line each", str(error))
