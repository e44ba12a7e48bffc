"""Tests of how operators write where servers are."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey.servers import Server, server, servers


class ServerTests(SynchronousTestCase):
    """What is a server, and what is none."""

    def test_forms(self) -> None:
        """All ways to write one."""
        for text, meant in (
            ("valkey://192.0.2.1:6380", Server("192.0.2.1", 6380)),
            ("redis://Cache.Example.ORG", Server("cache.example.org")),
            ("valkeys://[2001:db8::1]:6380/2", Server("2001:db8::1", 6380, True, number=2)),
            ("rediss://192.0.2.1/", Server("192.0.2.1", None, True)),
            ("unix:///run/valkey/valkey.sock", Server("", path="/run/valkey/valkey.sock")),
        ):
            self.assertEqual(server(text), meant, text)

    def test_shown(self) -> None:
        """It is told as it is written."""
        for text in ("valkey://192.0.2.1:6380", "valkeys://[2001:db8::1]", "unix:///run/s"):
            self.assertEqual(str(server(text)), text)

    def test_near(self) -> None:
        """Nobody else is on the way to this machine's own."""
        near = "valkey://127.0.0.1 valkey://[::1] valkey://localhost unix:///run/s"
        self.assertTrue(all(each.near for each in servers(near)))
        self.assertFalse(any(each.near for each in servers("valkey://192.0.2.1 valkeys://example.org")))

    def test_none(self) -> None:
        """What is no server is refused, with what would be right."""
        for text, told in (
            ("192.0.2.1:6379", "is no server; one is written like"),
            ("http://192.0.2.1", "is no server; one is written like"),
            ("valkey://", "is no server; one is written like"),
            ("valkey://192.0.2.1:0", "is no server; one is written like"),
            ("valkey://192.0.2.1:70000", "is no server; one is written like"),
            ("valkey://224.0.0.1", "multicast"),
            ("valkey://a_b!", "is not a DNS name"),
            ("valkey://192.0.2.1/x", "number of a database"),
            ("valkey://192.0.2.1/99999", "number of a database"),
            ("valkey://192.0.2.1?db=2", "nothing may stand behind"),
            ("valkey://:s3cret@192.0.2.1", "keys of their own"),
            ("unix://run/s", "is no UNIX socket"),
            ("unix:///", "is no UNIX socket"),
        ):
            error = self.assertRaises(ValueError, server, text)
            self.assertIn(told, str(error))
            self.assertNotIn("s3cret", str(error))

    def test_list(self) -> None:
        """None, and one twice, are refused."""
        self.assertIn("no server", str(self.assertRaises(ValueError, servers, " ")))
        twice = self.assertRaises(ValueError, servers, "valkey://192.0.2.1 redis://192.0.2.1")
        self.assertIn("twice", str(twice))
