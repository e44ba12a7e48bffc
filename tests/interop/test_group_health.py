"""Health of a group's members: who is asked while one is out, when it comes back, and what that costs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import pytest

from .asking import overUdp, texts
from .conftest import Credentials
from .dotchain import Dotchain
from .load import Load
from .outages import killed, stopped
from .ports import HOST, freePort
from .resolvers import Unbound
from .scripted import Asked, Scripted, answerTo, plainly

NETWORK_ERRORS = {22, 23}


def configuration(port: int, members: dict[str, str], options: str = "") -> str:
    """A front before a failover group over these members, each described by its keys."""
    upstreams = "".join(f"\n[upstream {name}]\n{keys}\n" for name, keys in members.items())
    return f"""
[front clients]
listen = udp://{HOST}:{port}
chain  = all

[chain all]
path = group

[upstream group]
kind = failover
over = {" ".join(members)}
{options}
{upstreams}"""


def clear(port: int, transport: str = "tcp") -> str:
    """The keys of an upstream in clear text."""
    return f"address = {transport}://{HOST}:{port}"


def soon(happened: Callable[[], bool], seconds: float = 12.0) -> None:
    """Wait until it has happened, but not for ever."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it has not happened in time"
        time.sleep(0.05)


@contextmanager
def steady(load: Load) -> Iterator[None]:
    """Queries in the background until the block ends, and all their answers."""
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            load.run(0.2)
        load.rest()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Course:
    """
    What happens under load.

    @ivar spans: for each event its name, and the time after it in which all should be normal.
    """

    def __init__(self) -> None:
        self.spans: list[tuple[str, float, float]] = []

    def settle(self, event: str) -> None:
        """It has happened: give it three seconds, and then two that count."""
        start = time.monotonic() + 3
        time.sleep(5)
        self.spans.append((event, start, start + 2))


def test_eachInTurn(folder: Path, credentials: Credentials) -> None:
    """Under load each is stopped, killed and started again: nothing is lost, and soon all is as before."""
    port = freePort()
    load, course = Load(port), Course()
    place = folder / "turn"
    with ExitStack() as stack:
        one, two = (stack.enter_context(Unbound(place / name, credentials.files)) for name in ("one", "two"))
        members = {
            name: f"address = tls://{HOST}:{unbound.port}\npin-sha256 = {credentials.server.pin}"
            for name, unbound in (("one", one), ("two", two))
        }
        dotchain = stack.enter_context(Dotchain(place / "dotchain", configuration(port, members)))
        with steady(load):
            time.sleep(1)
            with stopped(one):
                course.settle("one stopped")
            soon(lambda: "upstream one is healthy" in dotchain.said())
            with killed(two):
                course.settle("two killed, so one must be back")
            stack.enter_context(two)
            with killed(one):
                course.settle("one killed, two is back")
            stack.enter_context(one)
            course.settle("one started again")
            with stopped(two):
                course.settle("two stopped")
    load.assertNothingLost("failover")
    for event, start, end in course.spans:
        assert load.late(start, end) < 1.0, event


@pytest.mark.parametrize("transport", ["tcp", "udp", "nested"])
def test_refused(transport: str, folder: Path) -> None:
    """A member that is refused costs no query a second, not the first one either."""
    port, nobody = freePort(), freePort()
    members = {"gone": clear(nobody, "tcp" if transport == "nested" else transport)}
    nested = ""
    if transport == "nested":
        nested = f"\n[upstream far]\n{members['gone']}\n"
        members = {"gone": "kind = failover\nover = far"}
    with Scripted(None) as good:
        members["good"] = clear(good.port)
        with Dotchain(folder / f"refused-{transport}", configuration(port, members) + nested):
            for number in range(10):
                start = time.monotonic()
                assert texts(overUdp(port, f"w{number}.example.org")) == ["192.0.2.1"]
                assert time.monotonic() - start < 1.0
                time.sleep(0.1)


def test_noneLeft(folder: Path) -> None:
    """Where nobody can be reached the client gets SERVFAIL in time, and is told why in a few words."""
    port = freePort()
    members = {name: clear(freePort()) for name in ("one", "two")}
    with Dotchain(folder / "none", configuration(port, members)):
        for number in range(3):
            answer = overUdp(port, f"w{number}.example.org")
            assert answer.rcode() == dns.rcode.SERVFAIL
            (error,) = (each for each in answer.options if isinstance(each, dns.edns.EDEOption))
            assert error.code in NETWORK_ERRORS
            assert "refused" in (error.text or "")


class Silent:
    """The script of a server that hears all and says nothing, until it is told to."""

    def __init__(self) -> None:
        self.answers = False

    def __call__(self, asked: Asked) -> None:
        if self.answers:
            plainly(asked)


def probes(server: Scripted) -> int:
    """How many queries were for the root's nameservers."""
    return sum(query.question[0].to_text() == ". IN NS" for query in server.queries)


def test_idleGroup(folder: Path) -> None:
    """Without queries no probe is sent, though a member is suspect; with the first query, one is."""
    port, script = freePort(), Silent()
    with Scripted(None, script) as one, Scripted(None) as two:
        members = {"one": clear(one.port), "two": clear(two.port)}
        place = folder / "idle"
        with Dotchain(place, configuration(port, members, "patience = 200ms")) as dotchain:
            for number in range(3):
                assert texts(overUdp(port, f"w{number}.example.org"))
            assert "upstream one is suspect: silent for 0.2 s" in dotchain.said()
            time.sleep(5)  # until all that was sent is given up
            sent = len(one.queries), len(two.queries)
            time.sleep(2)
            assert (len(one.queries), len(two.queries)) == sent
            assert (probes(one), probes(two)) == (0, 0)
            script.answers = True
            assert texts(overUdp(port, "w4.example.org"))
            soon(lambda: "upstream one is healthy" in dotchain.said())
            assert (probes(one), probes(two)) == (2, 0)
            assert texts(overUdp(port, "w5.example.org"))
            assert one.queries[-1].question[0].name.to_text() == "w5.example.org."


def servfail(asked: Asked) -> None:
    """The script of a server that can resolve nothing."""
    answer = dns.message.make_response(asked.query)
    answer.set_rcode(dns.rcode.SERVFAIL)
    asked.send(answer)


def test_servfailIsHealthy(folder: Path) -> None:
    """An upstream that answers SERVFAIL to everything works, as far as its health is concerned."""
    port = freePort()
    with Scripted(None, servfail) as one, Scripted(None) as two:
        members = {"one": clear(one.port), "two": clear(two.port)}
        with Dotchain(folder / "servfail", configuration(port, members, "next-on = refused")) as dotchain:
            for number in range(100):
                assert overUdp(port, f"w{number}.example.org").rcode() == dns.rcode.SERVFAIL
            assert (len(one.queries), len(two.queries)) == (100, 0)
            assert "upstream one is" not in dotchain.said()


def once(asked: Asked) -> None:
    """The script of a server that closes each connection after its first answer."""
    asked.send(answerTo(asked.query))
    asked.close()


def test_closesAreNoFailures(folder: Path) -> None:
    """An upstream that closes each connection after its first answer keeps all queries."""
    port = freePort()
    with Scripted(None, once) as one, Scripted(None) as two:
        members = {"one": clear(one.port), "two": clear(two.port)}
        with Dotchain(folder / "closes", configuration(port, members)) as dotchain:
            for number in range(50):
                assert texts(overUdp(port, f"w{number}.example.org")) == ["192.0.2.1"]
            assert one.connections > 5
            assert len(two.queries) == 0
            assert "upstream one is" not in dotchain.said()
