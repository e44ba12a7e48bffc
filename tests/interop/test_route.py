"""Split DNS: questions, transfers, updates and NOTIFY of one zone go to BIND, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.tsigkeyring
import dns.update
import pytest

from .asking import dig, overUdp, texts
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .primaries import KEY, ORIGIN, Primary

ELSEWHERE = "$ORIGIN example.\n@ 300 IN SOA ns h 1 2 3 4 5\n@ 300 IN NS ns\n* 300 IN A 192.0.2.99\n"


class Split(NamedTuple):
    """Where dotchain listens, BIND behind it, and the INI file."""

    port: int
    primary: Primary
    file: Path


@pytest.fixture(scope="module")
def split(folder: Path) -> Iterator[Split]:
    """A group with BIND for one zone, another server for the rest, and a route."""
    (folder / "elsewhere.zone").write_text(ELSEWHERE)
    with ExitStack() as running:
        primary = running.enter_context(Primary(folder / "primary", 20))
        port = freePort()
        text = f"""
[front lan]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
relay  = notify update transfers
chain  = home
[chain home]
path = route elsewhere
[stage route]
rules = {ORIGIN} -> office
[chain office]
path = cache coalesce both
[upstream both]
kind = failover
over = nameserver nobody
[upstream nobody]
address = udp://{HOST}:{freePort()}
[upstream nameserver]
address = udp://{HOST}:{primary.port} tcp://{HOST}:{primary.port}
[upstream elsewhere]
kind   = zone
file   = {folder / "elsewhere.zone"}
origin = example
"""
        made = running.enter_context(Dotchain(folder / "route", text))
        yield Split(port, primary, made.config)


def test_questions(split: Split) -> None:
    """Names of the zone are asked there, by whatever case; others are not."""
    assert texts(overUdp(split.port, f"N1.{ORIGIN.upper()}")) == ["10.0.0.1"]
    assert texts(overUdp(split.port, "www.example")) == ["192.0.2.99"]
    assert texts(overUdp(split.port, f"n1.not{ORIGIN}")) == ["192.0.2.99"]


def test_transfer(split: Split) -> None:
    """The zone comes whole, and no other."""
    said = dig(split.port, ORIGIN, "AXFR")
    assert "n19.big.example." in said
    assert "XFR size: 24 records" in said
    assert "Transfer failed" in dig(split.port, "example", "AXFR")


def test_update(split: Split) -> None:
    """A signed update changes the zone."""
    update = dns.update.UpdateMessage(ORIGIN, keyring=dns.tsigkeyring.from_text({"transfers": KEY}))
    update.add("new", 60, "A", "192.0.2.66")
    response = dns.query.tcp(update, HOST, port=split.port, timeout=5)
    assert response.rcode() == dns.rcode.NOERROR
    assert texts(overUdp(split.port, f"new.{ORIGIN}")) == ["192.0.2.66"]


def test_notify(split: Split) -> None:
    """BIND, which is no secondary of it, says so itself; of another zone nobody hears."""
    for zone, rcode in ((ORIGIN, dns.rcode.NOERROR), ("example", dns.rcode.SERVFAIL)):
        notify = dns.message.make_query(zone, "SOA")
        notify.set_opcode(dns.opcode.NOTIFY)
        assert dns.query.udp(notify, HOST, port=split.port, timeout=5).rcode() == rcode


def test_explained(split: Split) -> None:
    """dotchain explain shows the rule, its line and the branch."""
    where = str(split.file.parent)
    said = dotchainCommand(
        "explain", f"n2.{ORIGIN}", "--config", str(split.file), RUNTIME_DIRECTORY=where
    ).stdout
    assert f"{ORIGIN} -> office (line 9)" in said
    assert "nameserver (forward)" in said
    assert "elsewhere" not in said
