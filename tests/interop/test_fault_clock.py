"""A clock that is set, forth and back, and a machine that has slept: what goes by it, and what must not."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.edns
import dns.message
import dns.query
import dns.rcode
import pytest

from .asking import overUdp, query, texts
from .conftest import Credentials
from .daemon import program, unavailable, until
from .dotchain import Dotchain
from .fakeclock import FakeClock
from .ports import HOST, freePort
from .scripted import Asked, Scripted, plainly, serverSide
from .steadyclients import Ports, SteadyClient, steadyClients

HOUR, DAY = 3600, 86400
MONDAY, SATURDAY = 0, 5


class Clocked(Dotchain):
    """
    A forwarder that authenticates its upstream, blocks by the clock and saves its cache.

    @ivar port: of UDP and TCP.
    @ivar secure: of TLS.
    @ivar clock: its wall clock.
    @ivar upstream: answers with addresses that are good for 300 seconds.
    """

    def __init__(self, folder: Path, credentials: Credentials, upstream: Scripted, cookies: str = "") -> None:
        self.port, self.secure = freePort(), freePort()
        self.upstream = upstream
        super().__init__(
            folder,
            f"""
[front clear]
listen = udp://{HOST}:{self.port} tcp://{HOST}:{self.port}
{cookies}
chain = home

[front dot]
listen      = tls://{HOST}:{self.secure}
certificate = {credentials.files.certificate}
key         = {credentials.files.key}
chain       = home

[chain home]
path = block cache out

[stage block]
lists = list
match = time:mon-fri

[stage cache]
save = saved

[upstream out]
address = tls://{HOST}:{upstream.port}
name    = dns.example.org
ca-file = {credentials.trusted}
timeout = 2s
""",
        )
        self.clock = FakeClock(folder.with_suffix(".clock"))
        self.by = self.clock.by

    def configure(self) -> None:
        """With its list."""
        super().configure()
        (self.folder / "list").write_text("ad.example.org\n")

    def environment(self) -> dict[str, str]:
        """Local time is UTC."""
        return {**super().environment(), "TZ": "UTC"}

    def asked(self, name: str) -> int:
        """How often the upstream was asked for a name."""
        return sum(each.question[0].name.to_text() == f"{name}." for each in self.upstream.queries)


@pytest.fixture
def upstream(credentials: Credentials) -> Iterator[Scripted]:
    """One that behaves, but for a name."""
    with Scripted(serverSide(credentials.files), silentForSome) as made:
        yield made


def silentForSome(asked: Asked) -> None:
    """C{silent} has no answer."""
    if asked.label != "silent":
        plainly(asked)


def test_set(tmp_path: Path, credentials: Credentials, upstream: Scripted) -> None:
    """Whatever the clock is set to, each query has its answer, and what is kept stays as old as it is."""
    daemon = Clocked(tmp_path / "d", credentials, upstream)
    with daemon, steadyClients(Ports(daemon.port, daemon.secure), credentials.trusted) as clients:
        goOn(clients)
        kept = daemon.asked("foo.example.org")
        for ahead in (12 * HOUR, -12 * HOUR, 13 * HOUR, 0):
            daemon.clock.be(ahead)
            goOn(clients)
        assert [wrong for client in clients for wrong in client.wrong] == []
        assert daemon.asked("foo.example.org") == kept


def goOn(clients: list[SteadyClient]) -> None:
    """Wait until each has had ten more answers."""
    wanted = [(client, client.answered + 10) for client in clients]
    until(lambda: all(client.answered >= count for client, count in wanted))


def test_timesOut(tmp_path: Path, credentials: Credentials, upstream: Scripted) -> None:
    """A query's time ends, though the clock was set back by half a day meanwhile, and so does the daemon."""
    with Clocked(tmp_path / "d", credentials, upstream) as daemon:
        overUdp(daemon.port, "foo.example.org")
        daemon.clock.be(-12 * HOUR)
        assert overUdp(daemon.port, "silent.example.org", timeout=30).rcode() == dns.rcode.SERVFAIL


