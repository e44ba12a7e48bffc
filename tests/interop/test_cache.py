"""The cache of a real daemon before an upstream that comes and goes."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import pytest

from .asking import overUdp, texts
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, serverSide

STALE, CACHED_ERROR = 3, 13


class Upstream:
    """
    A script that a test changes as it goes.

    @ivar ttl: of the addresses that it gives.
    @ivar last: the last octet of the address.
    @ivar silent: it answers nothing.
    @ivar failing: it answers SERVFAIL.
    """

    def __init__(self) -> None:
        self.ttl, self.last = 300, 1
        self.silent = self.failing = False

    def __call__(self, asked: Asked) -> None:
        if self.failing:
            failure = dns.message.make_response(asked.query)
            failure.set_rcode(dns.rcode.SERVFAIL)
            asked.send(failure)
        elif not self.silent:
            asked.send(answerTo(asked.query, f"192.0.2.{self.last}", self.ttl))


class Daemons:
    """One configuration, started as often as a test likes, before a scripted upstream."""

    def __init__(self, folder: Path, credentials: Credentials, cache: str) -> None:
        self.folder = folder
        self.saved = folder / "saved"
        self.script = Upstream()
        self.front = freePort()
        self.server = Scripted(serverSide(credentials.files), self.script)
        self._text = f"""
[front lan]
listen = udp://{HOST}:{self.front}
chain  = home

[chain home]
path = cache coalesce out

[stage cache]
{cache}

[upstream out]
address    = tls://{HOST}:{self.server.port}
pin-sha256 = {credentials.server.pin}
timeout    = 3s
"""

    def run(self) -> Dotchain:
        """The daemon, for a C{with} block."""
        return Dotchain(self.folder, self._text)

    def ask(self, name: str) -> dns.message.Message:
        """The answer to a client."""
        return overUdp(self.front, name)

    def asked(self, name: str) -> int:
        """How often the upstream was asked for a name."""
        return sum(query.question[0].name.to_text() == f"{name}." for query in self.server.queries)


@pytest.fixture
def daemons(tmp_path: Path, credentials: Credentials, request: pytest.FixtureRequest) -> Iterator[Daemons]:
    """The upstream runs; the test's parameter is the section of the cache."""
    made = Daemons(tmp_path, credentials, request.param)
    with made.server:
        yield made


def cache(text: str) -> pytest.MarkDecorator:
    """The keys of the cache's section."""
    return pytest.mark.parametrize("daemons", [text], indirect=True, ids=[""])


def errors(answer: dns.message.Message) -> list[int]:
    """Its extended DNS errors."""
    return [int(option.code) for option in answer.options if isinstance(option, dns.edns.EDEOption)]


def says(daemon: Dotchain, text: str, within: float = 10) -> None:
    """Wait until this stands in the daemon's log."""
    until = time.monotonic() + within
    while text not in daemon.said():
        assert time.monotonic() < until, daemon.said()
        time.sleep(0.05)


def eventually(daemons: Daemons, name: str, address: str, within: float = 5) -> dns.message.Message:
    """The answer once it is this one."""
    until = time.monotonic() + within
    while texts(answer := daemons.ask(name)) != [address] and time.monotonic() < until:
        time.sleep(0.1)
    assert texts(answer) == [address]
    return answer


@cache("save = saved")
def test_restart(daemons: Daemons) -> None:
    """What was asked for before a restart is answered after it, though the upstream is gone by then."""
    names = [f"n{number}.example.org" for number in range(300)]
    with daemons.run():
        for name in names:
            assert texts(daemons.ask(name)) == ["192.0.2.1"]
    assert stat.S_IMODE(daemons.saved.stat().st_mode) == 0o600
    daemons.script.silent = True
    time.sleep(1)
    with daemons.run() as daemon:
        says(daemon, "saved: 300")
        assert daemon.said().index("dotchain ready") < daemon.said().index("saved: 300")
        for name in names:
            answer = daemons.ask(name)
            assert texts(answer) == ["192.0.2.1"]
            assert answer.answer[0].ttl < 300
        assert len(daemons.server.queries) == 300


