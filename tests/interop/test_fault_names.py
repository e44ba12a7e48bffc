"""Names, texts and certificates of strangers: none writes into a terminal, a log or a page."""

from __future__ import annotations

import json
import socket
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import dns.edns
import dns.message
import dns.name
import pytest

from .certificates import authority, leaf
from .conftest import Credentials
from .daemon import WAITS, until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .scripted import Asked, Scripted, answerTo, serverSide

RED = "\x1b[31m"
LABELS = [
    RED.encode() + b"red",
    b"\x1b]0;title\x07",
    b"two\r\nlines",
    b"nul\0octet",
    "\u202etfel-ot-thgir".encode(),
    "\u0085\u2028next".encode(),
    b"\x9b2J",
    b"\xff\xfe",
    b'"}],"injected":[{"',
    b"<script>alert(1)</script>",
    b"{name} %s %n $(id) `id`",
    b"a.b",
    bytes(range(1, 64)),
    bytes(range(128, 191)),
]
"""What a name may have in it: any octets (RFC 2181 section 11)."""

NAMES = [
    *(dns.name.Name([label, b"example", b"org", b""]) for label in LABELS),
    dns.name.Name([b"\x1b" * 63, b"\n" * 63, b"\0" * 63, b"\xe2" * 61, b""]),
]
"""The last has 255 octets."""


def told(asked: Asked) -> None:
    """An upstream that tells of errors in red, on two lines."""
    answer = answerTo(asked.query)
    answer.use_edns(
        0, options=[dns.edns.EDEOption(dns.edns.EDECode.NO_REACHABLE_AUTHORITY, f"{RED}out of\norder\u202e")]
    )
    asked.send(answer)


class Shown(Dotchain):
    """A daemon that tells as much as it can: of names in its log of queries, and on its web site."""

    def __init__(self, folder: Path, right: Scripted, wrong: Scripted, credentials: Credentials) -> None:
        self.port, self.other, self.web = freePort(), freePort(), freePort()
        super().__init__(
            folder,
            f"""
[dotchain]
web = http://{HOST}:{self.web}

[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[front other]
listen = udp://{HOST}:{self.other}
chain  = wrong

[chain home]
path = querylog block cache right

[chain wrong]
path = querylog failing

[stage querylog]
file    = queries.json
clients = full

[stage block]
lists = list

[upstream right]
address    = tls://{HOST}:{right.port}
pin-sha256 = {credentials.server.pin}

[upstream failing]
address = tls://{HOST}:{wrong.port}
name    = dns.example.org
ca-file = {credentials.trusted}
timeout = 1s
""",
        )

    def configure(self) -> None:
        """With a list that has strange lines as well."""
        super().configure()
        (self.folder / "list").write_text(
            "".join(f"ad{number}.example.org\n" for number in range(50))
            + f"{RED}red.example.org\n\u202e.example.org\n"
        )


@pytest.fixture(scope="module")
def daemon(folder: Path, credentials: Credentials) -> Iterator[Shown]:
    """It asks one upstream whose texts are strange, and one whose certificate is."""
    issuer = authority(f"{RED}CA\nof nobody\u202e")
    strange = leaf(issuer, subject=f"{RED}nobody\n", addresses=[HOST]).write(folder, "strange")
    with (
        Scripted(serverSide(credentials.files), told) as right,
        Scripted(serverSide(strange)) as wrong,
        Shown(folder / "d", right, wrong, credentials) as running,
    ):
        yield running


def ask(port: int, name: dns.name.Name) -> None:
    """Ask for a name; the answer has it as it is."""
    asked = dns.message.make_query(name, "A", use_edns=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(WAITS)
        client.sendto(asked.to_wire(), (HOST, port))
        assert dns.message.from_wire(client.recv(65535)).question[0].name == name


def assertTame(text: str) -> None:
    """Whoever prints it sees letters, in lines, in their order: nothing that his terminal obeys."""
    kinds = {unicodedata.category(each) for each in text.replace("\n", "")}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}, text


def test_names(daemon: Shown) -> None:
    """
    Whatever octets are in names, error texts and certificates: in logs, on pages and in what verbs print
    they are escaped, a line of the log is a line, and the log of queries tells each name as it was.
    """
    for name in NAMES:
        ask(daemon.port, name)
        ask(daemon.other, name)
    log = daemon.folder / "queries.json"
    until(lambda: log.exists() and log.read_bytes().count(b"\n") == 2 * len(NAMES))
    logged = [dns.name.from_text(json.loads(line)["name"]) for line in log.read_text().splitlines()]
    assert Counter(logged) == Counter(NAMES * 2)
    assert log.read_text().isascii()
    assert "[31mCA" in daemon.said()
    assert len(daemon.said().splitlines()) == sum(line[:2] == "20" for line in daemon.said().splitlines())
    assertTame(daemon.said())
    for page in ("", "metrics", "api/upstreams"):
        with urlopen(f"http://{HOST}:{daemon.web}/{page}", timeout=WAITS) as found:
            assertTame(found.read().decode())


@pytest.mark.parametrize("verb", ["explain", "upstreams", "top"])
def test_verbs(verb: str, daemon: Shown) -> None:
    """So do they in what is printed of a running daemon, with a name that is typed as it was printed."""
    ask(daemon.other, NAMES[0])
    more = {"explain": [NAMES[0].to_text(), "--front", "other"], "top": ["--once"]}.get(verb, [])
    place = ["--config", str(daemon.config)]
    done = dotchainCommand(verb, *more, *place, timeout=90, RUNTIME_DIRECTORY=str(daemon.folder))
    assert "[31m" in done.stdout or verb == "top"
    assertTame(done.stdout + done.stderr)
