"""etc/scale/ as it stands: each service of compose.yaml at its address, in a network namespace of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import dns.exception
import dns.message
import dns.query
import pytest
import yaml

from dotchain.commands.controlclient import ask

from .asking import anyone, query
from .certificates import authority, leaf
from .daemon import Daemon, program, until
from .dotchain import CHECKOUT, dotchainCommand, environment
from .network.namespace import Namespace
from .scripted import Scripted, plainly, serverSide
from .valkeyserver import installed

MARKS = {
    "valkey": "Ready to accept connections",
    "a": "dotchain ready:",
    "b": "dotchain ready:",
    "dnsdist": "Marking downstream b",
}
OUTSIDE = "10.53.0.1"
RESOLVER = "9.9.9.9"
ANYCAST = "10.53.0.53"
DOT = 853


class Service(Daemon):
    """
    What compose.yaml says of one, run as it says.

    @ivar address: its address.
    @ivar place: its namespace.
    """

    place: Namespace

    def __init__(self, folder: Path, name: str, said: dict[str, Any], trusted: Path) -> None:
        self.name = name  # type: ignore[misc]
        super().__init__(folder)
        self.address = said["networks"]["fleet"]["ipv4_address"]
        self.runtime = folder / f"run-{name}"
        self._trusted = trusted
        self._command = [*said["entrypoint"], *said["command"]]
        if "hostname" in said:
            named = f'hostname {said["hostname"]} && exec "$0" "$@"'
            self.by = [program("unshare"), "--uts", "sh", "-c", named]

    def command(self) -> list[str]:
        """The same program, wherever it is here."""
        name, *words = self._command
        if name == "twistd":
            return [sys.executable, "-c", "from twisted.scripts.twistd import run; run()", *words]
        return [installed() if name == "valkey-server" else program(name), *words]

    def environment(self) -> dict[str, str]:
        """With a certificate authority of the test's as the system's."""
        self.runtime.mkdir(mode=0o700, exist_ok=True)
        return {
            **environment(),
            "RUNTIME_DIRECTORY": str(self.runtime),
            "SSL_CERT_FILE": str(self._trusted),
        }

    def ready(self) -> bool:
        """It says so; HAProxy says nothing, and listens."""
        if self.name in MARKS:
            return MARKS[self.name] in self.said()
        with suppress(OSError), socket.create_connection((self.address, 8853), 1):
            return True
        return False

    def tell(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What C{dotchain} says of it."""
        return dotchainCommand(*words, "--socket", str(self.control))

    @property
    def control(self) -> Path:
        """Its control socket."""
        (found,) = self.runtime.glob("*.sock")
        return found


class Fleet(NamedTuple):
    """
    All that compose.yaml starts, and the resolver.

    @ivar outside: where the clients are.
    """

    outside: Namespace
    services: dict[str, Service]
    resolver: Scripted

    def ask(self, service: str, name: str) -> dns.message.Message:
        """What a client is told over UDP."""
        with self.outside.entered():
            return dns.query.udp(query(name), self.services[service].address, timeout=9, port=5300)

    def askTls(self, name: str) -> dns.message.Message:
        """What a client is told over TLS."""
        with self.outside.entered():
            return dns.query.tls(
                query(name), self.services["haproxy"].address, timeout=9, port=8853, ssl_context=anyone()
            )

    def asked(self, name: str) -> int:
        """How often the resolver was asked for a name."""
        return sum(each.question[0].name.to_text() == f"{name}." for each in self.resolver.queries)

    def figures(self, service: str) -> dict[str, Any]:
        """What a machine counts."""
        found: dict[str, Any] = ask(self.services[service].control, {"verb": "stats"})
        return found

    def headers(self) -> list[dict[str, int]]:
        """What machines count of PROXY headers: each of dnsdist and of HAProxy."""
        fronts = [self.figures(machine)["fronts"] for machine in "ab"]
        return [
            each[name][transport]["proxy-headers"]
            for each in fronts
            for name, transport in (("dns", "udp"), ("dot", "tls"))
        ]


@pytest.fixture(scope="module")
def fleet(folder: Path) -> Iterator[Fleet]:
    """All of them."""
    place = folder / "etc" / "scale"
    shutil.copytree(CHECKOUT / "etc", folder / "etc", ignore=shutil.ignore_patterns("*-state"))
    _prepare(place)
    ca = authority()
    trusted = ca.write(folder, "ca").certificate
    side = serverSide(leaf(ca, names=["dns.quad9.net"]).write(folder, "quad9"))
    said = yaml.safe_load((place / "compose.yaml").read_text())["services"]
    with ExitStack() as stack:
        outside = stack.enter_context(closing(Namespace()))
        outside.setting("net/ipv4/ip_forward", "1")
        outside.up("lo", f"{OUTSIDE}/32", f"{RESOLVER}/32")
        resolver = stack.enter_context(outside.running(Scripted(side, plainly, DOT, RESOLVER)))
        services = {}
        for name, each in said.items():
            service = services[name] = Service(place, name, each, trusted)
            inside = service.place = stack.enter_context(closing(Namespace()))
            outside.join(inside, name)
            outside.up(name)
            inside.up(name, f"{service.address}/32")
            outside.route(service.address, "dev", name)
            inside.route(OUTSIDE, "dev", name)
            inside.route("default", "via", OUTSIDE)
            stack.enter_context(inside.running(service))
        yield Fleet(outside, services, resolver)