@cache("save = saved")
def test_damagedFile(daemons: Daemons) -> None:
    """A damaged file is one line in the log, and the daemon serves, and saves a good one at its end."""
    with daemons.run():
        daemons.ask("foo.example.org")
    octets = daemons.saved.read_bytes()
    daemons.saved.write_bytes(octets[: len(octets) // 2])
    with daemons.run() as daemon:
        assert texts(daemons.ask("bar.example.org")) == ["192.0.2.1"]
        says(daemon, "is damaged")
    assert daemon.said().count("is damaged") == 1
    with daemons.run() as daemon:
        says(daemon, "saved: 1")
    assert "is damaged" not in daemon.said()


@cache("stale = 1d")
def test_stale(daemons: Daemons) -> None:
    """A silent upstream: the old answer after 1.8 s, at once to those who ask next."""
    daemons.script.ttl = 1
    with daemons.run():
        daemons.ask("foo.example.org")
        daemons.script.silent = True
        time.sleep(2.1)
        start = time.monotonic()
        answer = daemons.ask("foo.example.org")
        assert 1.5 < time.monotonic() - start < 2.9
        assert (texts(answer), answer.answer[0].ttl, errors(answer)) == (["192.0.2.1"], 30, [STALE])
        start = time.monotonic()
        assert errors(daemons.ask("foo.example.org")) == [STALE]
        assert time.monotonic() - start < 1
        assert daemons.ask("never.example.org").rcode() == dns.rcode.SERVFAIL


@cache("stale = 1d")
def test_staleFetchGoesOn(daemons: Daemons) -> None:
    """The answer that comes after the client has got the old one is there for the next."""
    daemons.script.ttl = 1
    with daemons.run():
        daemons.ask("foo.example.org")
        daemons.server.answers = lambda asked: asked.later(2.3, answerTo(asked.query, "192.0.2.2", 300))
        time.sleep(2.1)
        assert errors(daemons.ask("foo.example.org")) == [STALE]
        assert errors(eventually(daemons, "foo.example.org", "192.0.2.2")) == []


@cache("stale = 1d")
def test_staleOverServfail(daemons: Daemons) -> None:
    """An upstream that fails is asked once, and the old answer given at once; another name gets SERVFAIL."""
    daemons.script.ttl = 1
    with daemons.run():
        daemons.ask("foo.example.org")
        daemons.script.failing = True
        time.sleep(2.1)
        for _ in range(5):
            answer = daemons.ask("foo.example.org")
            assert (texts(answer), errors(answer)) == (["192.0.2.1"], [STALE])
        assert daemons.asked("foo.example.org") == 2
        assert daemons.ask("never.example.org").rcode() == dns.rcode.SERVFAIL


@cache("")
def test_prefetch(daemons: Daemons) -> None:
    """For a name that is asked for all the time the upstream is asked before the time is over."""
    daemons.script.ttl = 20
    with daemons.run():
        start = time.monotonic()
        ttls = []
        while daemons.asked("foo.example.org") < 2 and time.monotonic() - start < 25:
            ttls.append(daemons.ask("foo.example.org").answer[0].ttl)
            daemons.script.last = 2
            time.sleep(0.3)
        assert 1 <= min(ttls) <= 3
        assert time.monotonic() - start < 20.5
        eventually(daemons, "foo.example.org", "192.0.2.2", 2)


@cache("prefetch = no")
def test_failures(daemons: Daemons) -> None:
    """Twenty who ask for what can't be resolved are one query, and all but the first learn why."""
    daemons.script.failing = True
    with daemons.run():
        answers = [daemons.ask("foo.example.org") for _ in range(20)]
        assert {answer.rcode() for answer in answers} == {dns.rcode.SERVFAIL}
        assert 1 <= daemons.asked("foo.example.org") <= 2
        assert CACHED_ERROR in errors(answers[1])
        daemons.script.failing = False
        assert texts(eventually(daemons, "foo.example.org", "192.0.2.1")) == ["192.0.2.1"]
