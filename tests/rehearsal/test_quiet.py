"""Copies of chains that leave no trace."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.script import Script
from dotchain.rehearsal.rehearsal import Rehearsal
from dotchain.wire import ask

from ..folders import written

FILE = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = special tests.configs.Slow tests.configs.Mark limit querylog split copies cache out

[chain corp]
path = types near

[stage limit]
rate = 1/s
burst = 1
over = refuse

[stage querylog]
file = q.log

[stage split]
kind = route
rules = corp.example -> corp

[stage types]
empty = AAAA

[stage copies]
kind = mirror
to = near

[upstream out]
address = tls://9.9.9.9
name = dns.quad9.net

[upstream near]
address = udp://192.168.1.1
"""


class QuietTests(SynchronousTestCase):
    """L{QuietCopies<dotchain.rehearsal.quiet.QuietCopies>}, by way of what asks them."""

    def setUp(self) -> None:
        """A chain with stages that count, write and copy, an operator's own among them."""
        self.file = written(self, FILE)
        self.rehearsal = Rehearsal(str(self.file))
        self.rehearsal.begin(Script())

    def asked(self, name: str, kind: str = "A") -> tuple[int, list[str]]:
        """The RCODE that a client gets, and the upstreams that were asked."""
        self.rehearsal.asked.clear()
        answer = self.rehearsal.answer(self.rehearsal.query(ask(name, kind).wire, "lan", "127.0.0.1"))
        self.rehearsal.clock.advance(1)
        return answer.rcode, [*self.rehearsal.asked]

    def test_ways(self) -> None:
        """Each query goes the way that it would go, through an operator's own stages and branches, too."""
        self.assertEqual(self.asked("www.example"), (0, ["upstream out"]))
        self.assertEqual(self.asked("www.corp.example"), (0, ["upstream near"]))
        self.assertEqual(self.asked("www.corp.example", "AAAA"), (0, []))
        self.assertEqual(self.asked("x.onion"), (3, []))

    def test_nothing(self) -> None:
        """Nobody is limited, nothing is logged, copied or counted."""
        for _ in range(5):
            self.assertEqual(self.asked("www.example"), (0, ["upstream out"]))
        counts = {
            name: getattr(part.thing, name)
            for part in self.rehearsal.tree.parts
            for name in ("decided", "logged", "copied", "hits")
            if hasattr(part.thing, name)
        }
        self.assertEqual(set(counts.values()), {0})
        self.assertEqual([each.name for each in self.file.parent.iterdir()], [self.file.name])
