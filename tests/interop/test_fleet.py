"""Machines that share a server, and list each other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from .asking import overUdp
from .conftest import Credentials
from .daemon import until
from .dotchain import CHECKOUT, Dotchain, dotchainCommand
from .ports import HOST, freePort
from .test_web import Site
from .valkeyfleet import cluster
from .valkeyserver import ValkeyServer
from .zone import writeZone

SECRET = "secret = of all machines in this test"

PAGE = CHECKOUT / "docs" / "kinds" / "shared.rst"


class Machine(Dotchain):
    """
    One of them.

    @ivar port: of UDP.
    @ivar site: its web site.
    """

    def __init__(
        self, folder: Path, credentials: Credentials, server: int, workers: int = 1, more: str = SECRET
    ) -> None:
        """@param more: further lines of its stage."""
        self.port, web, dot = freePort(), freePort(), freePort()
        self.site = Site(web)
        folder.mkdir()
        super().__init__(
            folder,
            f"""
[dotchain]
control = s
web     = http://{HOST}:{web}
workers = {workers}

[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[front dot]
listen      = tls://{HOST}:{dot}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = home

[chain home]
path = cache shared zone

[stage shared]
server  = valkey://{HOST}:{server}
machine = {folder.name}
{more}

[upstream zone]
kind = zone
file = {writeZone(folder).name}
""",
        )

    def told(self, *words: str) -> tuple[int, str]:
        """Status and output of C{dotchain stats --fleet}, or of another verb."""
        done = dotchainCommand(*(words or ("stats", "--fleet")), "--socket", str(self.folder / "s"))
        return done.returncode, done.stdout

    def fleet(self) -> Any:
        """What C{/api/fleet} says of the stage."""
        return json.loads(self.site.get("/api/fleet")[1])["shared"]

    def knows(self, **workers: int) -> dict[str, Any]:
        """
        Wait until it knows of these machines with so many workers each, and of no others.

        A server that is late, as on a busy machine, is away for a moment.

        @return: what it says of each.
        """
        found: dict[str, Any] = {}

        def known() -> bool:
            found.clear()
            found.update({each["machine"]: each for each in self.fleet()["machines"]})
            return {name: each["workers-heard"] for name, each in found.items()} == workers

        until(known)
        return found


def test_fleet(tmp_path: Path, credentials: Credentials) -> None:
    """
    Each lists all at once, workers as one machine; one that ends is gone at once, and names and clients stand
    nowhere in the server.
    """
    with ValkeyServer(tmp_path / "v") as server, Machine(tmp_path / "ns1", credentials, server.port) as first:
        with Machine(tmp_path / "ns2", credentials, server.port, workers=2) as second:
            first.knows(ns1=1, ns2=2)
            seen = second.knows(ns1=1, ns2=2)
            assert [seen[name]["this"] for name in ("ns1", "ns2")] == [False, True]
            assert 28 < seen["ns1"]["certificate-days"] < 31
            until(lambda: first.told()[0] == 0)
            overUdp(first.port, "foo.example.org")
            keys = server.say("KEYS", "*{fleet}:*")
            assert isinstance(keys, list)
            kept = b"".join(octets for key in keys if isinstance(octets := server.say("GET", key), bytes))
            assert kept.count(b'"workers":2') == 2
            assert b"example" not in kept
            assert b"127.0.0.1" not in kept
        first.knows(ns1=1)


def test_serverGone(tmp_path: Path, credentials: Credentials) -> None:
    """While the server is gone that is told, by status as well; when it is back, so are the machines."""
    with ValkeyServer(tmp_path / "v") as server:
        port = server.port
        with Machine(tmp_path / "ns1", credentials, port) as machine:
            machine.knows(ns1=1)
            server.process.terminate()
            until(lambda: machine.fleet()["state"].startswith("away: "))
            status, text = machine.told()
            assert (status, text.partition(": away: ")[0]) == (1, "shared")
            assert overUdp(machine.port, "foo.example.org").rcode() == 0
            until(lambda: b"its server is away" in machine.site.get("/")[1])
            with ValkeyServer(tmp_path / "w", port=port):
                machine.knows(ns1=1)


def test_otherSecret(tmp_path: Path, credentials: Credentials) -> None:
    """A machine with another secret is no member, and that there is one is told by the page."""
    with (
        ValkeyServer(tmp_path / "v") as server,
        Machine(tmp_path / "ns1", credentials, server.port) as first,
        Machine(tmp_path / "ns2", credentials, server.port, more="secret = of somebody else altogether"),
    ):
        until(lambda: first.fleet()["unreadable"] == 1)
        first.knows(ns1=1)
        until(lambda: b"read what 1 process tells of itself" in first.site.get("/")[1])


def test_fewRights(tmp_path: Path, credentials: Credentials) -> None:
    """The user of the manual may do all that a machine does, and without a right the reason is told."""
    (rules,) = re.findall(r"^    user (dotchain on (?:.*\\\n)*.*)$", PAGE.read_text(), re.MULTILINE)
    words = rules.replace("\\\n", " ").replace("PASSWORD", "s3cret").split()
    access = f"{SECRET}\nuser = dotchain\npassword = s3cret"
    with (
        ValkeyServer(tmp_path / "v", "--user", *words) as server,
        Machine(tmp_path / "ns1", credentials, server.port, more=access) as machine,
    ):
        machine.knows(ns1=1)
        until(lambda: machine.told("flush", "--everywhere")[0] == 0)
        server.say("ACL", "SETUSER", "dotchain", "-time")
        until(lambda: "NOPERM" in machine.fleet()["state"])


def test_inCluster(tmp_path: Path, credentials: Credentials) -> None:
    """In a cluster all of it is at one node, whichever that is."""
    more = f"cluster = yes\n{SECRET}"
    with (
        cluster(tmp_path / "nodes") as nodes,
        Machine(tmp_path / "ns1", credentials, nodes[0].port, more=more) as first,
        Machine(tmp_path / "ns2", credentials, nodes[2].port, more=more) as second,
    ):
        for each in (first, second):
            each.knows(ns1=1, ns2=1)
