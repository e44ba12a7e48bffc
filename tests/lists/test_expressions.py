"""Regular expressions of lists, all in one pass."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.expressions import Expressions

from .made import wire


def _made(*texts: str) -> Expressions:
    expressions = Expressions()
    for line, text in enumerate(texts, 1):
        expressions.add(text.encode(), line)
    return expressions


_ATOMS = st.sampled_from(["a", "b", r"\.", "[ab]", "[^a.]", ".", r"\d", "^", "$", "1"])


def _grown(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(pieces, min_size=1, max_size=3).map("".join),
        st.lists(pieces, min_size=2, max_size=3).map(lambda each: f"({'|'.join(each)})"),
        st.tuples(pieces, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"])).map(
            lambda each: f"(?:{each[0]}){each[1]}"
        ),
    )


_EXPRESSIONS = st.recursive(_ATOMS, _grown, max_leaves=8)
_NAMES = st.lists(st.text("ab1", min_size=1, max_size=4), min_size=1, max_size=3).map(".".join)


class ExpressionsTests(SynchronousTestCase):
    """What they find."""

    def test_line(self) -> None:
        """The line of the one that matches is told; of several that match at once, the first."""
        expressions = _made(r"\.example$", "^ads", "track", "ads", "^.rack")
        found = [
            expressions.find(wire(each)) for each in ("a.example", "ads.org", "track.org", "b.org", "a.ads")
        ]
        self.assertEqual(found, [1, 2, 3, 0, 4])

    def test_sameAsPython(self) -> None:
        """Those of well-known lists find what Python finds."""
        texts = (
            r"^ad([sxv]?[0-9]*|system)[_.-]([^.]+\.){1,}|[_.-]ad([sxv]?[0-9]*|system)[_.-]",
            r"^(.+[_.-])?adse?rv(er?|ice)?s?[0-9]*[_.-]",
            r"^adim(age|g)s?[0-9]*[_.-]",
            r"^stat(s|istics)?[0-9]*[_.-]",
            r"^[a-z0-9]{12,}\.(?:com|net)$",
            r"(^|\.)xn--\w+\.[A-Z]{2}$",
        )
        names = (
            *(
                "ads.example.com",
                "ad1.x.y",
                "www.ads2.example",
                "adserver.example",
                "x_adsrv12.example",
                "adsl.example",
            ),
            *(
                "adimages1.example",
                "stats.example",
                "statistic.example",
                "abcdefghijkl.com",
                "abcdefghijk.com",
            ),
            *("a.xn--abc.de", "xn--abc.dee", "adsystem-1.example.org"),
        )
        for text in texts:
            mine, theirs = _made(text), re.compile(text, re.IGNORECASE)
            for name in names:
                self.assertEqual(bool(mine.find(wire(name))), theirs.search(name) is not None, (text, name))

    @given(_EXPRESSIONS, st.lists(_NAMES, min_size=1, max_size=5))
    def test_model(self, text: str, names: list[str]) -> None:
        """Whatever is nested in what, they find what Python's do."""
        try:
            mine = _made(text)
        except ValueError:
            return
        for name in names:
            self.assertEqual(bool(mine.find(wire(name))), re.search(text, name) is not None, name)

    def test_hostile(self) -> None:
        """An expression that takes Python years for a name takes one look at each octet here."""
        expressions = _made(r"^(([a-z])+.)+[0-9]([a-z])+$", "(a*)*b$", "(a|aa)+c", "(.*a){12}d")
        self.assertEqual(expressions.find(wire(".".join(["a" * 60] * 4))), 0)
        self.assertEqual(expressions.find(wire("aaaaaaaaaaaaaab")), 2)

    def test_many(self) -> None:
        """States that are too many are forgotten, and what is found stays the same."""
        expressions = _made("a.{100}b", "b.{90}a")
        names = [
            format(number * 0x9E3779B97F4A7C15 << 100 | number * 12345678910111213, "0200b")[-200:]
            for number in range(40)
        ]
        for name in names:
            text = ".".join(
                name[start : start + 50].translate({48: 97, 49: 98}) for start in range(0, 200, 50)
            )
            found = re.search("a.{100}b", text) is not None, re.search("b.{90}a", text) is not None
            self.assertEqual(bool(expressions.find(wire(text))), any(found), text)

    def test_refused(self) -> None:
        """What matches every name, is no expression, or asks for too much is refused, and leaves no trace."""
        expressions = _made("^x$")
        for text in (
            *(
                "",
                "a*",
                ".",
                "^",
                "$",
                "(|a)",
                ".*",
                "a|.",
                "(?=a)b",
                r"(a)\1",
                r"\bads",
                "a**",
                "a+*",
                "*a",
                "a|*b",
                "(",
                ")",
                "[a",
                "a" * 1001,
            ),
            *(
                "(a",
                "a)",
                "[b-a]",
                "a{2",
                "a{3,2}",
                "a{1000}",
                "(a{100}){100}",
                "^*",
                "(?i)a",
                "[[:alpha:]]",
                "\\",
                "(" * 50 + ")" * 50,
            ),
        ):
            self.assertRaises(ValueError, expressions.add, text.encode(), 2)
        self.assertEqual([expressions.find(wire(each)) for each in ("x", "a")], [1, 0])

    def test_nothingOften(self) -> None:
        """To repeat nothing takes no time."""
        self.assertRaises(ValueError, _made, "(((((){255}){255}){255}){255}){255}")
        self.assertEqual(_made("(((((){255}){255}){255}){255}){255}x").find(wire("x")), 1)

    def test_all(self) -> None:
        """The positions of all together are bounded."""
        expressions = Expressions()
        with self.assertRaises(ValueError):
            for line in range(1, 100):
                expressions.add(b"a{200}%d" % line, line)
        self.assertEqual(expressions.find(wire("a")), 0)
