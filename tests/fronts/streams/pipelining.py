"""A client of a stream front that pipelines questions, and knows what it must be told."""

from __future__ import annotations

from typing import Protocol

from dotchain.wire import framing

from ...churn import question, recordFor
from .peers import Peer


class HasFileno(Protocol):
    """What is open as long as this is not below 0."""

    def fileno(self) -> int:
        """Its descriptor."""


class Client:
    """
    A client, and what it knows.

    @ivar asked: the numbers of its questions, by their IDs.
    @ivar told: its responses, by their IDs.
    @ivar spoiled: it has said what is no query, or is gone, or was too slow for too long.
    """

    def __init__(self, peer: Peer, accepted: HasFileno) -> None:
        """@param accepted: the other end of its connection."""
        self.peer = peer
        self._accepted = accepted
        self.asked: dict[int, int] = {}
        self.told: dict[int, bytes] = {}
        self.spoiled = self.finished = False
        self._unsaid = b""
        self._read = 0

    @property
    def open(self) -> bool:
        """Whether the port has its connection, and it has not said that nothing more will come."""
        return self._accepted.fileno() >= 0 and not (self.finished or self.spoiled)

    @property
    def whole(self) -> set[int]:
        """The IDs of the questions that it has said to their ends."""
        return set(self.asked) - ({len(self.asked) - 1} if self._unsaid else set())

    def say(self, number: int, count: int, cut: int) -> None:
        """Ask so many questions, of which so many octets come later, before what is said then."""
        octets, self._unsaid = self._unsaid, b""
        for each in range(number, number + count):
            self.asked[len(self.asked)] = each
            octets += framing.frame((len(self.asked) - 1).to_bytes(2, "big") + question(each).wire[2:])
        self._unsaid = octets[len(octets) - cut :]
        self.peer.say(octets[: len(octets) - cut])

    def finish(self) -> None:
        """Say that nothing more will come, and what was still to come first."""
        if self.open:
            self.say(0, 0, 0)
            self.finished = True
            self.peer.finish()

    def read(self) -> None:
        """Look at what has come: each is what answers one question, once."""
        for response in self.peer.responses[self._read :]:
            self._read += 1
            identity = int.from_bytes(response[:2], "big")
            assert identity not in self.told, "two responses"
            self.told[identity] = response
            asked = question(self.asked[identity]).wire
            assert response[12 : len(asked)] == asked[12:], "a response to another question"
            if response[7]:
                record = response[len(asked) : len(asked) + 16]
                assert record[10:] == recordFor(asked)[10:], "the answer to another question"
