"""Reloads of a whole tree, and all that clients, upstreams and time do meanwhile, in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import sleep

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ..churn import NUMBERS, SAYS, chosen, often, question
from ..fronts.streams.peers import Peer
from ..fronts.streams.pipelining import Client
from .reloading import DRAIN, MISTAKES, PATHS, Reloading
from .waiting import Waits


class ReloadChurn(RuleBasedStateMachine):
    """Each query has one response, its own, whichever tree it came to; and no tree is left but the last."""

    def __init__(self) -> None:
        super().__init__()
        self.daemon = Reloading()
        self.clients: list[Client] = []
        self.gone: dict[Waits, float] = {}
        self.count = 0

    def run_(self) -> None:
        """Turn the reactor until nothing happens."""
        self.daemon.loop.settle()
        while sum(each.peer.pump() for each in self.clients):
            self.daemon.loop.settle()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it: a busy system may take a moment from one end of a connection to the other."""
        for _ in range(500):
            self.run_()
            if holds():
                return
            sleep(0.01)
        assert holds()

    @property
    def talking(self) -> list[Client]:
        """Those that can still ask."""
        return [each for each in self.clients if each.open and not each.peer.eof]

    @property
    def waiting(self) -> set[int]:
        """The numbers of the questions that those who listen have asked, and that have no response yet."""
        return {
            each.asked[identity]
            for each in self.clients
            if not each.spoiled
            for identity in each.whole - each.told.keys()
        }

    @rule(
        number=NUMBERS,
        count=st.sampled_from([1, 1, 3, 20]),
        cut=st.sampled_from([0, 0, 1, 20]),
        new=st.sampled_from([False, False, True]),
    )
    def ask(self, number: int, count: int, cut: int, new: bool) -> None:
        """One asks, and the last octets come later; upstreams of the tree alone hear of it."""
        if new or not self.talking:
            sock = self.daemon.connect()
            self.clients.append(Client(Peer(sock), sock))
        before = {each: len(each.core.open) for each in Waits.made if each not in self.daemon.things}
        for client in self.clients[-1:] if new else chosen(self.talking, number):
            client.say(self.count, count, cut)
            self.count += count
        self.run_()
        assert all(len(each.core.open) <= open_ for each, open_ in before.items())
        self.until(lambda: self.daemon.tree.total.taken > 0 or not self.waiting)

    @rule(number=NUMBERS)
    def leave(self, number: int) -> None:
        """One is gone."""
        for client in chosen(self.talking, number):
            client.spoiled = True
            client.peer.leave()
        self.run_()

    @rule(
        which=NUMBERS, number=NUMBERS, says=st.sampled_from(sorted(SAYS)), count=st.sampled_from([1, 1, 20])
    )
    def answer(self, which: int, number: int, says: str, count: int) -> None:
        """An upstream answers, be it of an old tree."""
        for upstream in chosen([each for each in Waits.made if each.core.open], which):
            for _ in range(count):
                upstream.core.answer(number, SAYS[says])
        self.run_()

    @rule(
        paths=st.lists(st.sampled_from([*PATHS, *MISTAKES]), min_size=1, max_size=2),
        word=st.sampled_from("ab"),
        idle=st.sampled_from(["20s", "30s"]),
        count=st.sampled_from([0, 1, 3]),
    )
    def reload(self, paths: Sequence[str], word: str, idle: str, count: int) -> None:
        """One asks; the operator changes the file, or makes a mistake, and has it read. Nobody is cut off."""
        self.ask(0, count, 0, False)
        talking = self.talking
        for path in paths:
            self.daemon.reload(path, word, idle)
            for each in set(Waits.made) - set(self.daemon.things):
                self.gone.setdefault(each, self.daemon.loop.seconds())
        self.run_()
        assert self.talking == talking

    @rule(seconds=st.sampled_from([0.1, 1.0, 6.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        for _ in range(max(round(seconds * 2), 1)):
            self.daemon.loop.advance(min(seconds, 0.5))
            self.run_()

    @invariant()
    def told(self) -> None:
        """Nobody is told something wrong, or twice, or waits for what is stopped before its time."""
        for client in self.clients:
            client.read()
        names = {question(each).wire[12:] for each in self.waiting}
        for each, since in self.gone.items():
            stopped, left = each.left
            assert stopped >= since + DRAIN or not left & names

    def teardown(self) -> None:
        """All sockets are closed and the folder goes, even where something is wrong."""
        try:
            self.finish()
        finally:
            for client in self.clients:
                client.peer.sock.close()
            self.daemon.end()

    def finish(self) -> None:
        """However silent upstreams are, all is answered, and what the tree has no more has stopped."""
        for client in self.clients:
            client.finish()
        self.until(self.heard)
        self.daemon.check()

    def heard(self) -> bool:
        """Whether all have their responses, after so long that nobody waits for upstreams any more."""
        self.wait(11.0)
        self.told()
        return not self.waiting


ReloadChurnTests = ReloadChurn.TestCase
ReloadChurnTests.settings = often(16, 25)
