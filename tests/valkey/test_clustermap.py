"""Tests of what a node of a cluster tells of the others."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey.clustermap import MOST, Range, ranges, redirection
from dotchain.valkey.servers import Server
from dotchain.valkey.slots import slotOf

ASKED = Server("192.0.2.1", 6379, True)


class MapTests(SynchronousTestCase):
    """Slots, their owners, and ways to others."""

    def test_slots(self) -> None:
        """CRC16 of the key, or of what is in its first braces, as the specification of clusters has it."""
        self.assertEqual(slotOf(b"123456789"), 0x31C3)
        self.assertEqual(slotOf(b"{user1000}.following"), slotOf(b"user1000"))
        self.assertEqual(slotOf(b"foo{bar}{zap}"), slotOf(b"bar"))
        self.assertEqual(slotOf(b"foo{{bar}}zap"), slotOf(b"{bar"))
        self.assertNotEqual(slotOf(b"foo{}{bar}"), slotOf(b"bar"))
        self.assertNotEqual(slotOf(b"foo{bar"), slotOf(b"bar"))

    def test_ranges(self) -> None:
        """Owners come first, with replicas behind; one without an address is who tells it."""
        reply = [
            [0, 100, [b"192.0.2.2", 7000, b"id", []], [b"192.0.2.9", 7009, b"id", []]],
            [101, 16383, [None, 7001, b"id"]],
        ]
        self.assertEqual(
            ranges(ASKED, reply),
            [
                Range(0, 100, Server("192.0.2.2", 7000, True)),
                Range(101, 16383, Server("192.0.2.1", 7001, True)),
            ],
        )

    def test_nonsense(self) -> None:
        """What makes no sense is refused, whatever it is."""
        many = [[each, each, [b"192.0.2.2", 1 + each]] for each in range(MOST + 1)]
        replies: list[Any] = [None, 5, b"x", [5], [[0]], [[0, 1]], [[0, 1, []]], [[0, 1, 5]], many]
        replies += [[[0, 1, [b"192.0.2.2", port]]] for port in (None, 0, 65536, b"1")]
        replies += [[[0, 1, [host, 7000]]] for host in (b"a b", 5, "\N{SNOWMAN}", "\N{SNOWMAN}".encode())]
        replies += [
            [[first, last, [b"192.0.2.2", 7000]]] for first, last in ((-1, 1), (2, 1), (0, 16384), (b"0", 1))
        ]
        for reply in replies:
            self.assertRaises(ValueError, ranges, ASKED, reply)

    def test_redirection(self) -> None:
        """MOVED and ASK lead somewhere else, and nothing else does."""
        for text, host in (
            ("MOVED 3999 192.0.2.2:7000", "192.0.2.2"),
            ("ASK 3999 cache.example.org:7000", "cache.example.org"),
            ("MOVED 3999 2001:db8::1:7000", "2001:db8::1"),
            ("MOVED 3999 :7000", "192.0.2.1"),
        ):
            self.assertEqual(redirection(ASKED, text), Server(host, 7000, True))
        for text in (
            "ERR no",
            "MOVED",
            "MOVED 1 x",
            "MOVED 1 a:b",
            "MOVED 1 a:99999999999",
            "MOVED 1 a b:1",
            "",
        ):
            self.assertIsNone(redirection(ASKED, text), text)
