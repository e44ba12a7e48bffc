"""C{python -m simulate.memory}: what answers take in a real Valkey or Redis; see docs/scale.rst."""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import dns.flags
import dns.message
import dns.rrset
import pytest

from dotchain.stages.shared.keys import NAMES, VALUES, Keys
from dotchain.stages.shared.values import Values
from dotchain.wire import Answer, ask
from measure.queryloss.report import rows
from tests.interop.ports import HOST
from tests.interop.valkeyserver import ValkeyServer, packed

_PREFIX = b"dotchain:"
# Commands that are sent at once; the reply to each has five octets.
_BATCH = 1000
_REPLY = len(b"+OK\r\n")
_LIFE = 3600
_SIGNATURE = "A 13 3 300 20300101000000 20290101000000 12345 example. " + "A" * 86 + "=="
_SOA = "ns.example. hostmaster.example. 1 7200 3600 1209600 300"

SORTS = {
    "one address": ("A 192.0.2.1",),
    "one address, signed": ("A 192.0.2.1", f"RRSIG {_SIGNATURE}"),
    "an alias and four addresses": (
        "CNAME name.of.a-network.example.",
        *(f"A 192.0.2.{last}" for last in range(4)),
    ),
    "no such name": (),
}
"""The records of answers; those behind an alias are its target's. Without any, an SOA says so."""


def answer(name: str, records: tuple[str, ...]) -> tuple[bytes, Answer]:
    """The question of a name, as a cache's key, and an answer to it."""
    query = dns.message.make_query(name, "A")
    made = dns.message.make_response(query)
    made.flags |= dns.flags.RA
    owner = f"{name}."
    for record in records:
        kind, _, data = record.partition(" ")
        made.answer.append(dns.rrset.from_text(owner, _LIFE, "IN", kind, data))
        owner = data if kind == "CNAME" else owner
    if not records:
        made.set_rcode(dns.rcode.NXDOMAIN)
        made.authority.append(dns.rrset.from_text("example.", _LIFE, "IN", "SOA", _SOA))
    asked = ask(name)
    return asked.key, Answer.parse(made.to_wire(), asked.question)


def commands(count: int, records: tuple[str, ...]) -> Iterator[bytes]:
    """What puts answers to so many names, by keys of the stage and as it makes values."""
    keys = Keys(b"a secret of thirty-two characters", _PREFIX)
    names, values = keys.of(NAMES), Values(keys.of(VALUES), _LIFE)
    key, made = answer("name-000000000.example", records)
    for number in range(count):
        name = names.of(key.replace(b"000000000", b"%09d" % number))
        value = values.sealed(name, made, 1_800_000_000_000 + number, _LIFE, 0)
        yield packed("SET", _PREFIX + name, value, "EX", str(_LIFE + number % 60))


def measured(count: int, records: tuple[str, ...]) -> tuple[int, int]:
    """How many octets a command has, and how many of memory each of so many answers takes."""
    with (
        TemporaryDirectory(prefix="dotchain-memory-") as folder,
        ValkeyServer(Path(folder)) as server,
        socket.create_connection((HOST, server.port), 30) as link,
    ):
        before, sent, batch = _used(server), 0, []
        for command in commands(count, records):
            batch.append(command)
            sent += len(command)
            if len(batch) == _BATCH:
                _send(link, batch)
        _send(link, batch)
        assert server.say("DBSIZE") == count
        return sent // count, (_used(server) - before) // count


def _send(link: socket.socket, batch: list[bytes]) -> None:
    link.sendall(b"".join(batch))
    left = len(batch) * _REPLY
    while left:
        left -= len(link.recv(left))
    batch.clear()


def _used(server: ValkeyServer) -> int:
    told = server.say("INFO", "memory")
    assert isinstance(told, bytes)
    return int(next(line for line in told.decode().split() if line.startswith("used_memory:")).split(":")[1])


def main(given: list[str] | None = None) -> int:
    """Measure each sort, and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m simulate.memory", description="What answers take in a real Valkey or Redis."
    )
    parser.add_argument("--names", type=int, default=1_000_000, metavar="N", help="(%(default)s)")
    count = parser.parse_args(given).names
    lines = [("Answer", "octets a write", "memory each", f"{count:,} of them")]
    try:
        for sort, records in SORTS.items():
            sent, held = measured(count, records)
            lines.append((sort, f"{sent}", f"{held}", f"{held * count / (1 << 20):,.0f} MB"))
    except (pytest.skip.Exception, pytest.fail.Exception) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    sys.stdout.write(rows(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
