"""Queries in a file."""

from __future__ import annotations

import json

from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.rehearsal.queryline import queryLine
from dotchain.stages.querylog.entry import encoded, entry
from dotchain.testing import makeAnswer, makeQuery
from dotchain.wire import Query


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
        for text in (
            "a..b",
            "a NOTYPE",
            "a AXFR",
            "a A me",
            "a A 127.0.0.1 lan more",
            "{",
            "{}",
            '{"name": 1}',
        ):
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

    def test_querylog(self) -> None:
        """The stage querylog writes such lines: of each, the question, client, front and addresses count."""
        query = makeQuery("a\\.b.Example.", "A", client=Client("192.0.2.7", "udp", "lan"))
        answer = makeAnswer(query, f"{query.name} 60 IN A 198.51.100.7")
        line = queryLine(encoded(entry(query, answer, 0.0, 0.001, "192.0.2.0/24")).decode())
        assert line is not None
        self.assertEqual((line.client, line.front, line.addresses), ("192.0.2.0", "lan", ("198.51.100.7",)))
        self.assertEqual(Query(line.wire).key[:-2], query.key[:-2])

    def test_time(self) -> None:
        """When it was asked, where the log tells; what is no time makes the line none."""
        query = makeQuery("a.example.", "A")
        written = encoded(entry(query, makeAnswer(query), 1767323045.678, 0.0, None)).decode()
        found = [queryLine(each) for each in (written, '{"name": "a"}', "a")]
        self.assertEqual([each and each.at for each in found], [1767323045.678, None, None])
        self.assertRaises(ValueError, queryLine, '{"name": "a", "time": "noon"}')

    def test_blocked(self) -> None:
        """What a stage has made up for the client is nothing that upstreams say."""
        query = makeQuery("a.example.", "A")
        answer = makeAnswer(query, "a.example. 60 IN A 0.0.0.0", errors=[(15, "on a list")])
        line = queryLine(encoded(entry(query, answer, 0.0, 0.0, None)).decode())
        assert line is not None
        self.assertEqual((line.client, line.addresses), ("127.0.0.1", ()))
