"""What the upstreams of these tests do with a query."""

from __future__ import annotations

from ..conformance.message import SERVFAIL
from ..conformance.replies import address, byLabel, reply
from ..interop.asked import Asked, Script

known: Script = byLabel({})
"""Does as the first label says: C{ok}, C{d500} after 500 ms, C{drop} never, and so on."""


def answer(asked: Asked) -> None:
    """The right answer at once."""
    asked.send(reply(asked, (address(),)))


def fail(asked: Asked) -> None:
    """SERVFAIL."""
    asked.send(reply(asked, rcode=SERVFAIL))


def answerAndLeave(asked: Asked) -> None:
    """The right answer to the first query of a connection, close_notify and FIN."""
    answer(asked)
    asked.stream.leave()
