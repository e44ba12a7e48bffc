"""Tests of addresses in turn."""

from __future__ import annotations

from typing import Any

import dns.rdatatype

from dotchain.stages.cache.rotate import rotated
from dotchain.testing import both, makeAnswer, makeQuery, recordsOf
from dotchain.wire import Answer

from .cachecase import FOO, CacheCase

ROTATE: dict[str, Any] = {"rotate": True}


def addresses(answer: Answer, kind: str = "A") -> list[str]:
    """The addresses in the order of the message."""
    message = answer.message(FOO.question)
    return [
        data.to_text()
        for rrset in message.answer
        if rrset.rdtype == dns.rdatatype.from_text(kind)
        for data in rrset
    ]


def hosts(*numbers: int, owner: str = "foo.example.org.") -> list[str]:
    """Address records."""
    return [f"{owner} 300 IN A 192.0.2.{number}" for number in numbers]


@both
class RotateTests(CacheCase):
    """The option rotate."""

    def test_inTurn(self) -> None:
        """Each second another address is the first, and within a second it stays."""
        self.cache(makeAnswer(FOO, *hosts(1, 2, 3)), **ROTATE)
        first = [addresses(self.ask(after=after))[0][-1] for after in (0, 0, 1, 0.5, 1, 1)]
        self.assertEqual("".join(first), "112231")

    def test_off(self) -> None:
        """By default the order is the upstream's."""
        self.cache(makeAnswer(FOO, *hosts(2, 1, 3)))
        for _ in range(4):
            self.assertEqual([each[-1] for each in addresses(self.ask(after=1))], ["2", "1", "3"])

    def test_alias(self) -> None:
        """The addresses behind an alias rotate, the alias stays in front."""
        alias = "foo.example.org. 300 IN CNAME bar.example.org."
        answer = makeAnswer(FOO, alias, *hosts(1, 2, owner="bar.example.org."))
        self.assertEqual([each[-1] for each in addresses(rotated(answer))], ["2", "1"])
        self.assertEqual(recordsOf(FOO, rotated(answer)), recordsOf(FOO, answer))

    def test_ipv6(self) -> None:
        """IPv6 addresses rotate, too."""
        query = makeQuery(kind="AAAA")
        answer = makeAnswer(query, *[f"foo.example.org. 300 IN AAAA 2001:db8::{number}" for number in (1, 2)])
        self.assertEqual(addresses(rotated(answer), "AAAA"), ["2001:db8::2", "2001:db8::1"])

    def test_others(self) -> None:
        """Records that may hold names, single records and empty answers stay as they are."""
        for records in (
            ["foo.example.org. 300 IN MX 1 a.example.org.", "foo.example.org. 300 IN MX 2 b.example.org."],
            hosts(1),
            [],
        ):
            answer = makeAnswer(FOO, *records)
            self.assertIs(rotated(answer), answer)
