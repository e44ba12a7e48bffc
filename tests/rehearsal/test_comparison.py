"""Two files that decide differently."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timezone

from twisted.trial.unittest import SynchronousTestCase

from dotchain.rehearsal.comparison import Comparison, Difference, Unreadable
from dotchain.rehearsal.rehearsal import Rehearsal

from ..folders import written
from .files import FILE


class ComparisonTests(SynchronousTestCase):
    """L{Comparison}."""

    def compared(self, new: str, *lines: str) -> list[Difference | Unreadable]:
        """What differs between L{FILE} and another file."""
        rehearsals = [Rehearsal(str(written(self, text))) for text in (FILE, new)]
        self.comparison = Comparison(*rehearsals)
        return list(self.comparison.differences(lines))

    def told(self, found: Iterable[Difference | Unreadable]) -> list[tuple[str, str | None, str | None]]:
        """The name, and what each made of it."""
        return [
            (each.line.name, each.old.outcome if each.old else None, each.new.outcome if each.new else None)
            for each in found
            if isinstance(each, Difference)
        ]

    def test_same(self) -> None:
        """The same file, written otherwise, decides the same."""
        lines = (
            "www.example.org",
            "x.lan AAAA",
            "a.example TXT 192.0.2.3",
            "# none",
            "",
            "b.example A 127.0.0.1 dot",
        )
        self.assertEqual(self.compared(FILE + "; more\n", *lines), [])
        self.assertEqual((self.comparison.asked, self.comparison.different), (4, 0))

    def test_answers(self) -> None:
        """Another answer."""
        found = self.compared(
            FILE.replace("also = lan", "also = lan internal"), "x.internal", "x.lan", "x.org"
        )
        self.assertEqual(self.told(found), [("x.internal", "NODATA", "NXDOMAIN, EDE 15: listed here")])
        (difference,) = found
        assert isinstance(difference, Difference)
        assert difference.old is not None
        assert difference.new is not None
        self.assertEqual((difference.old.askedUpstreams, difference.new.decidedBy), (["out"], ["special"]))

    def test_upstreams(self) -> None:
        """The same answer of another upstream."""
        found = self.compared(FILE.replace("over = out other", "over = other out"), "x.example")
        self.assertEqual(self.told(found), [("x.example", "NODATA", "NODATA")])

    def test_clients(self) -> None:
        """Who asks, and by which front, counts."""
        new = FILE.replace("192.0.2.0/24\n\n", "192.0.2.128/25\n\n").replace("empty = AAAA", "empty = A")
        lines = ("a. TXT 192.0.2.1", "b. TXT 192.0.2.200", "c. A 127.0.0.1 dot", "d. MX 127.0.0.1 dot")
        self.assertEqual([name for name, _, _ in self.told(self.compared(new, *lines))], ["a.", "c."])

    def test_noFront(self) -> None:
        """A front that one of the files lacks decides nothing there; one that both lack is the same."""
        new = FILE.replace("[front dot]", "[front tls]")
        found = self.compared(new, "a. A 127.0.0.1 dot", "b. A 127.0.0.1 nowhere")
        self.assertEqual(self.told(found), [("a.", "NODATA", None)])

    def test_unreadable(self) -> None:
        """Lines that are no queries are told, and the others asked."""
        found = self.compared(FILE, "a. WRONG", "b. A 1.2.3", "a b c d e", "{", "x.example")
        self.assertEqual([each.number for each in found if isinstance(each, Unreadable)], [1, 2, 3, 4])
        self.assertEqual((self.comparison.asked, self.comparison.unreadable), (1, 4))

    def test_time(self) -> None:
        """Each line of a log is decided as of its own time, which is local time to matches."""
        new = FILE.replace("match = client:192.0.2.0/24", "match = client:192.0.2.0/24 time:mon,22:00-24:00")
        said = {"name": "a.example", "type": "TXT", "client": "192.0.2.7", "front": "lan"}
        times = [datetime(2026, 3, 2, hour).astimezone(timezone.utc) for hour in (21, 23)]
        lines = [json.dumps({**said, "time": each.isoformat()}) for each in times]
        found = self.compared(new, *lines)
        self.assertEqual(
            [each[1:] for each in self.told(found)], [("REFUSED, EDE 17: type refused here", "NODATA")]
        )
        self.assertEqual(
            [each.line.at for each in found if isinstance(each, Difference)], [times[0].timestamp()]
        )

    def test_addresses(self) -> None:
        """What a log says of addresses is what upstreams answer, and so what answers are judged by."""
        new = (
            FILE.replace("path = special kids", "path = special answers kids")
            + "[stage answers]\ndeny = private\n"
        )
        said = {"name": "a.example", "type": "A", "front": "lan"}
        lines = [json.dumps({**said, "addresses": [each]}) for each in ("10.0.0.1", "198.51.100.1")]
        found = self.compared(new, *lines, "a.example")
        self.assertEqual(len(found), 1)
        self.assertIn(("a.example", "NOERROR, A 10.0.0.1"), [each[:2] for each in self.told(found)])
