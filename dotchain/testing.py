"""
All that a test of a stage needs: a next resolver that follows a script, a clock that it turns, no socket.

Queries and answers are given as text, such as C{www.example.org. AAAA} and C{www.example.org. 300 IN A
192.0.2.1}, as the octets of a message, or as they are: see C{docs/stages.rst}.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property, partial, wraps
from inspect import iscoroutinefunction
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar, cast

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from twisted.internet.defer import Deferred, ensureDeferred, fail
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from .api import NOBODY, REQUIRED, Answer, Client, IResolver, Query, Result, Stage, Value
from .asyncthread import THREAD
from .coroutine import AwaitingResolver
from .resolver import servfail

Said = Answer | Exception | bytes | str
Line = Said | Callable[[Query], Said]
"""
What a script says: an answer, a failure, or what makes one of the query.

An answer may be the octets of a response, or text: the name of an RCODE, or the lines of the answer
section as a master file has them, none for no record.
"""

Asked = Query | bytes | str
"""A query, the octets of one, or a name and perhaps a type: C{www.example.org. AAAA}."""

SOA = "example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60"
"""A record that the authority section of a negative answer may have."""

# Real seconds that a coroutine of asyncio's may take in a test.
_PATIENCE = 5.0

Made = TypeVar("Made", bound=Stage)


class VirtualReactor(MemoryReactorClock):
    """
    A reactor without sockets, whose time goes on by C{advance(seconds)} alone, and to which threads may
    hand what they have done.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._handed: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def callFromThread(self, callable: Callable[..., object], *args: object, **kwargs: object) -> None:
        """See L{IReactorFromThreads <twisted.internet.interfaces.IReactorFromThreads>}."""
        self._handed.put(partial(callable, *args, **kwargs))

    def settleThreads(self) -> None:
        """Wait in real time for what L{fromAsyncio <dotchain.api.fromAsyncio>} runs, and take it."""
        while THREAD.pending:
            self._handed.get(timeout=_PATIENCE)()


@implementer(IResolver)
class Scripted:
    """
    A resolver that gives the lines of its script, the last one for ever.

    @ivar asked: the queries that came.
    @ivar pending: those not yet answered, with their lines; only where it answers later.
    """

    def __init__(self, *script: Line, later: bool = False, replays: bool = True) -> None:
        """@param later: whether it waits for L{fire} before it answers."""
        self.script = list(script)
        self.later = later
        self.replays = replays
        self.asked: list[Query] = []
        self.pending: list[tuple[Deferred[Answer], Answer | Exception]] = []

    def resolve(self, query: Query) -> Result:
        """The next line of the script."""
        self.asked.append(query)
        line = self.script[0] if len(self.script) == 1 else self.script.pop(0)
        said = answerOf(query, line(query) if callable(line) else line)
        if self.later:
            waiting: Deferred[Answer] = Deferred()
            self.pending.append((waiting, said))
            return waiting
        return fail(said) if isinstance(said, Exception) else said

    def fire(self, index: int = 0) -> None:
        """Answer one of those that wait."""
        waiting, said = self.pending.pop(index)
        if isinstance(said, Exception):
            waiting.errback(said)
        else:
            waiting.callback(said)

    def fireAll(self) -> None:
        """Answer all that wait, and those that come by it."""
        while self.pending:
            self.fire()


class StageCase(SynchronousTestCase):
    """
    Tests of a stage; decorated with L{both} they run with either sort of next resolver.

    @ivar later: whether the next resolver answers later.
    @ivar next: the next resolver of the stage that was L{made} last.
    """

    later = False
    next: Scripted

    if TYPE_CHECKING:
        # Twisted's own have no types, which strict type checkers complain of.
        assertAlmostEqual: Any
        assertApproximates: Any
        assertEqual: Any
        assertFalse: Any
        assertIn: Any
        assertIs: Any
        assertIsInstance: Any
        assertIsNone: Any
        assertIsNot: Any
        assertNoResult: Any
        assertNotEqual: Any
        assertNotIn: Any
        assertNotIsInstance: Any
        assertRaises: Any
        assertTrue: Any
        failureResultOf: Any
        flushLoggedErrors: Any
        mktemp: Any
        patch: Any

    @cached_property
    def clock(self) -> VirtualReactor:
        """The reactor of the stages."""
        return VirtualReactor()

    def made(self, kind: type[Made], *script: Line, **options: str) -> Made:
        """
        A stage, made as the daemon makes it: the values are text as in an INI file, read by its options.

        @param script: what the next resolver says.
        @raise ValueError: for a value that is refused, or one that is missing.
        """
        self.next = self.scripted(*script or ("",))
        values = {}
        for key, option in kind.options.items():
            text = options.pop(key.replace("-", "_"), option.default)
            if text is REQUIRED:
                raise ValueError(f"the option {key!r} is missing")
            values[key.replace("-", "_")] = None if text is None else option.read(Value(text))
        if options:
            raise ValueError(f"{kind.__name__} has no option {' or '.join(map(repr, options))}")
        awaits = iscoroutinefunction(kind.resolve)
        return kind(AwaitingResolver(self.next) if awaits else self.next, self.clock, **values)

    def answered(self, stage: Stage, asked: Asked, client: Client = NOBODY) -> Answer:
        """
        What a client gets of a stage once next has said all that it has to say: where the stage fails,
        the SERVFAIL that this comes to.
        """
        settled = self.settling(stage, asked, client)
        self.next.fireAll()
        while THREAD.pending:
            self.clock.settleThreads()
            self.next.fireAll()
        return self.successResultOf(settled.addErrback(servfail))

    def settling(self, stage: Stage, asked: Asked, client: Client = NOBODY) -> Deferred[Answer]:
        """The same before it is settled, for tests that turn the clock meanwhile."""
        result: Awaitable[Answer] = stage.resolve(queryOf(asked, client))
        return result if isinstance(result, Deferred) else ensureDeferred(_awaited(result))

    def scripted(self, *script: Line, replays: bool = True) -> Scripted:
        """A next resolver of the sort that this run is about."""
        return Scripted(*script, later=self.later, replays=replays)

    def settled(self, result: Result, next: Scripted) -> Answer:
        """The answer that a result comes to once next has said all it has to say."""
        next.fireAll()
        return self.successResultOf(result) if isinstance(result, Deferred) else result

    def failed(self, result: Result, next: Scripted, *kinds: type[BaseException]) -> BaseException:
        """The exception that a result comes to."""
        next.fireAll()
        assert isinstance(result, Deferred)
        return cast("BaseException", self.failureResultOf(result, *kinds).value)