def test_certificates(tmp_path: Path, credentials: Credentials, upstream: Scripted) -> None:
    """
    Where the clock is before the upstream's certificate, nobody is asked who can't be verified, what is
    kept is given, and the log says why; once it is right all is well at once.
    """
    with Clocked(tmp_path / "d", credentials, upstream) as daemon:
        daemon.clock.be(-10 * DAY)
        assert overUdp(daemon.port, "foo.example.org").rcode() == dns.rcode.SERVFAIL
        assert upstream.queries == []
        assert "(the clock here says " in daemon.said()
        daemon.clock.be(0)
        until(lambda: texts(overUdp(daemon.port, "bar.example.org")) == ["192.0.2.1"])
        daemon.clock.be(-10 * DAY)
        assert texts(overUdp(daemon.port, "bar.example.org")) == ["192.0.2.1"]


def test_schedule(tmp_path: Path, credentials: Credentials, upstream: Scripted) -> None:
    """What is blocked from Monday to Friday is so as soon as the clock says that it is Monday."""
    with Clocked(tmp_path / "d", credentials, upstream) as daemon:
        for number, (day, address) in enumerate(
            ((SATURDAY, "192.0.2.1"), (MONDAY, "0.0.0.0"), (SATURDAY, "192.0.2.1"))
        ):
            daemon.clock.be((day - time.gmtime().tm_wday) % 7 * DAY)
            assert texts(overUdp(daemon.port, f"{number}.ad.example.org")) == [address]


def test_cookies(tmp_path: Path, credentials: Credentials, upstream: Scripted) -> None:
    """A cookie of another time is none, and the client has a new one at once (RFC 9018 section 4.3)."""
    daemon = Clocked(tmp_path / "d", credentials, upstream, "cookies = require")
    with daemon:
        cookie = b"8 octets"
        for ahead in (0, 2 * HOUR, -2 * HOUR):
            daemon.clock.be(ahead)
            refused = withCookie(daemon.port, cookie)
            assert refused.rcode() == dns.rcode.BADCOOKIE
            cookie = cookieOf(refused)
            answer = withCookie(daemon.port, cookie)
            assert (texts(answer), cookieOf(answer)) == (["192.0.2.1"], cookie)


def withCookie(port: int, cookie: bytes) -> dns.message.Message:
    """The answer to a client that shows this."""
    asked = query("foo.example.org", options=[dns.edns.GenericOption(dns.edns.OptionType.COOKIE, cookie)])
    return dns.query.udp(asked, HOST, timeout=6, port=port)


def cookieOf(answer: dns.message.Message) -> bytes:
    """What the client is to show next."""
    (found,) = [each for each in answer.options if each.otype == dns.edns.OptionType.COOKIE]
    return bytes(found.to_wire())


def test_slept(tmp_path: Path, credentials: Credentials, upstream: Scripted) -> None:
    """What was saved before a sleep that no wall clock tells of is as old as it is (time_namespaces(7))."""
    daemon = Clocked(tmp_path / "d", credentials, upstream)
    for seconds, asked in ((0, 1), (30, 1), (HOUR, 2)):
        daemon.by = asleep(seconds)
        with daemon:
            if asked > 1 or seconds:
                until(lambda: "answers read from" in daemon.said())
            assert texts(overUdp(daemon.port, "foo.example.org")) == ["192.0.2.1"]
        assert daemon.asked("foo.example.org") == asked


def asleep(seconds: int) -> list[str]:
    """What runs a daemon on a machine that has slept so long; the kernel says no where it can't."""
    by = [program("unshare"), "--time", "--boottime", f"{seconds}"]
    if subprocess.run([*by, "true"], capture_output=True, check=False).returncode:
        unavailable("time namespaces need root and Linux 5.6")
    return by
