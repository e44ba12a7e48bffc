"""The CAs of a front's clients, which change while clients have tickets; and tickets as clients see them."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path

import dns.message
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import anyone, query
from .certificates import Issued, authority, leaf, revocations
from .connection import framed
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .zone import writeZone

CONFIG = """\
[dotchain]
control = s
workers = {workers}

[front dot]
listen      = tls://{host}:{port}
certificate = dns.crt
key         = dns.key
chain       = here
{knobs}

[chain here]
path = zone

[upstream zone]
kind = zone
file = {zone}
"""


class Front(Dotchain):
    """
    A front with some knobs.

    @ivar port: where it listens.
    """

    startsWithin = 60.0

    def __init__(self, folder: Path, knobs: str, workers: int = 1) -> None:
        self.port = freePort()
        self.values = {"host": HOST, "port": self.port, "zone": writeZone(folder).name, "workers": workers}
        super().__init__(folder)
        leaf(authority()).write(folder, "dns")
        self.write(knobs)

    def write(self, knobs: str) -> None:
        """The INI file, with other knobs."""
        self.config.write_text(CONFIG.format(knobs=knobs, **self.values))

    def told(self, *words: str) -> str:
        """What a verb says."""
        return dotchainCommand(*words, "--socket", str(self.folder / "s")).stdout

    def set(self, knobs: str) -> None:
        """Have the daemon take other knobs."""
        self.write(knobs)
        said = self.told("reload")
        assert "keeps" not in said, said

    def handshakes(self) -> dict[str, int]:
        """Of all of them, by outcome."""
        found: dict[str, int] = json.loads(self.told("stats", "--json"))["fronts"]["dot"]["tls"]["handshakes"]
        return found


class Client:
    """
    One who comes back with the ticket that he has, wherever it leads.

    @ivar resumed: whether the last handshake has resumed a session.
    """

    def __init__(self, front: Front, made: Issued | None = None, newest: bool = True) -> None:
        """@param made: the certificate that he shows."""
        self._front = front
        self._context = anyone()
        self._context.set_alpn_protocols(["dot"])
        if not newest:
            self._context.maximum_version = ssl.TLSVersion.TLSv1_2
        if made is not None:
            self._context.load_cert_chain(*made.write(front.folder, f"client-{made.serial}"))
        self._session: ssl.SSLSession | None = None
        self.resumed = False

    def asks(self) -> bool:
        """Whether he is answered; the ticket that comes with that he takes along."""
        with socket.create_connection((HOST, self._front.port), 6) as raw:
            try:
                return self._ask(raw)
            except OSError:
                return False

    def _ask(self, raw: socket.socket) -> bool:
        with self._context.wrap_socket(raw, server_hostname="dns.example", session=self._session) as tls:
            tls.sendall(framed(query("foo.example.org").to_wire()))
            octets = tls.recv(65535)
            while octets and len(octets) < 2 + int.from_bytes(octets[:2], "big"):
                octets += tls.recv(65535)
            self.resumed, self._session = bool(tls.session_reused), tls.session
            return bool(octets) and bool(dns.message.from_wire(octets[2:]).answer)


def person(by: Issued, name: str) -> Issued:
    """A client's certificate."""
    return leaf(by, [f"{name}.example"], usage=ExtendedKeyUsageOID.CLIENT_AUTH)


