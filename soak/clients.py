"""Clients that ask all the time, each in its own way, and keep books."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode

from tests.interop.steadyclients import Ports

from .conversation import FAILURES, PATIENCE, Conversation, Datagrams, Stream
from .cookies import Cookies
from .excuses import Excuses
from .ledger import Tally
from .questions import Question, Questions


@dataclass(frozen=True)
class Manner:
    """
    How a client asks.

    @ivar transport: C{udp}, C{tcp} or C{tls}.
    @ivar at: queries that it sends at a time, before it waits for all their answers.
    @ivar visits: so often it does that over one socket.
    @ivar resumes: its handshakes take up the session of the last one.
    @ivar number: clients of this sort.
    """

    transport: str
    at: int = 1
    visits: int = 1
    resumes: bool = False
    number: int = 1


MANNERS = {
    "udp": Manner("udp", at=3, visits=500, number=3),
    "udp, new": Manner("udp", number=3),
    "tcp": Manner("tcp", at=5, visits=500, number=2),
    "tcp, new": Manner("tcp"),
    "tls": Manner("tls", at=5, visits=500, number=4),
    "tls, new": Manner("tls"),
    "tls, resumed": Manner("tls", resumes=True, number=2),
}
"""Each by its name."""

ROUND = sum(each.at * each.number for each in MANNERS.values())
"""Queries of all of them, each having sent once."""


@dataclass
class World:
    """
    What all clients know.

    @ivar ports: where they ask.
    @ivar trusted: the CA of every certificate that they may be shown.
    @ivar seed: of what they ask.
    @ivar over: they are to end.
    @ivar begun: when the first of them asked, by the clock that all have.
    """

    ports: Ports
    trusted: Path
    seed: int
    excuses: Excuses = field(default_factory=Excuses)
    over: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)


class Client(threading.Thread):
    """
    One of them.

    @ivar tally: its books.
    @ivar resumed: handshakes that took up a session.
    @ivar slowest: seconds until an answer at the most.
    """

    def __init__(self, name: str, manner: Manner, number: int, world: World, pause: float) -> None:
        """@param pause: seconds between what it sends and what it sends next."""
        super().__init__(name=f"{name} {number}", daemon=True)
        self.sort, self.manner, self.tally = name, manner, Tally()
        self.resumed, self.slowest = 0, 0.0
        self._world, self._pause = world, pause
        self._questions = Questions(f"{name.replace(', ', '-')}{number}-", world.seed)
        self._cookies = Cookies(number.to_bytes(8, "big"))
        self._side = ssl.create_default_context(cafile=str(world.trusted))
        self._side.set_alpn_protocols(["dot"])
        self._session: ssl.SSLSession | None = None
        self._waiting: dict[int, Question] = {}
        self._truncated: list[Question] = []

    def run(self) -> None:
        """Until it is to end."""
        while not self._world.over.is_set():
            self._meet(self.manner.transport, self.manner.visits, self._some())
            while self._truncated:
                self._meet("tcp", 1, [self._truncated.pop()])

    def _some(self) -> list[Question]:
        return [self._questions.next() for _ in range(self.manner.at)]

    def _meet(self, transport: str, visits: int, asked: Sequence[Question]) -> None:
        """All that goes over one socket; what has no answer then has something in its place."""
        self._expect(asked)
        port = self._world.ports.tls if transport == "tls" else self._world.ports.plain
        try:
            conversation = Datagrams(port) if transport == "udp" else Stream(port)
        except OSError as error:
            self._lose(repr(error), "")
            return
        why = excuse = ""
        try:
            self._talk(conversation, transport, visits)
        except FAILURES as error:
            why = repr(error)
        finally:
            excuse = self._world.excuses.end(conversation.isDatagram, conversation.port)
            conversation.close()
        self._lose(why, excuse, conversation.isDatagram)

    def _talk(self, conversation: Conversation, transport: str, visits: int) -> None:
        if isinstance(conversation, Stream) and transport == "tls":
            self.resumed += conversation.secure(self._side, self._session)
        for left in reversed(range(visits)):
            self._exchange(conversation)
            if self.manner.resumes and isinstance(conversation.sock, ssl.SSLSocket):
                # Tickets of TLS 1.3 come with the answer at the latest.
                self._session = conversation.sock.session
            if self._world.over.wait(self._pause) or not left or conversation.hasEnded():
                return
            self._expect(self._some())

    def _expect(self, asked: Sequence[Question]) -> None:
        self.tally.sent += len(asked)
        for number, question in enumerate(asked):
            question.asked.id = (self.tally.sent + number) % 65536
            self._waiting[question.asked.id] = question

    def _exchange(self, conversation: Conversation) -> None:
        if conversation.isDatagram:
            self._world.excuses.begin(conversation.port)
            for question in self._waiting.values():
                self._cookies.add(question.asked)
        begun = time.monotonic()
        conversation.send(*(question.asked for question in self._waiting.values()))
        while self._waiting:
            self._take(conversation.receive(begun + PATIENCE), conversation.isDatagram)
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def _take(self, answer: dns.message.Message, isDatagram: bool) -> None:
        question = self._waiting.pop(answer.id, None)
        if question is None:
            self.tally.strays += 1
            return
        wrong = question.wrong(answer)
        if isDatagram and not self._cookies.learn(answer):
            wrong = wrong or "another cookie"
        if wrong:
            self._fail(wrong)
            return
        self.tally.answered[dns.rcode.to_text(answer.rcode())] += 1
        if answer.flags & dns.flags.TC:
            self._truncated.append(question)

    def _lose(self, why: str, excuse: str, isDatagram: bool = False) -> None:
        """What still waits has no answer."""
        for _ in self._waiting:
            if reason := excuse or (self._world.excuses.claim() if isDatagram else ""):
                self.tally.excused[reason] += 1
            else:
                self._fail(why)
        self._waiting.clear()

    def _fail(self, why: str) -> None:
        self.tally.fail(why, time.monotonic() - self._world.begun)
