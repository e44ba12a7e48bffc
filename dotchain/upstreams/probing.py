"""Queries of our own that find out, before any client does, whether an upstream answers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import dns.name
import dns.rdatatype
from twisted.logger import Logger

from ..node import Asker, Outcome
from ..options import types
from ..resolver import ResolveError
from ..wire.answer import Answer
from ..wire.codes import RD
from ..wire.query import ask
from .forwardcore import ForwardCore

if TYPE_CHECKING:
    from ..wire.query import Query


def type_(text: str) -> str:
    """
    One type of records.

    @raise ValueError: where it is none, or several.
    """
    found = types(text)
    if len(found) != 1:
        raise ValueError(f"{text!r}: one type of record such as NS is right")
    return dns.rdatatype.to_text(dns.rdatatype.RdataType(next(iter(found))))


class Probing(Asker):
    """
    Asks an upstream the same now and then, over the connections that clients' queries have.

    Any answer is a good one, whatever its RCODE: whose fault SERVFAIL is nobody knows. So many failures
    in a row turn an upstream down, so many answers up again. Being up proves nothing: what clients'
    queries find out counts all the same.

    One that is late has failed, and still goes on as any query does: so a connection that is silent
    is found out, and left.

    @ivar sent: probes that were sent.
    @ivar failed: those without an answer in time.
    """

    _log = Logger()

    # The part of the interval by which each is early or late, so that many daemons don't probe in step.
    JITTER = 0.1

    def __init__(
        self,
        reactor: Any,
        core: ForwardCore,
        query: Query,
        *,
        every: float,
        patience: float,
        rise: int,
        fall: int,
    ) -> None:
        """
        @param every: seconds from one to the next.
        @param patience: seconds within which an answer is one; no more than until the next.
        @param rise: answers in a row by which it is up again.
        @param fall: failures in a row by which it is down.
        """
        self.name = "without a name"
        self.sent = self.failed = 0
        self._reactor = reactor
        self._core = core
        self._query = query
        self._every = every
        self._patience = min(patience, every)
        self._needed = {True: rise, False: fall}
        self._row = 0
        self._askedAt = 0.0
        # The one whose answer is awaited, by its number, and what is to be done next.
        self._awaited = 0
        self._call: Any = None
        self._running = False

    def start(self) -> None:
        """Begin, at a time of one's own."""
        if not self._running:
            self._running = True
            self._call = self._reactor.callLater(self._every * random.random(), self._probe)  # noqa: S311 - not a secret

    def stop(self) -> None:
        """Ask no more."""
        self._running = False
        self._awaited = 0
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _probe(self) -> None:
        self.sent += 1
        self._askedAt, self._awaited = self._reactor.seconds(), self.sent
        self._call = self._reactor.callLater(self._patience, self._late)
        # Neither 'rate' nor what was found out before keeps a probe back.
        asked = ForwardCore.resolve(self._core, self._query, False)
        if isinstance(asked, Answer):
            self._learn("")
        else:
            asked.tell(self, self.sent)

    def land(self, query: Query, outcome: Outcome, state: object) -> Outcome:
        """See L{Asker.land}."""
        if state == self._awaited:
            self._learn("" if isinstance(outcome, Answer) else _reason(outcome))
        return outcome

    def _late(self) -> None:
        self._learn(f"no answer within {self._patience:g} s")

    def _learn(self, failure: str) -> None:
        self._awaited = 0
        if self._call.active():
            self._call.cancel()
        self.failed += bool(failure)
        core, answered = self._core, not failure
        # What agrees with what is known ends a row of what does not.
        self._row = self._row + 1 if answered is core.down else 0
        if self._row >= self._needed[answered]:
            self._row, core.down = 0, not answered
            what = f"is down, as its probes fail: {failure}" if failure else "answers its probes again"
            self._log.warn("upstream {name} {what}", name=self.name, what=what)
        wait = self._every * random.uniform(1 - self.JITTER, 1 + self.JITTER)  # noqa: S311 - not a secret
        rest = self._askedAt + wait - self._reactor.seconds()
        self._call = self._reactor.callLater(max(rest, 0.0), self._probe)


def _reason(error: BaseException) -> str:
    return error.text if isinstance(error, ResolveError) else "no answer"


def probeQuery(name: dns.name.Name, kind: str) -> Query:
    """What is asked: the root without RD, as a resolver whose own way out is broken answers that, too."""
    return ask(name.to_text(), kind, flags=0 if name == dns.name.root else RD)