class Trusting:
    """
    A front that trusts clients' CAs, which change by themselves.

    @ivar front: it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clients.crt"
        self.root, self.other = authority("a CA of clients"), authority("another CA")
        self.below = authority("a CA below", by=self.root)
        self.trust(self.root)
        self.front = Front(folder, "client-ca = clients.crt")

    def trust(self, *authorities: Issued, lists: Sequence[bytes] = ()) -> None:
        """Put another file in the place of what is trusted."""
        new = self._file.with_suffix(".new")
        certificates = [each.certificate.public_bytes(Encoding.PEM) for each in authorities]
        new.write_bytes(b"".join((*certificates, *lists)))
        new.replace(self._file)

    def refused(self, reason: str) -> int:
        """How many handshakes have failed so."""
        return self.front.handshakes().get(f"CLIENT_CERTIFICATE_{reason}", 0)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Trusting]:
    """It, running."""
    made = Trusting(folder)
    with made.front:
        yield made


@pytest.fixture
def trusting(running: Trusting) -> Trusting:
    """It, as it was at first."""
    running.trust(running.root)
    running.front.set("client-ca = clients.crt")
    return running


def test_removed(trusting: Trusting) -> None:
    """
    Clients of a CA that is trusted no more don't come back by the tickets that they have, in either version,
    be it that its file has changed or the key names another one; those of the new CA come in.
    """
    laptop, phone = person(trusting.root, "laptop"), person(trusting.other, "phone")
    clients = [Client(trusting.front, laptop, newest) for newest in (True, False)]
    for each in clients:
        assert [each.asks(), each.asks(), each.resumed] == [True, True, True]
    trusting.trust(trusting.other)
    trusting.front.told("reload")
    welcome = Client(trusting.front, phone)
    assert welcome.asks()
    assert not any(each.asks() for each in clients)
    assert trusting.refused("UNKNOWN_CA") >= 2
    trusting.root.write(trusting.front.folder, "others")
    trusting.front.set("client-ca = others.crt")
    assert not welcome.asks()
    assert all(each.asks() for each in clients)


def test_revoked(trusting: Trusting) -> None:
    """A list put into the file counts by itself, tickets or not; it can be too old, and be taken away."""
    root = trusting.root
    laptop, phone = person(root, "laptop"), person(root, "phone")
    clients = [Client(trusting.front, each) for each in (laptop, phone)]
    assert all(each.asks() and each.asks() and each.resumed for each in clients)
    trusting.trust(root, lists=[revocations(root, phone)])
    until(lambda: not clients[1].asks())
    assert clients[0].asks()
    assert trusting.refused("REVOKED") >= 1
    trusting.trust(root, lists=[revocations(root, phone, days=-1)])
    until(lambda: not clients[0].asks())
    assert trusting.refused("CRL_EXPIRED") >= 1
    trusting.trust(root)
    until(clients[1].asks)


def test_below(trusting: Trusting) -> None:
    """
    A client of a CA below a trusted one sends that, too; it is refused where its CA is revoked, or has no
    list though others have.
    """
    root, below = trusting.root, trusting.below
    laptop = person(below, "laptop")
    client = Client(trusting.front, laptop)
    assert client.asks()
    trusting.trust(root, lists=[revocations(root), revocations(below)])
    trusting.front.told("reload")
    assert client.asks()
    before = trusting.refused("REVOKED")
    trusting.trust(root, lists=[revocations(root, below), revocations(below)])
    trusting.front.told("reload")
    assert not client.asks()
    assert trusting.refused("REVOKED") == before + 1
    trusting.trust(root, lists=[revocations(root)])
    trusting.front.told("reload")
    assert not client.asks()
    assert trusting.refused("WITHOUT_CRL") == 1


def test_lifetime(tmp_path: Path) -> None:
    """Where tickets live for a second, an older one leads to a full handshake, and to an answer."""
    with Front(tmp_path, "ticket-lifetime = 1s") as front:
        for newest in (True, False):
            client = Client(front, newest=newest)
            assert client.asks()
            until(lambda client=client: client.asks() and not client.resumed)  # type: ignore[misc]


def test_changed(tmp_path: Path) -> None:
    """A reload takes other knobs: no tickets, another version and group; what is wrong changes nothing."""
    with Front(tmp_path, "") as front:
        old, new = Client(front, newest=False), Client(front)
        assert all(each.asks() and each.asks() and each.resumed for each in (old, new))
        front.set("tickets = no\ntls-min = 1.3\ngroups = secp384r1")
        assert not old.asks()
        assert [new.asks(), new.resumed, new.asks(), new.resumed] == [True, False, True, False]
        front.write("tickets = maybe")
        assert "dotchain.ini:10: [front dot] tickets: 'maybe' is neither yes nor no" in front.told("reload")
        assert new.asks()
        assert not old.asks()


def test_workers(tmp_path: Path) -> None:
    """
    With two workers a client comes back by the ticket of either, for a full handshake at the worst; a reload
    ends its tickets at both, and a CA that was removed lets nobody in at either.
    """
    root, other = authority("a CA of clients"), authority("another CA")
    for name, each in (("root", root), ("other", other)):
        each.write(tmp_path, name)
    with Front(tmp_path, "client-ca = root.crt", workers=2) as front:
        client = Client(front, person(root, "laptop"))
        assert all(client.asks() for _ in range(20))
        found = front.handshakes()
        assert found["full"] + found.get("resumed", 0) == 20
        front.set("client-ca = other.crt")
        assert not any(client.asks() for _ in range(20))