Case = TypeVar("Case", bound=type[StageCase])


def both(case: Case) -> Case:
    """Run each test of a class twice: C{test_x} answered at once, C{test_x_later} later."""
    for name, test in list(vars(case).items()):
        if name.startswith("test_"):
            setattr(case, f"{name}_later", _later(test))
    return case


def _later(test: Callable[[Any], None]) -> Callable[[Any], None]:
    @wraps(test)
    def run(self: Any) -> None:
        self.later = True
        test(self)

    return run


async def _awaited(result: Awaitable[Answer]) -> Answer:
    return await result


def queryOf(asked: Asked, client: Client = NOBODY) -> Query:
    """
    A query of whatever tells it.

    @raise FormatError: for octets that are none.
    """
    if isinstance(asked, str):
        name, _, kind = asked.partition(" ")
        return makeQuery(name if name.endswith(".") else f"{name}.", kind or "A", client=client)
    return Query(asked, client) if isinstance(asked, bytes) else asked


def answerOf(query: Query, said: Said) -> Answer | Exception:
    """What a line of a script comes to, for this query."""
    if isinstance(said, bytes):
        return Answer.parse(said)
    if not isinstance(said, str):
        return said
    lines = said.strip().splitlines()
    if len(lines) == 1 and " " not in lines[0]:
        return makeAnswer(query, rcode=dns.rcode.from_text(lines[0]))
    return makeAnswer(query, *lines)


def makeQuery(
    name: str = "foo.example.org.",
    kind: str = "A",
    *,
    do: bool | None = None,
    flags: int = int(dns.flags.RD),
    identity: int = 0x1234,
    client: Client = NOBODY,
    dnsClass: str = "IN",
) -> Query:
    """
    A query as a client sends it.

    @param do: the DO flag of its OPT record, or None for no OPT.
    @param flags: the flags of the header.
    """
    message = dns.message.make_query(name, kind, dnsClass, flags=flags, id=identity)
    if do is not None:
        message.use_edns(0, int(dns.flags.DO) if do else 0, 1232)
    return Query(message.to_wire(), client)


def makeAnswer(
    query: Query,
    *records: str,
    rcode: int = 0,
    authority: Iterable[str] = (),
    additional: Iterable[str] = (),
    flags: int = 0,
    errors: Iterable[tuple[int, str]] = (),
) -> Answer:
    """
    An upstream's answer, from records as a master file has them.

    @param flags: AA, TC and so on, QR and RA aside.
    @param errors: extended DNS errors.
    """
    message = dns.message.make_response(query.message(), recursion_available=True)
    for lines, section in zip(
        (records, authority, additional), (message.answer, message.authority, message.additional), strict=True
    ):
        section.extend(_rrset(line) for line in lines)
    message.flags |= flags
    options: list[dns.edns.Option] = [
        dns.edns.EDEOption(dns.edns.EDECode.make(code), text) for code, text in errors
    ]
    if options:
        message.use_edns(0, options=options)
    message.set_rcode(dns.rcode.Rcode.make(rcode))
    return Answer.parse(message.to_wire())


def _rrset(line: str) -> dns.rrset.RRset:
    name, ttl, dnsClass, kind, data = line.split(None, 4)
    # Set behind its back, so that any 32 bits pass as TTL.
    made = dns.rrset.from_text(name, 0, dnsClass, kind, data)
    made.ttl = int(ttl)
    return made


def recordsOf(asked: Asked, answer: Answer) -> list[list[str]]:
    """The records of the answer, authority and additional sections as lines of text."""
    message = answer.message(queryOf(asked).question)
    return [
        sorted(line for rrset in section for line in rrset.to_text().splitlines())
        for section in (message.answer, message.authority, message.additional)
    ]


def ttlsOf(answer: Answer) -> list[int]:
    """Each record's TTL in seconds, in the order of the message."""
    return [int.from_bytes(answer.body[at : at + 4], "big") for at in answer.ttls]
