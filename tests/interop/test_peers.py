"""Every daemon of others answers when it is asked directly, so that a failure elsewhere is dotchain's."""

from __future__ import annotations

from pathlib import Path

import pytest

from .asking import dig, getdns, kdig, overTcp, overTls, overUdp, query, texts
from .authorities import Authority, Knot, Named, Nsd
from .certificates import otherPin
from .conftest import Credentials
from .daemon import program
from .dot import DotConnection
from .ports import HOST
from .resolvers import Stubby, Stunnel, Unbound, UnboundClient
from .scripted import Asked, Scripted, answerTo, serverSide


@pytest.mark.parametrize("kind", [Named, Nsd, Knot])
def test_authority(kind: type[Authority], folder: Path) -> None:
    """BIND, NSD and Knot DNS serve example.org over UDP and TCP."""
    with kind(folder / kind.name) as server:
        assert texts(overUdp(server.port, "foo.example.org")) == ["192.0.2.1"]
        assert len(texts(overTcp(server.port, "big.example.org", "TXT"))[0]) > 3000
        assert "NXDOMAIN" in dig(server.port, "gone.example.org")


def test_bindTls(folder: Path, credentials: Credentials) -> None:
    """BIND's own DNS over TLS is authenticated by the test's CA, and no other pin will do."""
    with Named(folder / "named-tls", credentials.files) as server:
        assert texts(overTls(server.tlsPort, "foo.example.org", trusted=credentials.trusted)) == ["192.0.2.1"]
        right, wrong = f"+tls-pin={credentials.server.pin}", f"+tls-pin={otherPin()}"
        assert "192.0.2.1" in kdig(server.tlsPort, "+tls", right, "foo.example.org")
        assert "192.0.2.1" not in kdig(server.tlsPort, "+tls", wrong, "foo.example.org")


def test_unboundTls(folder: Path, credentials: Credentials) -> None:
    """Unbound serves DNS over TLS with C{do-udp: no}, and getdns_query reads it."""
    with Unbound(folder / "unbound-tls", credentials.files) as server:
        assert texts(overTls(server.port, "foo.example.org", trusted=credentials.trusted)) == ["192.0.2.1"]
        assert "192.0.2.1" in getdns(f"{HOST}#{server.port}", "-l", "L", "foo.example.org", "A")


def test_clients(folder: Path, credentials: Credentials) -> None:
    """Unbound and Stubby forward over TLS, stunnel does so in both directions."""
    with (
        Named(folder / "behind") as named,
        Stunnel(folder / "stunnel-server", named.port, credentials.files) as server,
        Stunnel(folder / "stunnel-client", server.port) as client,
        UnboundClient(folder / "unbound-client", [server.port], credentials.trusted) as unbound,
        Stubby(folder / "stubby", [server.port], credentials.server.pin) as stubby,
    ):
        assert texts(overTls(server.port, "foo.example.org", trusted=credentials.trusted)) == ["192.0.2.1"]
        assert texts(overTcp(client.port, "foo.example.org")) == ["192.0.2.1"]
        assert texts(overUdp(unbound.port, "foo.example.org")) == ["192.0.2.1"]
        assert texts(overUdp(stubby.port, "foo.example.org")) == ["192.0.2.1"]


def test_scripted(credentials: Credentials) -> None:
    """The test's own server does as its script says, and knows all that it received."""

    def script(asked: Asked) -> None:
        asked.later(0.2 if asked.label == "slow" else 0, answerTo(asked.query))

    queries = [query("slow.example.org"), query("fast.example.org")]
    with Scripted(serverSide(credentials.files), script) as server:
        assert server.received == b""
        with DotConnection(server.port, credentials.trusted) as connection:
            connection.send(*queries)
            answers = [connection.receive(), connection.receive()]
            assert connection.serial == credentials.server.serial
        assert [answer.id for answer in answers] == [queries[1].id, queries[0].id]
        assert len(server.received) == sum(2 + len(asked.to_wire()) for asked in queries)


def test_missingProgram(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that isn't installed skips the test, and fails it where CI=true."""
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="no-such-daemon"):
        program("no-such-daemon")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-daemon"):
        program("no-such-daemon")
