"""Queries in a file."""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from dotchain.rehearsal.queryline import queryLine


class QueryLineTests(SynchronousTestCase):
    """L{queryLine}."""

    def read(self, text: str) -> tuple[str, ...] | None:
        """Name, type, client and front."""
        found = queryLine(text)
        return found and (found.name, found.type, found.client, found.front)

    def test_words(self) -> None:
        """One to four words; what is left out has its usual value."""
        self.assertEqual(self.read("a.example"), ("a.example", "A", "127.0.0.1", ""))
        self.assertEqual(self.read("a.example aaaa"), ("a.example", "AAAA", "127.0.0.1", ""))
        self.assertEqual(
            self.read(" a.example MX 2001:DB8::1 lan # why"), ("a.example", "MX", "2001:db8::1", "lan")
        )

    def test_nothing(self) -> None:
        """Empty lines and comments are no queries."""
        self.assertIsNone(self.read(""))
        self.assertIsNone(self.read("  # a.example"))

    def test_wrong(self) -> None:
        """What can't be asked is a ValueError."""
        for text in ("a..b", "a NOTYPE", "a A me", "a A 127.0.0.1 lan more", "{", "{}", '{"name": 1}'):
            self.assertRaises(ValueError, queryLine, text)

    def test_logged(self) -> None:
        """What a log says of a query; a client whose address it hides is nobody."""
        said = {"name": "a.example", "type": "MX", "client": "192.0.2.7", "front": "lan", "rcode": "NOERROR"}
        self.assertEqual(self.read(json.dumps(said)), ("a.example", "MX", "192.0.2.7", "lan"))
        self.assertEqual(
            self.read(json.dumps({**said, "client": "192.0.2.0/24"})), ("a.example", "MX", "192.0.2.0", "lan")
        )
        self.assertEqual(
            self.read(json.dumps({**said, "client": "5d41402abc4b"})), ("a.example", "MX", "127.0.0.1", "lan")
        )
