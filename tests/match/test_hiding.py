"""Rules that never win, since another one before them does."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.api import Value, rules
from dotchain.options import LineError


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
