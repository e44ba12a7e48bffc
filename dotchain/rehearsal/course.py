"""What became of a query: who was asked, who decided, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

import dns.rcode
import dns.rdatatype
from twisted.python.failure import Failure

from ..contract.faults import blame
from ..contract.violations import InvalidResult
from ..explain.tracing import Call
from ..resolver import ResolveError, Stage
from ..stages.behind import following
from ..wire import DROP, Answer
from .scripted import ScriptedUpstream

# Extended DNS errors of what policy keeps from a client (RFC 8914 section 4): blocked, censored, filtered.
_BLOCKED = frozenset((15, 16, 17))
_BLOCKING = frozenset(("block", "rpz"))
# Records of an answer that are told.
_MOST = 8


class Course:
    """
    One query.

    @ivar answer: what the client gets; L{DROP} for nothing.
    @ivar calls: who was asked, in that order.
    @ivar deciders: whose word it is, the first one asked first: those on the way of the answer who asked
        nobody, made another one of what they got, or asked another resolver than their next one.
    """

    def __init__(self, front: str, question: bytes, answer: Answer, calls: Sequence[Call]) -> None:
        self.front = front
        self.question = question
        self.answer = answer
        self.calls = calls
        self.deciders = _deciders(calls)

    @property
    def blocked(self) -> bool:
        """Whether policy keeps the client from what there is."""
        told = any(code in _BLOCKED for code, _ in self.answer.errors)
        return told or any(getattr(each.part, "kind", "") in _BLOCKING for each in self.deciders)

    @property
    def decidedBy(self) -> list[str]:
        """The names of those who decided; the front where it did not even ask."""
        return [each.step["name"] for each in self.deciders] if self.calls else [self.front]

    @property
    def askedUpstreams(self) -> list[str]:
        """The names of the upstreams over the network that it came to, each once."""
        asked = [each.step["name"] for each in self.calls if isinstance(each.part, ScriptedUpstream)]
        return list(dict.fromkeys(asked))

    @property
    def path(self) -> str:
        """Who was asked, and what they say of it: C{lan -> special -> ads (line 3 of ads.txt) decided}."""
        words = [self.front if self.calls else f"{self.front} decided: may not ask"]
        return " -> ".join([*words, *(self._told(each) for each in self.calls)])

    def _told(self, call: Call) -> str:
        step = call.step
        told = f" ({step['told']})" if step["told"] else ""
        error = self._failure(call)
        decided = " decided" if call in self.deciders else ""
        return f"{step['name']}{told}{decided if error is None else f' failed: {_why(error)}'}"

    def _failure(self, call: Call) -> BaseException | None:
        """Its own failure, and of nobody whom it has asked."""
        if not isinstance(call.outcome, Failure):
            return None
        error = call.outcome.value
        behind = [
            each.outcome for each in self.calls if any(each.step is step for step in call.step["steps"])
        ]
        return None if any(isinstance(each, Failure) and each.value is error for each in behind) else error

    @property
    def records(self) -> list[tuple[str, str]]:
        """Type and data, in presentation form, of each record of the answer section."""
        if self.answer is DROP:
            return []
        return [
            (dns.rdatatype.to_text(rrset.rdtype), str(rdata))
            for rrset in self.answer.message(self.question).answer
            for rdata in sorted(rrset)
        ]

    @property
    def outcome(self) -> str:
        """What the client gets, in a few words: C{NOERROR, A 192.0.2.1}, C{NXDOMAIN, EDE 15: on ads.txt}."""
        answer = self.answer
        if answer is DROP:
            return "no answer, on purpose"
        words = [dns.rcode.to_text(dns.rcode.Rcode.make(answer.rcode))]
        if answer.rcode == dns.rcode.NOERROR and answer.negative:
            words = ["NODATA"]
        records = self.records
        words += [" ".join(each) for each in records[:_MOST]]
        words += [f"{len(records) - _MOST} more"] if len(records) > _MOST else []
        words += [f"EDE {code}{': ' * bool(text)}{text}" for code, text in answer.errors]
        return ", ".join(words)


def _deciders(calls: Sequence[Call]) -> list[Call]:
    by = {id(each.step): each for each in calls}
    found = []
    call = calls[0] if calls else None
    while call is not None:
        below = [by[id(step)] for step in call.step["steps"] if id(step) in by]
        passing = [each for each in below[::-1] if _passesOn(call, each)]
        passed = passing[0] if passing else None
        if _decides(call, passing) and not isinstance(call.part, ScriptedUpstream):
            found.append(call)
        call = passed or (below[-1] if below else None)
    return found


def _decides(call: Call, passing: Sequence[Call]) -> bool:
    """
    Whether somebody's word it is what he answers.

    @param passing: those whose answers he may just have given.
    """
    if not isinstance(call.part, Stage):
        return not passing
    usual = following(call.part)
    return usual is None or not any(each.resolver is usual for each in passing)


def _why(error: BaseException) -> str:
    """Why there is no answer; whoever rehearses is to read all of it."""
    if isinstance(error, InvalidResult):
        return str(error)
    return error.text if isinstance(error, ResolveError) else blame(error)


def _passesOn(call: Call, below: Call) -> bool:
    """Whether one gives what another has given it, for the same question."""
    if call.query.question != below.query.question:
        return False
    mine, theirs = call.outcome, below.outcome
    if isinstance(mine, Answer) and isinstance(theirs, Answer):
        return same(mine, theirs)
    if isinstance(mine, Failure) and isinstance(theirs, Failure):
        return mine.value is theirs.value
    return mine is theirs


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers to a question say the same, whatever their TTLs."""
    if one is other:
        return True
    if DROP in (one, other) or (one.rcode, one.errors, one.counts) != (
        other.rcode,
        other.errors,
        other.counts,
    ):
        return False
    return one.body == other.body or one.lasting(0).body == other.lasting(0).body
