"""A query in the place of a client's, as authors of stages make it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.client import Client
from dotchain.wire import Query

from .vectors import opt, query

OPTION = b"\0\x0a\0\x08" + bytes(8)


class AboutTests(SynchronousTestCase):
    """L{Query.about}."""

    def test_client(self) -> None:
        """What is asked in the place of a client's query is of this client, flags, DO and options too."""
        client = Client("192.0.2.1", "tls", "lan")
        given = Query(query(opt((10, bytes(8)), flags=0x8000), flags=0x0110), client)
        for kind in ("MX", 15):
            made = given.about("Other.example", kind)
            self.assertEqual((str(made.name), made.type, made.flags), ("Other.example.", 15, 0x0110))
            assert made.edns is not None
            self.assertEqual((made.client, made.edns.options), (client, OPTION))
            self.assertEqual(made.key[-2:], given.key[-2:])
        self.assertEqual(given.about(given.name).question, given.question)

    def test_mistakes(self) -> None:
        """What is no name or no type is a ValueError, or a TypeError."""
        given = Query(query())
        for name, kind in (("a..b", "A"), ("ok.t", "NONSENSE"), ("ok.t", 65536), ("ok.t", -1)):
            self.assertRaises(ValueError, given.about, name, kind)
        for wrong in (None, b"ok.t"):
            self.assertRaises(TypeError, given.about, wrong)
        self.assertRaises(TypeError, given.about, "ok.t", 1.5)
