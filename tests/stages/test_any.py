"""The stage C{any}."""

from __future__ import annotations

from typing import Any

from zope.interface.verify import verifyObject

from dotchain.client import Client
from dotchain.interfaces import IResolver
from dotchain.options import OptionError
from dotchain.stages.any import AnyType
from dotchain.testing import Scripted, StageCase, both, makeAnswer, makeQuery, recordsOf
from dotchain.wire import Answer, Query
from dotchain.wire.codes import AA, AD, NXDOMAIN, RA

from ..wire import vectors

FOO = "foo.example.org."
ASKED = makeQuery(FOO, "ANY", client=Client("192.0.2.1", "udp"))
MANY = (
    f"{FOO} 300 IN A 192.0.2.1",
    f"{FOO} 300 IN TXT text",
    f"{FOO} 300 IN RRSIG TXT 8 3 300 20300101000000 20200101000000 1 example.org. AAAA",
    f"{FOO} 300 IN A 192.0.2.2",
    f"{FOO} 300 IN RRSIG A 8 3 300 20300101000000 20200101000000 1 example.org. AAAA",
)


@both
class AnyTests(StageCase):
    """Questions of type ANY, and others."""

    def stage(self, *script: Any, **options: Any) -> tuple[AnyType, Scripted]:
        """A stage, and who comes behind it."""
        behind = self.scripted(*script or (makeAnswer(ASKED, *MANY, flags=AA | AD),))
        return AnyType(behind, None, **options), behind  # type: ignore[arg-type]

    def asked(self, query: Query = ASKED, **options: Any) -> tuple[Answer, int]:
        """The answer, and how often the next resolver was asked."""
        stage, behind = self.stage(**options)
        return self.settled(stage.resolve(query), behind), len(behind.asked)

    def test_interfaces(self) -> None:
        """It is a resolver of a kind."""
        verifyObject(IResolver, self.stage()[0])
        self.assertEqual((AnyType.kind, AnyType.role), ("any", "stage"))

    def test_hinfo(self) -> None:
        """A HINFO record of RFC 8482 section 4.2, which nobody is asked for."""
        answer, count = self.asked(ttl=600.0)
        self.assertEqual(recordsOf(ASKED, answer), [[f'{FOO} 600 IN HINFO "RFC8482" ""'], [], []])
        self.assertEqual((answer.rcode, answer.flags, answer.ttl, count), (0, RA, 600, 0))

    def test_classes(self) -> None:
        """The record is of the class asked for; of any class, it is IN."""
        for asked, expected in (("CH", "CH"), ("ANY", "IN")):
            query = makeQuery(FOO, "ANY", dnsClass=asked, client=ASKED.client)
            answer, _ = self.asked(query)
            self.assertIn(f" {expected} HINFO", recordsOf(query, answer)[0][0])

    def test_others(self) -> None:
        """Questions for one type, HINFO itself among them, are passed on."""
        for kind in ("A", "HINFO", "TYPE511", "RRSIG"):
            answer, count = self.asked(makeQuery(FOO, kind, client=ASKED.client))
            self.assertEqual((answer.counts[:2], count), (b"\0\5", 1))

    def test_signed(self) -> None:
        """A signed question can't be answered here (RFC 8945 section 5.5)."""
        question = vectors.QUESTION[:-4] + b"\0\xff\0\1"
        _, count = self.asked(Query(vectors.query(vectors.TSIG, question=question), ASKED.client))
        self.assertEqual(count, 1)

    def test_subset(self) -> None:
        """One RRset, whole, with its signature, wherever its records stand; AD goes, as it was changed."""
        answer, _ = self.asked(answer="subset")
        self.assertEqual(recordsOf(ASKED, answer), [sorted(MANY[at] for at in (0, 3, 4)), [], []])
        self.assertEqual(answer.flags, RA | AA)

    def test_nothingToChoose(self) -> None:
        """Answers of one record, failures, signatures alone and very long answers stay as they are."""
        for said in (
            makeAnswer(ASKED, MANY[0], authority=["example.org. 300 IN NS ns.example.org."]),
            makeAnswer(ASKED, *MANY, rcode=NXDOMAIN),
            makeAnswer(ASKED, MANY[2], MANY[4]),
            Answer.parse(vectors.response(vectors.record(1, b"x"), vectors.record(1, b"x"))),
            Answer.parse(vectors.response(*[vectors.record(*vectors.RECORD)] * 300)),
        ):
            stage, behind = self.stage(said, answer="subset")
            self.assertIs(self.settled(stage.resolve(ASKED), behind), said)

    def test_transports(self) -> None:
        """Over some transports it may be as ever (RFC 8482 section 4.4)."""
        for transport, count in (("udp", 0), ("tcp", 1), ("tls", 1)):
            query = makeQuery(FOO, "ANY", client=Client("192.0.2.1", transport))
            self.assertEqual(self.asked(query, transports=frozenset(["udp"]))[1], count)
        self.assertRaises(OptionError, self.stage, transports=frozenset())

    def test_explain(self) -> None:
        """What is told of a question: what it gets, or nothing where it is passed on as it is."""
        self.assertEqual(self.stage()[0].explain(ASKED), "ANY: a made-up HINFO record")
        self.assertEqual(self.stage(answer="subset")[0].explain(ASKED), "ANY: one RRset of what there is")
        self.assertEqual(self.stage()[0].explain(makeQuery(FOO, "A", client=ASKED.client)), "")
        self.assertEqual(self.stage(transports=frozenset(["tls"]))[0].explain(ASKED), "")

    def test_replays(self) -> None:
        """What may be remembered without it may be with it."""
        for replays in (False, True):
            behind = self.scripted(makeAnswer(ASKED), replays=replays)
            self.assertEqual(AnyType(behind, None).replays, replays)  # type: ignore[arg-type]
