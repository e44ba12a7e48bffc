"""Broken TLS, on a network that counts: not one packet leaves for anything but TCP port 853."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from .. import asked as raw
from ..asking import overUdp, texts
from ..certificates import NAME, leaf
from ..conftest import Credentials
from ..daemon import until
from ..dotchain import Dotchain
from ..scripted import Asked, Scripted, answerTo, plainly
from ..server import Server, serverSide, welcome
from ..test_authentication import BY_NAME, way
from ..test_forwarder import errorCodes
from .broken import Breaker, Broken
from .conftest import DOT, FRONT, Network
from .namespace import Namespace

RIGHT, BOOTSTRAP, UNNAMED = "right", "bootstrap", "by-name"
CLOSED, SWALLOWED, ABSENT = "closed", "swallowed", "absent"
ENCRYPTED = ("clear-text", "handshake-refused", "reset-at-hello", "silence", CLOSED, SWALLOWED, ABSENT)
"""With no TLS at all, C{profile = encrypted} is to send nothing, either."""
FIRST = 10
TWENTY = 20
"""So many ways of breaking TLS there are at the least."""


class Ways:
    """
    A front for each way that TLS is broken in, and for one that it isn't.

    @ivar broken: what is wrong with the upstream of each.
    @ivar fronts: the port of each.
    """

    def __init__(self, network: Network, folder: Path, credentials: Credentials) -> None:
        self.network, self._folder, self._credentials = network, folder, credentials
        self._breaker = Breaker(folder, credentials)
        self.addresses: dict[str, str] = {}
        right = self._breaker.side(credentials.server)
        keys = f"{BY_NAME}\nca-file = {credentials.trusted}"
        self.broken = dict(self._breaker.all(self.address))
        for name in (CLOSED, SWALLOWED, ABSENT):
            self.broken[name] = Broken(right, keys, credentials.server)
        encrypted = (f"encrypted-{name}" for name in ENCRYPTED)
        self.fronts = {
            name: port for port, name in enumerate((RIGHT, UNNAMED, *self.broken, *encrypted), 5300)
        }
        self.servers: dict[str, Scripted] = {}

    def address(self, name: str) -> str:
        """The address of a server."""
        return self.addresses.setdefault(name, f"198.51.100.{FIRST + len(self.addresses)}")

    def text(self) -> str:
        """The INI file: no upstream knows of another way."""
        trusted = f"{BY_NAME}\nca-file = {self._credentials.trusted}"
        found = way(RIGHT, self.fronts[RIGHT], DOT, trusted, host=self.address(RIGHT))
        named = f"ca-file = {self._credentials.trusted}\nbootstrap = tls://{self.address(BOOTSTRAP)}"
        found += way(UNNAMED, self.fronts[UNNAMED], DOT, named, host=NAME)
        for name, broken in self.broken.items():
            found += way(name, self.fronts[name], DOT, broken.keys, host=self.address(name))
        for name in ENCRYPTED:
            keys, wanted = f"{self.broken[name].keys}\nprofile = encrypted", f"encrypted-{name}"
            found += way(wanted, self.fronts[wanted], DOT, keys, host=self.address(name))
        return found

    @contextmanager
    def served(self) -> Iterator[None]:
        """All listen who do, each on an address of its own."""
        right = serverSide(self._credentials.files)
        made = {
            name: Scripted(each.side, plainly, DOT, self.address(name)) for name, each in self.broken.items()
        }
        for name, server in made.items():
            server.door = self.broken[name].door
        made[RIGHT] = Scripted(right, plainly, DOT, self.address(RIGHT))
        # Its name is right, and as a bootstrap server it is to have its address in the certificate.
        made[BOOTSTRAP] = Scripted(right, self._resolve, DOT, self.address(BOOTSTRAP))
        self.servers = made
        self.network.far.up(
            "link", *(f"{each}/24" for name, each in self.addresses.items() if name != ABSENT)
        )
        self.network.far.drop(f"ip daddr {self.address(SWALLOWED)}")
        with ExitStack() as self._running:
            for name, server in made.items():
                if name not in (CLOSED, ABSENT):
                    self._running.enter_context(self.network.far.running(server))
            yield

    def _resolve(self, asked: Asked) -> None:
        """The upstream's name is known."""
        answer = answerTo(asked.query, self.address(RIGHT))
        if asked.query.question[0].rdtype != dns.rdatatype.A:
            answer.answer.clear()
        asked.send(answer)

    def mend(self) -> None:
        """All show what they should, and can be had."""
        for name, broken in self.broken.items():
            self.servers[name].side = self._breaker.side(broken.mended)
            self.servers[name].door = welcome
        address = self.address(BOOTSTRAP)
        self.servers[BOOTSTRAP].side = self._breaker.side(leaf(self._credentials.ca, [], [address]))
        self.network.far.heal()
        self.network.far.up("link", f"{self.address(ABSENT)}/24")
        for name in (CLOSED, ABSENT):
            self._running.enter_context(self.network.far.running(self.servers[name]))

    def asked(self, token: str) -> dict[str, dns.message.Message]:
        """What comes of a query on each way."""
        with ThreadPoolExecutor(len(self.fronts)) as pool:
            asked = {name: pool.submit(self._ask, port, token) for name, port in self.fronts.items()}
            return {name: each.result() for name, each in asked.items()}

    def _ask(self, port: int, token: str) -> dns.message.Message:
        with self.network.home.entered():
            return overUdp(port, f"{token}.example.org", timeout=20)

    def holds(self, token: str) -> None:
        """Whoever is broken is not asked, and clients are told (RFC 8914); who is right answers."""
        until(lambda: self.answers(RIGHT, token))
        for name, answer in self.asked(token).items():
            if name != RIGHT:
                assert answer.rcode() == dns.rcode.SERVFAIL, name
                assert errorCodes(answer) in ([22], [23]), name

    def answers(self, name: str, token: str) -> bool:
        """Whether a way works."""
        try:
            return texts(self._ask(self.fronts[name], token)) == ["192.0.2.1"]
        except dns.exception.Timeout:
            return False


