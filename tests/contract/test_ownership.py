"""Bugs of stages that come with dotchain are put down to their sections, too."""

from __future__ import annotations

from typing import Any

from dotchain.fronts.front import Front
from dotchain.node import Later, Node
from dotchain.testing import makeQuery
from dotchain.wire import Answer, Query

from ..configs import ConfigCase
from ..fronts.loop import logged

INI = """
[front lan]
listen = udp://127.0.0.1:0
chain = home
[chain home]
path = special cache coalesce out
[stage cache]
{cache}
[upstream out]
address = {address}
"""


class BrokenNow:
    """A clock that fails."""

    def __call__(self) -> float:
        raise ZeroDivisionError


class Answering(Node):
    """Answers at once."""

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return Answer.bare(2)


class OwnershipTests(ConfigCase):
    """L{accuseOwner<dotchain.contract.ownership.accuseOwner>}, by way of a front."""

    def chain(self, address: str = "udp://192.0.2.1") -> tuple[Front, Any]:
        """A front, and the tree that it leads to."""
        tree = self.load(INI.format(cache="size = 1M", address=address))
        (part,) = tree.fronts
        return part.thing, tree

    def blamed(self, front: Front) -> list[str]:
        """Whom the log blames for what comes of a query."""
        events = logged(self)
        responder = front.responders["udp"]
        asked = responder.resolve(makeQuery())
        if isinstance(asked, Later):
            assert isinstance(asked.outcome, BaseException)
            asked = responder.failed(asked.outcome)
        self.assertEqual((asked.rcode, asked.errors), (2, ((0, "internal error"),)))
        self.flushLoggedErrors(ZeroDivisionError)
        return [event["who"] for event in events if "who" in event]

    def test_asking(self) -> None:
        """What raises on the way in: the innermost of those asked."""
        front, tree = self.chain()
        (upstream,) = self.named(tree, "out")
        upstream.core._now = BrokenNow()
        self.assertEqual(self.blamed(front), ["upstream out"])

    def test_package(self) -> None:
        """A stage of several files is known by each of them."""
        front, tree = self.chain()
        (cache,) = self.named(tree, "cache")
        cache.core.fetch._next = Answering()
        cache.core.fetch._now = BrokenNow()
        self.assertEqual(self.blamed(front), ["stage cache"])
