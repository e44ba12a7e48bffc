"""What parent and worker say to each other: JSON, one message a line, requests in both directions."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from typing import Any

from twisted.internet.defer import Deferred, fail, maybeDeferred
from twisted.internet.protocol import Factory, connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

Answers = Mapping[str, Callable[..., Any]]
"""What a side does at a request: from named arguments to what L{json} can write, or a Deferred of it."""


class Gone(Exception):
    """The other side has ended, so that there is no answer."""


class Declined(Exception):
    """The other side can't do what it was asked for; its text says why."""


class Channel(LineOnlyReceiver):
    """
    One end.

    A request is C{{"ask": NAME, "arguments": {...}, "id": N}}, its answer C{{"id": N, "result": ...}}
    or C{{"id": N, "error": TEXT}}, in any order; without C{id} there is none. Both sides are
    ours and trust each other.
    """

    delimiter = b"\n"
    # A configuration or the state of many upstreams in one line.
    MAX_LENGTH = 1 << 26
    # Requests that wait for an answer: where the other side hangs nothing more is sent to it.
    MOST = 64

    _log = Logger()

    def __init__(self, answers: Answers, lost: Callable[[], object] = lambda: None) -> None:
        """
        @param answers: what this side does at each request.
        @param lost: called once the other side has ended.
        """
        self._answers = answers
        self._lost = lost
        self._asked: dict[int, Deferred[Any]] = {}
        self._number = 0
        self._over = False

    def ask(self, what: str, **arguments: Any) -> Deferred[Any]:
        """
        Have the other side do something.

        @return: its result; fails with L{Declined} or L{Gone}.
        """
        if self._over:
            return fail(Gone())
        if len(self._asked) >= self.MOST:
            return fail(Declined("it answers no more"))
        self._number += 1
        answered = self._asked[self._number] = Deferred()
        self._say({"ask": what, "id": self._number, "arguments": arguments})
        return answered

    def tell(self, what: str, **arguments: Any) -> None:
        """Have the other side do something, and don't ask what came of it."""
        if not self._over:
            self._say({"ask": what, "arguments": arguments})

    def lineReceived(self, line: bytes) -> None:
        """See L{LineOnlyReceiver}."""
        said = json.loads(line)
        if "ask" in said:
            self._carryOut(**said)
            return
        asked = self._asked.pop(said["id"])
        if "error" in said:
            asked.errback(Declined(said["error"]))
        else:
            asked.callback(said["result"])

    def _carryOut(self, ask: str, arguments: dict[str, Any], id: int | None = None) -> None:
        done: Deferred[Any] = maybeDeferred(self._answers[ask], **arguments)
        done.addCallbacks(lambda result: {"result": result}, self._failed)
        if id is not None:
            done.addCallback(self._reply, id)

    def _reply(self, answer: dict[str, Any], id: int) -> None:
        if not self._over:
            self._say({"id": id, **answer})

    def _failed(self, failure: Failure) -> dict[str, str]:
        if failure.check(Declined) is None:
            self._log.failure("a request could not be carried out", failure)
        return {"error": failure.getErrorMessage()}

    def _say(self, message: dict[str, Any]) -> None:
        LineOnlyReceiver.sendLine(self, json.dumps(message).encode())

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See L{Protocol<twisted.internet.protocol.Protocol>}."""
        self._over = True
        asked, self._asked = self._asked, {}
        for each in asked.values():
            each.errback(Gone())
        self._lost()


def speak(channel: Channel, end: socket.socket, reactor: Any) -> None:
    """Have a channel speak over its end of a pair of sockets, which is closed with it."""
    end.setblocking(False)
    # The reactor works on a copy.
    reactor.adoptStreamConnection(end.fileno(), socket.AF_UNIX, Factory.forProtocol(lambda: channel))
    end.close()
