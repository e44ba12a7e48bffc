"""Rules that never win, since another one before them does."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import Value, match, rules
from dotchain.match.hiding import Earlier
from dotchain.match.rules import Rule, Rules
from dotchain.options import LineError
from dotchain.testing import makeQuery

NAMES = (
    ".",
    "test.",
    "example.",
    "corp.example.",
    "www.corp.example.",
    "a.www.corp.example.",
    "www.example.",
)
ASKED = [makeQuery(name, qtype) for name in NAMES for qtype in ("A", "MX")]
TEXTS = (
    *(".", "example", "corp.example", "www.corp.example", "=corp.example", "*.example", "*.corp.example"),
    *("type:A", "!type:A", "corp.example type:A", "!corp.example", "/corp/", "example. !www.example"),
)


class HidingTests(SynchronousTestCase):
    """Which line hides which."""

    def hides(self, earlier: str, later: str) -> bool:
        """Whether a later line never wins behind an earlier one, whatever stands between them."""
        text = f"a.example -> x\n{earlier} -> x\nb.test -> x\n{later} -> y"
        try:
            rules(Value(text))
        except LineError as error:
            self.assertIn(f"{later} -> y' never decides: '{earlier} -> x'", str(error))
            return True
        return False

    def test_plain(self) -> None:
        """Of plain names only the same one, in whatever case: the longest wins anyway."""
        self.assertTrue(self.hides("corp.example", "CORP.example."))
        self.assertFalse(self.hides("corp.example", "www.corp.example"))
        self.assertFalse(self.hides("www.corp.example", "corp.example"))
        self.assertFalse(self.hides(".", "corp.example"))

    def test_withinPlain(self) -> None:
        """What is within a plain name and more than one never comes to its turn."""
        for later in ("=www.corp.example", "*.corp.example", "*.a.corp.example", "corp.example type:A"):
            self.assertTrue(self.hides("corp.example", later), later)
            self.assertTrue(self.hides(".", later), later)
        for later in ("=notcorp.example", "*.example", "type:A", "!corp.example", "/corp/"):
            self.assertFalse(self.hides("corp.example", later), later)

    def test_root(self) -> None:
        """The root is every name, so that nothing comes to its turn behind it but names by themselves."""
        for later in ("client:127.0.0.2", "type:A", "!corp.example", "/corp/", "time:sat"):
            self.assertTrue(self.hides(".", later), later)
            self.assertFalse(self.hides(". type:MX", later), later)
        self.assertTrue(self.hides(". type:A", "type:A client:192.0.2.1"))

    def test_time(self) -> None:
        """Times within earlier ones."""
        self.assertTrue(self.hides("time:mon-fri", "time:tue,08:00-18:00"))
        self.assertTrue(self.hides("time:fri,22:00-06:00", "time:sat,01:00-02:00"))
        self.assertTrue(self.hides("!time:sat", "time:mon-fri,08:00-18:00"))
        self.assertFalse(self.hides("time:mon-fri", "time:fri,22:00-06:00"))

    def test_others(self) -> None:
        """Among all others, what implies an earlier one."""
        self.assertTrue(self.hides("type:A,AAAA", "corp.example type:A"))
        self.assertTrue(self.hides("*.example", "www.corp.example"))
        self.assertTrue(self.hides("client:192.0.2.0/24", "client:192.0.2.1"))
        self.assertFalse(self.hides("client:192.0.2.1", "client:192.0.2.0/24"))
        self.assertFalse(self.hides("corp.example type:A", "corp.example"))

    def test_behindPlain(self) -> None:
        """What stands behind a plain name is asked after it and all longer ones: it hides none of these."""
        rules(Value("corp.example -> a\n*.example -> b\nwww.corp.example -> c"))
        with self.assertRaisesRegex(LineError, "never decides: '\\*.example -> b'"):
            rules(Value("*.example -> b\ncorp.example -> a\nwww.corp.example -> c"))

    @example(["corp.example", "*.example", "www.corp.example"])
    @given(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=5))
    def test_neverWins(self, texts: list[str]) -> None:
        """What is said to be hidden wins nowhere, whatever stands before it in whatever order."""
        earlier = Earlier()
        for line, text in enumerate(texts):
            rule = Rule(match(Value(text)), text, text, line)
            hiding = earlier.hiding(rule)
            earlier.add(rule)
            if hiding is not None:
                found = [Rules(earlier.rules).find(query) for query in ASKED]
                self.assertNotIn(rule, found)