def watch(home: Namespace, *allowed: str) -> None:
    """
    Count; IPv6, whose neighbour discovery would count too, is off.

    @param allowed: what is not counted either, in the words of nft(8).
    """
    home.setting("net/ipv6/conf/link/disable_ipv6", "1")
    for rule in ("oifname lo accept", f"tcp dport {DOT} accept", *allowed):
        home.rule(rule, "output")
    home.run("nft", "add counter inet test leaked")
    home.rule("counter name leaked", "output")


def leaked(home: Namespace) -> int:
    """Packets to anywhere but TCP port 853, ICMP among them."""
    found = re.search(r"packets (\d+)", home.run("nft", "list counter inet test leaked"))
    assert found
    return int(found[1])


@pytest.fixture
def ways(network: Network, tmp_path: Path, credentials: Credentials) -> Iterator[Ways]:
    """All servers run."""
    watch(network.home)
    made = Ways(network, tmp_path, credentials)
    text = made.text()
    (tmp_path / "dotchain").mkdir()
    (tmp_path / "dotchain" / "dotchain.ini").write_text(text)
    with made.served():
        yield made


class Killed(Dotchain):
    """A daemon that a signal ends which it can't catch."""

    def __exit__(self, *why: object) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self._end()


def test_strict(ways: Ways, tmp_path: Path) -> None:
    """
    Whatever is wrong with TLS, at the start, after a reload, after a kill and with workers: SERVFAIL with an
    extended error, and no packet elsewhere. Once it is mended the answers come.
    """
    assert len(ways.broken) >= TWENTY
    home = ways.network.home
    with home.running(Killed(tmp_path / "dotchain")) as daemon:
        ways.holds("first")
        daemon.hangUp()
        until(lambda: "dotchain reloaded" in daemon.said())
        ways.holds("reloaded")
    workers = Dotchain(tmp_path / "again", f"[dotchain]\nworkers = 2\n{ways.text()}")
    with home.running(workers):
        ways.holds("again")
        ways.mend()
        for name in ways.fronts:
            until(partial(ways.answers, name, f"mended-{name}"))
    assert leaked(home) == 0
    for name, server in ways.servers.items():
        early = [each for each in server.queries if b"mended" not in each.question[0].name.labels[0]]
        assert name in (RIGHT, BOOTSTRAP) or not early, name
    assert {str(each.question[0].name) for each in ways.servers[BOOTSTRAP].queries} == {f"{NAME}."}
    with home.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as leak:
        leak.sendto(b"leak", (ways.address(RIGHT), 53))
    assert leaked(home) == 1


def test_bootstrapInClear(network: Network, tmp_path: Path, credentials: Credentials) -> None:
    """
    A name that is resolved in clear text: A and AAAA of that name alone leave, for the bootstrap server
    alone, though the upstream is not the one that is wanted.
    """
    names, there = "198.51.100.53", "198.51.100.10"
    network.far.up("link", f"{names}/24", f"{there}/24")
    watch(network.home, f"ip daddr {names} udp dport 53 accept")
    asked: list[tuple[str, str]] = []

    def resolve(query: raw.Asked) -> None:
        message = dns.message.from_wire(query.wire)
        (question,) = message.question
        asked.append((str(question.name), dns.rdatatype.to_text(question.rdtype)))
        answer = answerTo(message, there)
        if question.rdtype != dns.rdatatype.A:
            answer.answer.clear()
        query.send(answer.to_wire())

    keys = f"ca-file = {credentials.trusted}\nbootstrap = {names}"
    wrong = serverSide(leaf(credentials.ca, ["other.example.net"]).write(tmp_path, "wrong"))
    with (
        network.far.running(Server(resolve, udp=True, port=53, host=names)),
        network.far.running(Scripted(wrong, plainly, DOT, there)) as server,
        network.home.running(Dotchain(tmp_path / "dotchain", way("named", FRONT, DOT, keys, host=NAME))),
        network.home.entered(),
    ):
        for number in range(3):
            assert overUdp(FRONT, f"n{number}.example.org").rcode() == dns.rcode.SERVFAIL
        server.side = serverSide(credentials.files)
        until(lambda: texts(overUdp(FRONT, "mended.example.org")) == ["192.0.2.1"])
    assert leaked(network.home) == 0
    assert set(asked) == {(f"{NAME}.", "A"), (f"{NAME}.", "AAAA")}
