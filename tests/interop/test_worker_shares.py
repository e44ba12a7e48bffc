"""Two workers share queries out among upstreams: by weights, by hash, within a rate; and each probes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .asking import overUdp, texts
from .daemon import until
from .dotchain import Dotchain
from .plain import Plain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, plainly

COUNT = 160
WEIGHT = 3
PER_MINUTE = 10
KINDS = ("round-robin", "random", "least", "hash")
NAMES = {f"n{number}.example": "192.0.2.1" for number in range(COUNT)}


class Mute:
    """The script of a server that answers once it is told to."""

    def __init__(self) -> None:
        self.answers = False

    def __call__(self, asked: Asked) -> None:
        if self.answers:
            plainly(asked)


class Sharing:
    """
    The daemon before two nameservers, and one that is silent.

    @ivar ports: of the fronts, by what stands behind each.
    """

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.one, self.two = (running.enter_context(Plain(NAMES)) for _ in range(2))
        self.mute = Mute()
        self.probed = running.enter_context(Scripted(None, self.mute))
        self.ports = {way: freePort() for way in (*KINDS, "rated")}
        text = "[dotchain]\nworkers = 2\n"
        for way, port in self.ports.items():
            text += f"[front {way}]\nlisten = udp://{HOST}:{port}\nchain = {way}\n"
            text += f"[chain {way}]\npath = all-{way}\n"
        for kind in KINDS:
            text += f"[upstream all-{kind}]\nkind = {kind}\nover = one two\nweights = one*{WEIGHT}\n"
        text += f"""
[upstream all-rated]
kind = failover
over = slow two probed
[upstream slow]
address = udp://{HOST}:{self.one.port}
rate = {PER_MINUTE}/m
[upstream probed]
address = tcp://{HOST}:{self.probed.port}
probe-interval = 300ms
probe-timeout = 200ms
[upstream one]
address = udp://{HOST}:{self.one.port}
[upstream two]
address = udp://{HOST}:{self.two.port}
"""
        self.daemon = running.enter_context(Dotchain(folder, text))

    def ask(self, way: str) -> tuple[list[str], list[str]]:
        """All names once, each from a socket of its own; which of them came to each nameserver."""
        before = len(self.one.asked), len(self.two.asked)
        for name in NAMES:
            assert texts(overUdp(self.ports[way], name)) == ["192.0.2.1"]
        lists = self.one.asked[before[0] :], self.two.asked[before[1] :]
        return tuple([name for name, _ in asked] for asked in lists)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sharing]:
    """Once for all."""
    with ExitStack() as running:
        yield Sharing(tmp_path_factory.mktemp("sharing"), running)


def deviation(found: int) -> float:
    """Chi-squared of the heavy one's share, with one degree of freedom."""
    wanted = COUNT * WEIGHT / (WEIGHT + 1)
    return (found - wanted) ** 2 / wanted + (found - wanted) ** 2 / (COUNT - wanted)


@pytest.mark.parametrize("kind", ["round-robin", "random", "least"])
def test_shares(sharing: Sharing, kind: str) -> None:
    """A heavy member has its share; what is drawn misses it so far once in a million million times."""
    one, two = sharing.ask(kind)
    assert len(one) + len(two) == COUNT
    if kind == "round-robin":
        assert abs(len(one) - COUNT * WEIGHT // (WEIGHT + 1)) <= 4
    else:
        # Each query is answered before the next: with C{least} all are equal, and drawn by weight too.
        assert deviation(len(one)) < 50


def test_hash(sharing: Sharing) -> None:
    """Both workers send a name to the same one, whenever it is asked for."""
    first = [set(names) for names in sharing.ask("hash")]
    assert deviation(len(first[0])) < 50
    for _ in range(2):
        assert [set(names) for names in sharing.ask("hash")] == first


def test_rate(sharing: Sharing) -> None:
    """Each worker has half of what an upstream may get; others are asked for the rest."""
    begun = time.monotonic()
    one, two = sharing.ask("rated")
    assert 1 <= len(one) <= 2 + (time.monotonic() - begun + 1) * PER_MINUTE / 60
    assert Counter([*one, *two]) == Counter(list(NAMES))


def test_probes(sharing: Sharing) -> None:
    """Each worker probes by a connection of its own, finds it down, and up again."""
    until(lambda: sharing.daemon.said().count("upstream probed is down, as its probes fail") == 2)
    sharing.mute.answers = True
    until(lambda: sharing.daemon.said().count("upstream probed answers its probes again") == 2)
    assert {query.question[0].to_text() for query in sharing.probed.queries} == {". IN NS"}
