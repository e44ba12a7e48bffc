"""What operators write: the INI file, matches, lists, hosts, zones, files of other programs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import dns.name

from dotchain.api import OptionError
from dotchain.client import Client
from dotchain.config.ini import parse
from dotchain.importing.formats import settings
from dotchain.importing.rendering import rendered
from dotchain.importing.settings import CannotImport
from dotchain.lists.reading import FORMATS, Reading
from dotchain.match.reading import match, rules
from dotchain.options import LineError
from dotchain.stages.local.hostsfile import readHosts
from dotchain.stages.rpz.masterfile import MasterFile, ZoneError
from dotchain.stages.rpz.policyzone import PolicyZone
from dotchain.testing import makeQuery
from dotchain.zones.masterfile import readZone
from tests.importing.test_formats import TEXTS
from tests.stages.rpz.rpzcase import HEAD
from tests.stages.rpz.test_policyzone import LINES

from ..target import Target

_ASKED = makeQuery("www.example.org.", "AAAA", client=Client("192.0.2.9", "tls", "dot", "kids.dot.example"))
_POLICY = dns.name.from_text("policy.example")
_NAME = b"\3www\7example\3org\0"


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")


def _ini(octets: bytes) -> None:
    """Every line is a part of a section or told as a problem, with its number."""
    text = _text(octets)
    _, problems = parse(text, Path("/"))
    lines = text.count("\n") + 1
    assert all(1 <= each.line <= lines for each in problems)


def _match(octets: bytes) -> None:
    """Words hold or not, and so do rules."""
    # Those would read files.
    text = _text(octets).replace("list:", "")
    with suppress(ValueError):
        match(text).holds(_ASKED)
    with suppress(ValueError, LineError):
        rules(text).find(_ASKED)


def _list(octets: bytes) -> None:
    """A list is read in any pieces, or refused; a name can be looked up in it."""
    reading, half = Reading(), len(octets) // 2
    with suppress(ValueError):
        reading.feed(octets[:half])
        reading.feed(octets[half:])
        found = reading.done()
        assert found.format in FORMATS
        found.names.find(_NAME)
        found.allowed.find(_NAME)


@contextmanager
def _file(octets: bytes) -> Iterator[Path]:
    with NamedTemporaryFile(suffix=".zone") as file:
        file.write(octets)
        file.flush()
        yield Path(file.name)


def _hosts(octets: bytes) -> None:
    """Hosts, or which line is none."""
    with _file(octets) as file, suppress(ValueError):
        for host in readHosts(file):
            assert len(host.address) in (4, 16)


def _zone(octets: bytes) -> None:
    """A zone, or which line of it is wrong."""
    with _file(octets) as file, suppress(OptionError):
        readZone(file)


def _policy(octets: bytes) -> None:
    """A policy zone, or which line of it is wrong."""
    zone = PolicyZone(_POLICY.to_digestable())
    with suppress(ZoneError):
        for record in MasterFile(io.StringIO(_text(octets)), _POLICY):
            zone.add(record)


def _imported(octets: bytes) -> None:
    """What other programs read becomes an INI file that is one, or is refused."""
    text = _text(octets)
    with suppress(CannotImport):
        assert not parse(rendered(settings(text, "f", lambda _: []), "f"), Path("/"))[1]


_INI = b"""\
[front lan]
listen = udp://127.0.0.1:53 tcp://127.0.0.1:53  ; two
chain  = home

[chain home]
path = blocked,
       out

[upstream out]
address = tls://192.0.2.1
"""
_MATCHES = (
    b"example.org type:aaaa,A client:192.0.2.0/24 front:dot transport:tls sni:Kids.dot.example. -> a",
    b"=www.example.org !*.example.net /^ads[0-9]*\\./ class:CH identity:laptop.example -> b",
    b"time:mon-fri,08:00-18:00 !client:2001:db8::/32,10.0.0.0/8 . -> c\nexample.org -> d",
)
LISTS = (
    b"127.0.0.1 localhost\n0.0.0.0 ads.example.org tracker.example # x\n",
    b"! Title: x\n||ads.example.org^\n@@||good.example^$important\n/ads[0-9]+\\./\n",
    b"address=/ads.example.org/#\nserver=/tracker.example/\n",
    b"ads.example.org\n*.tracker.example\n",
    b"$TTL 60\n@ SOA . . 1 2 3 4 5\nads.example.org CNAME .\n*.x.example CNAME rpz-drop.\n",
)
_ZONE = b"""\
$ORIGIN example.org.
$TTL 1h
@ IN SOA ns root 1 2h 3h 4w 5m
  NS ns
ns A 192.0.2.1 ; one
  AAAA 2001:db8::1
txt TXT "a \\"b" ( "c"
  "d" )
"""

TARGETS = (
    Target("ini", _ini, (_INI,)),
    Target("match", _match, _MATCHES),
    Target("list", _list, LISTS),
    Target("hosts", _hosts, (LISTS[0], b"::1 a b.c. # d\nfe80::1%lo0 e\n")),
    Target("zone", _zone, (_ZONE,)),
    Target("policy", _policy, ((HEAD + "\n".join(LINES)).encode(),)),
    Target("import", _imported, tuple(text.encode() for text in TEXTS.values())),
)
