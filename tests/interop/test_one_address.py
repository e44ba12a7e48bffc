"""Machines behind one address: what one has given to a client, shown to the next."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.edns
import dns.message
import dns.query
import dns.rcode
import pytest

from .asking import anyone, query
from .authorities import Named
from .conftest import Credentials
from .connection import framed, nextMessage
from .daemon import until
from .dotchain import Dotchain
from .ports import HOST, freePort
from .zone import writeZone

OLD, NEW = "000102030405060708090a0b0c0d0e0f", "f0e0d0c0b0a090807060504030201000"


class Machine(Dotchain):
    """
    One of several, all of whose clients must show a cookie.

    @ivar port: of UDP.
    @ivar secure: of TLS.
    """

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        self.port, self.secure = freePort(), freePort()
        folder.mkdir()
        self._cookies = folder / "cookies"
        self.write(OLD)
        super().__init__(
            folder,
            f"""
[front clear]
listen        = udp://{HOST}:{self.port}
cookies       = require
cookie-secret = cookies
chain         = home

[front dot]
listen      = tls://{HOST}:{self.secure}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = home

[chain home]
path = zone

[upstream zone]
kind = zone
file = {writeZone(folder).name}
""",
        )

    def write(self, *lines: str) -> None:
        """The file of secrets."""
        self._cookies.write_text("".join(f"{line}\n" for line in lines))
        self._cookies.chmod(0o600)

    def roll(self, *lines: str) -> None:
        """Other secrets, by a reload."""
        self.write(*lines)
        before = self.said().count("dotchain reloaded")
        self.hangUp()
        until(lambda: self.said().count("dotchain reloaded") > before)


@pytest.fixture
def machines(tmp_path: Path, credentials: Credentials) -> Iterator[tuple[Machine, Machine]]:
    """Two, with the same secret."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Machine(tmp_path / each, credentials)) for each in ("a", "b"))
        yield first, second


def shown(port: int, cookie: bytes) -> dns.message.Message:
    """The answer to a query with a cookie."""
    asked = query("foo.example.org", options=[dns.edns.GenericOption(dns.edns.OptionType.COOKIE, cookie)])
    return dns.query.udp(asked, HOST, timeout=6, port=port)


def given(port: int) -> bytes:
    """The cookie that somebody gets who has none yet."""
    refused = shown(port, secrets.token_bytes(8))
    assert refused.rcode() == dns.rcode.BADCOOKIE
    (found,) = [each for each in refused.options if each.otype == dns.edns.OptionType.COOKIE]
    return bytes(found.to_wire() or b"")


def isGood(port: int, cookie: bytes) -> bool:
    """Whether who shows it is answered."""
    rcode = shown(port, cookie).rcode()
    assert rcode in (dns.rcode.NOERROR, dns.rcode.BADCOOKIE)
    return rcode == dns.rcode.NOERROR


def test_rolled(machines: tuple[Machine, Machine]) -> None:
    """
    With one C{cookie-secret} no client has to prove its address again on another machine, not even while
    the secret is changed in the way of RFC 9018 section 5, one machine after the other.
    """
    first, second = machines
    cookies = [given(each.port) for each in machines]
    for secretsThen in ((OLD, NEW), (NEW, OLD)):
        for rolled in machines:
            rolled.roll(*secretsThen)
            cookies += [given(each.port) for each in machines]
            assert all(isGood(each.port, cookie) for each in machines for cookie in cookies)
    old, new = cookies[0], cookies[-1]
    second.roll(NEW)
    assert [isGood(first.port, old), isGood(second.port, old)] == [True, False]
    assert all(isGood(each.port, new) for each in machines)


def test_otherSoftware(tmp_path: Path, machines: tuple[Machine, Machine]) -> None:
    """BIND with the same secret takes our cookies for its own, and we its (RFC 9018)."""
    here = machines[0].port
    required = f'answer-cookie yes; require-server-cookie yes; cookie-secret "{OLD}";'
    with Named(tmp_path / "named", more=required) as named:
        assert isGood(named.port, given(here))
        assert isGood(here, given(named.port))
    with Named(tmp_path / "other", more=required.replace(OLD, NEW)) as named:
        assert not isGood(named.port, given(here))
        assert not isGood(here, given(named.port))


def test_sessions(machines: tuple[Machine, Machine]) -> None:
    """A TLS session is resumed on the machine that it is of; on another one there is a full handshake."""
    side = anyone()
    first, second = machines
    session = visit(side, first, None, isResumed=False)
    session = visit(side, first, session, isResumed=True)
    session = visit(side, second, session, isResumed=False)
    visit(side, second, session, isResumed=True)


def visit(
    side: ssl.SSLContext, machine: Machine, session: ssl.SSLSession | None, isResumed: bool
) -> ssl.SSLSession:
    """A client that comes back asks once, and is answered; the session that it leaves with."""
    with (
        socket.create_connection((HOST, machine.secure), 8) as raw,
        side.wrap_socket(raw, session=session) as tls,
    ):
        tls.sendall(framed(query("foo.example.org").to_wire()))
        assert dns.message.from_wire(nextMessage(tls)).rcode() == dns.rcode.NOERROR
        assert bool(tls.session_reused) is isResumed
        found = tls.session
    assert found is not None
    return found