def _prepare(place: Path) -> None:
    """Run the script, which finds the command dotchain."""
    command = place.parent / "bin" / "dotchain"
    command.parent.mkdir()
    code = "import sys; from dotchain.commands.main import main; sys.exit(main())"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n")
    command.chmod(0o755)
    path = os.pathsep.join((str(command.parent), os.environ["PATH"]))
    run = subprocess.run(
        [place / "prepare"],
        env={**environment(), "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_shared(fleet: Fleet) -> None:
    """What one machine was told the other one finds, over TLS, as a user who may do no more than that."""
    names = count()
    # Where this machine is busy, a look that takes too long is given up.
    until(lambda: _isShared(fleet, f"one{next(names)}.example"))


def test_introduced(fleet: Fleet) -> None:
    """dnsdist and HAProxy say who asks, and machines take their word."""
    for number in range(8):
        assert fleet.ask("dnsdist", f"udp{number}.example").answer
        assert fleet.askTls(f"tls{number}.example").answer
    # Balancers look whether a machine is there, for themselves.
    until(lambda: all(headers["local"] for headers in fleet.headers()))
    headers = fleet.headers()
    assert sum(each["taken"] - each["local"] for each in headers) >= 16, headers
    assert not any(each.keys() - {"taken", "local"} for each in headers), headers


def test_fleet(fleet: Fleet) -> None:
    """Each machine tells of both, as itself."""
    until(lambda: _listed(fleet) >= {"a", "b"})


def test_flushed(fleet: Fleet) -> None:
    """What one machine is told to forget the other one forgets as well."""
    assert fleet.ask("b", "flushed.example").answer
    assert fleet.services["a"].tell("flush", "--everywhere").returncode == 0
    until(lambda: bool(fleet.ask("b", "flushed.example")) and fleet.asked("flushed.example") >= 2)


def test_sameAddress(fleet: Fleet) -> None:
    """
    Where routers spread clients over machines that have one address (ECMP, anycast), each client is answered
    from it, by either machine.
    """
    hops = []
    for name in "ab":
        service = fleet.services[name]
        service.place.run("ip", "address", "add", f"{ANYCAST}/32", "dev", "lo")
        hops += ["nexthop", "dev", name]
    fleet.outside.route(ANYCAST, *hops)
    fleet.outside.route("local", "10.53.1.0/24", "dev", "lo")
    before = [fleet.figures(name)["fronts"]["dns"]["udp"]["queries"] for name in "ab"]
    for last in range(2, 26):
        with fleet.outside.entered():
            asked = query("anycast.example")
            assert dns.query.udp(asked, ANYCAST, timeout=9, port=5300, source=f"10.53.1.{last}").answer
    after = [fleet.figures(name)["fronts"]["dns"]["udp"]["queries"] for name in "ab"]
    assert all(more > less for less, more in zip(before, after, strict=True)), (before, after)


def test_rights(fleet: Fleet) -> None:
    """Who watches the server may do that, nobody without a password, and machines no more than they need."""
    assert "used_memory" in _cli(fleet, "INFO", user="watcher", file="valkey/watcher.password")
    for user, file in (("watcher", "valkey/watcher.password"), ("dotchain", "machine/valkey.password")):
        for command in ("FLUSHALL", "CONFIG GET *", "SET other 1", "KEYS *"):
            assert "NOPERM" in _cli(fleet, *command.split(), user=user, file=file)
    assert "NOAUTH" in _cli(fleet, "INFO")


def _cli(fleet: Fleet, *command: str, user: str = "", file: str = "") -> str:
    """What the server's own client says, over TLS."""
    valkey = fleet.services["valkey"]
    state = valkey.folder.parent / "scale-state"
    words = ["--tls", "--cacert", str(state / "ca" / "ca.crt"), "-h", valkey.address, "--no-auth-warning"]
    if user:
        words += ["--user", user, "--pass", (state / file).read_text().strip()]
    return fleet.outside.run(installed("cli"), *words, *command)


def test_killed(fleet: Fleet) -> None:
    """One machine dies: clients are served by the other one, what the first was told among it."""
    names = [f"of{number}.example" for number in range(40)]
    assert all(fleet.ask("a", name).answer for name in names)
    fleet.services["a"].process.kill()
    fleet.services["a"].process.wait()
    until(lambda: "Marking downstream a (10.53.0.11:5300) as 'down'" in fleet.services["dnsdist"].said())
    left = iter(names)
    until(lambda: _isAnswered(fleet, "dnsdist", next(left)))
    until(lambda: _served(fleet))


def _isShared(fleet: Fleet, name: str) -> bool:
    """Both machines answer for a name, and the resolver was asked by one."""
    return _isAnswered(fleet, "a", name) and _isAnswered(fleet, "b", name)


def _isAnswered(fleet: Fleet, service: str, name: str) -> bool:
    """There is an answer, and nobody has asked the resolver for it more than once."""
    assert fleet.ask(service, name).answer
    return fleet.asked(name) == 1


def _listed(fleet: Fleet) -> set[str]:
    """The machines that one of them lists."""
    said = fleet.services["b"].tell("stats", "--fleet").stdout
    return {line.split()[0] for line in said.splitlines() if line}


def _served(fleet: Fleet) -> bool:
    """A client gets its answer over TLS."""
    with suppress(OSError, EOFError, dns.exception.DNSException):
        return bool(fleet.askTls("of0.example").answer)
    return False
