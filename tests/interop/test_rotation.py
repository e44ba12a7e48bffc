"""Certificates and keys that change under those who are connected, and what the site tells of a reload."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .asking import query
from .certificates import Files, Issued, leaf
from .conftest import Credentials
from .daemon import until
from .dot import DotConnection
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .test_web import Site
from .zone import writeZone

CONFIG = """\
[dotchain]
control = s
web     = http://{host}:{web}

[front dot]
listen      = tls://{host}:{port}
certificate = front.crt
key         = front.key
chain       = home
{front}
[chain home]
path = {path} {upstream}

[upstream {upstream}]
kind = zone
file = {zone}
"""


class Rotated(Dotchain):
    """A front over TLS before a zone, and a site."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        super().__init__(folder)
        self.ca = credentials.ca
        self.trusted = credentials.trusted
        self.values: dict[str, Any] = {
            "host": HOST,
            "web": freePort(),
            "port": freePort(),
            "front": "",
            "path": "cache",
            "upstream": "names",
            "zone": writeZone(folder).name,
        }
        self.site = Site(self.values["web"])
        self.first = leaf(self.ca)
        self.first.write(folder, "front")
        self.write()

    def write(self, **values: object) -> None:
        """The INI file, with other values."""
        self.config.write_text(CONFIG.format(**{**self.values, **values}))

    def reload(self, status: int = 0) -> str:
        """What the verb says."""
        done = dotchainCommand("reload", "--socket", str(self.folder / "s"))
        assert done.returncode == status, done.stdout
        return done.stdout

    def connect(self) -> DotConnection:
        """As a client that trusts the CA alone."""
        return DotConnection(self.values["port"], self.trusted)

    def shown(self) -> int:
        """The serial number of the certificate that a new client meets, and is answered with."""
        with self.connect() as connection:
            assert isAnswered(connection)
            return connection.serial

    def put(self, made: Issued, *names: str) -> Files:
        """Rename some of a new pair's files into place."""
        files = made.write(self.folder, "next")
        for name in names:
            getattr(files, name).replace(self.folder / f"front.{'crt' if name == 'certificate' else 'key'}")
        return files

    def metrics(self) -> str:
        """A scrape."""
        return self.site.get("/metrics")[1].decode()

    def failed(self) -> float:
        """How many reloads left something as it was."""
        return self.site.sum("dotchain_reloads_total", result="failed")


@pytest.fixture
def running(tmp_path: Path, credentials: Credentials) -> Iterator[Rotated]:
    """The daemon."""
    with Rotated(tmp_path, credentials) as made:
        yield made


def isAnswered(connection: DotConnection) -> bool:
    """Whether a client has its record over this connection."""
    return bool(connection.ask(query("foo.example.org")).answer)


def test_kept(running: Rotated) -> None:
    """
    A client that stays connected is answered through a new certificate, another chain and other keys of
    its front, and goes on with the certificate that it has met; a new one meets the new certificate.
    """
    with running.connect() as kept:
        assert isAnswered(kept)
        second = leaf(running.ca)
        running.put(second, "certificate", "key")
        running.reload()
        for values in ({"path": "any cache", "upstream": "more"}, {"front": "max-client-in-flight = 7\n"}):
            running.write(**values)
            running.reload()
            assert isAnswered(kept)
        assert kept.serial == running.first.serial
        assert running.shown() == second.serial


def test_halfWritten(running: Rotated) -> None:
    """
    A certificate whose key comes two seconds later is no error and no failed reload: the old pair serves
    until then, and the new one thereafter, by itself.
    """
    before = len(running.said())
    second = leaf(running.ca)
    running.put(second, "certificate")
    time.sleep(2)
    assert running.shown() == running.first.serial
    assert "error]" not in running.said()[before:]
    (running.folder / "next.key").replace(running.folder / "front.key")
    until(lambda: running.shown() == second.serial)
    assert "keeps the old state" not in running.said()
    assert running.failed() == 0


def test_expired(running: Rotated) -> None:
    """An expired pair is refused with its reason, and counted; the one that is good goes on."""
    running.put(leaf(running.ca, days=(-9, -1)), "certificate", "key")
    said = running.reload(status=1)
    assert "front dot: keeps the old state" in said
    assert "expired" in said
    assert running.shown() == running.first.serial
    # A scrape may have the numbers of half a second ago.
    until(lambda: running.failed() >= 1)
    second = leaf(running.ca)
    running.put(second, "certificate", "key")
    running.reload()
    assert running.shown() == second.serial


def test_expiredElsewhere(running: Rotated) -> None:
    """The same where other keys of the front have changed: nothing is taken, and the line is told."""
    running.put(leaf(running.ca, days=(-9, -1)), "certificate", "key")
    running.write(front="max-in-flight = 77\n")
    said = running.reload(status=1)
    assert "dotchain.ini:7: [front dot] certificate: expired on" in said
    assert running.shown() == running.first.serial
    assert "dotchain reloaded" not in running.said()


def test_metricsFollow(running: Rotated) -> None:
    """The site tells of the stages and upstreams of now, and no more of what is gone."""
    assert running.shown()
    assert '"cache"' in running.metrics()
    running.write(path="any", upstream="more")
    running.reload()
    assert running.shown()
    until(lambda: '"any"' in running.metrics())
    assert '"cache"' not in running.metrics()
    assert '"names"' not in running.metrics()
    assert '"more"' in running.metrics()


def test_webMoves(running: Rotated) -> None:
    """Another address of the site takes a restart: that is said, with the line, and nothing changes."""
    running.write(web=freePort(), path="any")
    said = running.reload(status=1)
    assert f"{running.config}:3: [dotchain] web: has changed, and only a restart takes that" in said
    assert running.site.get("/metrics")[0] == 200
    assert running.shown() == running.first.serial
    assert '"cache"' in running.metrics()
