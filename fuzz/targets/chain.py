"""What upstreams answer, on its way through stages to a client."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure

from dotchain.api import Client, Value
from dotchain.contract.guard import guarded
from dotchain.resolver import ResolveError
from dotchain.stages.answers.stage import Answers
from dotchain.stages.any import AnyType
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.stages.dns64.stage import DNS64
from dotchain.stages.ecs import Ecs
from dotchain.stages.local.stage import Local
from dotchain.stages.minimal import Minimal
from dotchain.stages.rewrite import Rewrite
from dotchain.stages.special import Special
from dotchain.upstreams.inflighttable import InFlightTable
from dotchain.upstreams.naming.hosts import hostsIn
from dotchain.upstreams.pendingquery import PendingQuery
from dotchain.wire import Answer, FormatError, Hop, Query, framing, render
from tests.wire.test_fuzz import SEEDS
from tests.wire.vectors import RECORD, opt, query, record, response

from ..target import Target

_CLIENT = Client("192.0.2.9", "udp", "lan")
_HOPS = (Hop(), Hop(stream=True))
_FRAMES = 8
_LOCAL = "www.example.net. 60 IN CNAME www.example.org.\nexample.net. 60 IN A 192.0.2.7"
# The first to be asked comes first.
_STAGES: tuple[tuple[Any, dict[str, str]], ...] = (
    (AnyType, {}),
    (Special, {}),
    (Rewrite, {"rules": "example.com -> example.org"}),
    (Local, {"records": _LOCAL}),
    (Minimal, {}),
    (DNS64, {}),
    (Cache, {"stale": "1d"}),
    (Coalesce, {}),
    (Ecs, {"mode-of": "truncate"}),
    (Answers, {"deny": "private ads.example.org"}),
)


class _Upstream:
    """
    Answers with octets.

    @ivar said: them.
    """

    replays = True
    said = b""

    def resolve(self, query: Query) -> Any:
        """See L{IResolver<dotchain.interfaces.IResolver>}."""
        try:
            return Answer.parse(self.said)
        except FormatError as error:
            return fail(ResolveError(str(error)))


class _Chain:
    """
    All stages, one before the other.

    @ivar clock: theirs.
    @ivar upstream: whom the last one asks.
    """

    def __init__(self) -> None:
        self.clock: Any = MemoryReactorClock()
        self.upstream = _Upstream()
        stages: list[Any] = [self.upstream]
        for kind, given in reversed(_STAGES):
            texts = {key: given.get(key, option.default) for key, option in kind.options.items()}
            read = {
                key: kind.options[key].read(Value(text)) for key, text in texts.items() if text is not None
            }
            values = {key.replace("-", "_"): read.get(key) for key in texts}
            stages.append(kind(stages[-1], self.clock, **values))
        self.ask = guarded(stages[-1], "the chain").resolve
        self._caches = [each for each in stages if isinstance(each, Cache)]

    def renew(self) -> None:
        """Know nothing of what was asked before."""
        for each in self._caches:
            each.flush()
        self.clock.rightNow = 1000.0


_made = cache(_Chain)


def _answered(octets: bytes) -> None:
    """A query and a response: whatever stages make of it is an answer, and can be sent to a client."""
    chain = _made()
    chain.renew()
    with suppress(FormatError):
        asked, *said = framing.split(octets, _FRAMES)[0] or [b""]
        for chain.upstream.said in said:
            asking = Query(asked, _CLIENT)
            answer = _outcome(chain.ask(asking))
            for hop in _HOPS:
                Answer.parse(asked[:2] + render(asking, answer, hop))
            # What was kept is old next time.
            chain.clock.advance(100)


def _outcome(result: Any) -> Answer:
    if isinstance(result, Deferred):
        outcome: list[Any] = []
        result.addBoth(outcome.append)
        (result,) = outcome
    if isinstance(result, Failure):
        result.trap(ResolveError)
        return Answer.bare(2)
    assert isinstance(result, Answer)
    return result


_ASKED = tuple(
    Query(query(opt(), question=b"\3www\7example\3org\0" + each)) for each in (b"\0\1\0\1", b"\0\x1c\0\1")
)


def _matched(octets: bytes) -> None:
    """What comes over a connection belongs to a query in flight or is dropped; each is answered once."""
    table = InFlightTable(stream=True)
    numbers = [table.add(PendingQuery(each, 5.0), 0.0) for each in _ASKED]
    with suppress(FormatError):
        for each in framing.split(octets, _FRAMES)[0]:
            wire = numbers[each[0] % 2] + each[2:] if each[0] < 4 else each
            table.matchBareError(wire)
            pending = table.take(wire)
            if pending is not None:
                assert len(table) + _ASKED.index(pending.query) >= 0
                with suppress(FormatError):
                    Answer.parse(wire)
    assert len(table) <= len(_ASKED)


def _addresses(octets: bytes) -> None:
    """A bootstrap server's answer has addresses for a name, or why there are none."""
    for asked in _ASKED:
        with suppress(FormatError, ResolveError):
            hosts, ttl = hostsIn(Answer.parse(octets), asked, local=False)
            assert hosts
            assert ttl >= 0


_V6 = (28, bytes(15) + b"\1")
_ALIAS = record(5, b"\1a\xc0\x0c")
_RESPONSES = (
    response(record(*RECORD)),
    response(_ALIAS, record(*_V6, owner=b"\1a\xc0\x0c")),
    response(authority=(record(6, b"\xc0\x0c\1y\xc0\x0c" + bytes(20)),)),
    response(record(*RECORD), additional=(opt((8, b"\0\1\x18\x18\xc0\0\2"), (15, b"\0\4x")),)),
)


def _both(response: bytes, *more: bytes) -> bytes:
    return framing.join(
        [query(opt(), question=response[12 : response.index(b"\0", 12) + 5]), response, *more]
    )


TARGETS = (
    Target("chain", _answered, tuple(_both(*_RESPONSES[at:]) for at in range(4)), message=True),
    Target("matched", _matched, tuple(framing.join([each, each]) for each in _RESPONSES), message=True),
    Target("addresses", _addresses, (*_RESPONSES, *SEEDS[2:4])),
)
