"""What a server of answers that machines share replies, and what is published there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hiredis import ProtocolError, Reader
from twisted.internet.testing import MemoryReactorClock

from dotchain.stages.shared.flushstream import _records
from dotchain.valkey.away import Away
from dotchain.valkey.clustermap import ranges, redirection
from dotchain.valkey.replies import Replies, ReplyError
from dotchain.valkey.servers import Server
from dotchain.valkey.subscriber import Subscription
from tests.valkey.fakes import Eager, Sent, linked

from ..silence import silent
from ..target import Target

_ASKED = Server("192.0.2.1")
_WAITING = 4


def _read(reader: Any, octets: bytes, piece: int) -> tuple[list[Any], bool]:
    """The replies in octets that come in such pieces, and whether they end with what is none."""
    found: list[Any] = []
    with suppress(ValueError, ProtocolError):
        for at in range(0, len(octets), piece):
            reader.feed(octets[at : at + piece])
            while (reply := reader.gets()) is not False:
                found.append(_plain(reply))
        return found, False
    return found, True


def _plain(reply: object) -> object:
    """Without the words of errors, which we make fit for a log."""
    if isinstance(reply, Exception):
        return Exception
    return [_plain(each) for each in reply] if isinstance(reply, list) else reply


def _replies(octets: bytes) -> None:
    """They are the same in whatever pieces they come, and what hiredis makes of them, too."""
    whole = _read(Replies(), octets, max(len(octets), 1))
    for piece in (1, 7) if len(octets) < 4096 else (1000,):
        assert _read(Replies(), octets, piece) == whole
    if not whole[1]:
        theirs, wrong = _read(Reader(), octets, max(len(octets), 1))
        assert wrong or theirs == whole[0]


def _halves(octets: bytes) -> tuple[bytes, bytes]:
    return octets[: len(octets) // 2], octets[len(octets) // 2 :]


@silent
def _link(octets: bytes) -> None:
    """Whoever looks for something is told once, whatever is said, and nobody waits in the end."""
    clock = MemoryReactorClock()
    link, _ = linked(clock)
    looking = [Eager() for _ in range(_WAITING)]
    taken = [link.look(b"key%d" % place, each) for place, each in enumerate(looking)]
    link.put(b"key", b"value", 60)
    clock.advance(0)
    for half in _halves(octets):
        link.take(half)
        clock.advance(0.015)
    assert len(link._inFlight.waiting) <= _WAITING + 1
    link.lost("over")
    assert [len(each.told) for each in looking] == [1] * len(taken)
    assert not clock.getDelayedCalls()


@silent
def _published(octets: bytes) -> None:
    """Messages of the channel are told, and what is none ends the connection."""
    told: list[bytes] = []
    clock = MemoryReactorClock()
    subscription = Subscription(clock, {b"c": [told.append]}, lambda: None)
    subscription.attach(Sent())
    subscription.ready()
    for half in _halves(octets):
        subscription.take(half)
    subscription.lost("over")
    assert all(isinstance(each, bytes) for each in told)
    assert not clock.getDelayedCalls()


def _asked(octets: bytes) -> None:
    """A list of slots or of flushes makes sense, or none; so do words that send us elsewhere."""
    reader = Replies()
    with suppress(ValueError):
        reader.feed(octets)
        while (reply := reader.gets()) is not False:
            with suppress(ValueError):
                ranges(_ASKED, reply)
            with suppress(Away):
                _records(reply)
            if isinstance(reply, ReplyError):
                redirection(_ASKED, str(reply))


_VALUE = b"$3\r\nabc\r\n$-1\r\n+OK\r\n:-12\r\n"
_ERRORS = b"-MOVED 3999 192.0.2.1:6379\r\n-ASK 1 [2001:db8::1]:6380\r\n-OOM no\r\n-READONLY\r\n"
_SUBSCRIBED = b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n"
_SLOTS = b"*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$9\r\n192.0.2.2\r\n:6379\r\n$2\r\nid\r\n"
_STREAM = b"*1\r\n*2\r\n$3\r\n1-2\r\n*2\r\n$5\r\nflush\r\n$1\r\nx\r\n*-1\r\n*0\r\n"

TARGETS = (
    Target("replies", _replies, (_VALUE, _ERRORS, _SLOTS + _STREAM)),
    Target("link", _link, (_VALUE, _ERRORS, b"$1\r\nx\r\n" * 4 + b"+OK\r\n")),
    Target("published", _published, (_SUBSCRIBED, b"*2\r\n$4\r\npong\r\n$0\r\n\r\n")),
    Target("asked", _asked, (_SLOTS, _STREAM, _ERRORS)),
)
