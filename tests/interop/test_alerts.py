"""Upstreams that end TLS with an alert: OpenSSL's own server wants a certificate that dotchain lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.edns
import dns.rcode
import pytest

from .asking import overUdp
from .certificates import NAME, Files, authority
from .conftest import Credentials
from .dotchain import Dotchain, dotchainCommand
from .openssl import OpensslServer
from .ports import HOST, freePort

VERSIONS = {"1.3": "the peer wants a certificate of ours", "1.2": "a certificate of ours is wanted"}


class Meeting:
    """
    dotchain before such a server.

    @ivar port: of its front.
    """

    def __init__(self, folder: Path, version: str, files: Files, keys: str) -> None:
        self.port = freePort()
        verify = ("-Verify", "1", "-verify_return_error", f"-tls{version.replace('.', '_')}")
        self.server = OpensslServer(folder / "server", files, *verify)
        text = f"""
[dotchain]
control = {folder / "control.sock"}

[front clear]
listen = udp://{HOST}:{self.port}
chain  = home

[chain home]
path = inner

[upstream inner]
address = tls://{HOST}:{self.server.port}
{keys}
"""
        self.dotchain = Dotchain(folder / "dotchain", text)
        self.socket = folder / "control.sock"

    @property
    def trouble(self) -> str:
        """What C{dotchain upstreams} tells of the address."""
        said = dotchainCommand("upstreams", "--socket", str(self.socket), "--json").stdout
        (address,) = json.loads(said)["inner"]["addresses"].values()
        return str(address["trouble"]["text"])

    @property
    def lines(self) -> list[str]:
        """What the log has of the upstream."""
        return [line for line in self.dotchain.said().splitlines() if "upstream inner" in line]


def told(port: int) -> str:
    """The text of the extended error that a query comes to."""
    answer = overUdp(port, "foo.example.org")
    assert answer.rcode() == dns.rcode.SERVFAIL
    (error,) = [option for option in answer.options if isinstance(option, dns.edns.EDEOption)]
    return error.text or ""


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """A version of TLS."""
    return str(request.param)


@pytest.fixture
def meeting(tmp_path: Path, version: str, credentials: Credentials) -> Iterator[Meeting]:
    """dotchain and a server that it trusts."""
    made = Meeting(tmp_path, version, credentials.files, f"name = {NAME}\nca-file = {credentials.trusted}")
    with ExitStack() as running:
        running.enter_context(made.server)
        running.enter_context(made.dotchain)
        yield made


def test_certificateWanted(meeting: Meeting, version: str) -> None:
    """The reason is told to the client, in C{upstreams}, and in one line of the log."""
    words = VERSIONS[version]
    assert words in told(meeting.port)
    assert words in meeting.trouble
    (line,) = meeting.lines
    assert words in line
    assert "phase tls" in line


def test_query(meeting: Meeting, version: str, credentials: Credentials) -> None:
    """C{dotchain query} tells it too."""
    server = f"@{HOST}#{meeting.server.port}"
    said = dotchainCommand("query", "foo.example.org", server, "--tls", "--pin", credentials.server.pin)
    assert said.returncode == 1
    assert VERSIONS[version] in said.stderr


def test_refusedInside(tmp_path: Path, version: str, credentials: Credentials) -> None:
    """A client learns that authentication failed, and not by which file, name or CA."""
    stranger = authority("a stranger's CA").write(tmp_path, "stranger").certificate
    made = Meeting(tmp_path, version, credentials.files, f"name = {NAME}\nca-file = {stranger}")
    with made.server, made.dotchain:
        text = told(made.port)
        assert text == "authentication failed: no trusted CA signed the certificate"
        (line,) = made.lines
        for whole in (made.trouble, line):
            assert str(stranger) in whole
