"""The roles, running for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from ..interop.certificates import authority, leaf
from ..interop.conftest import Credentials, pytest_runtest_makereport
from ..interop.dotchain import Dotchain
from ..interop.server import Server, serverSide
from .misbehavior import MISBEHAVIOR
from .replies import byLabel
from .roles import Meanwhile, Role, Way

__all__ = ["pytest_runtest_makereport"]

_tokens = count(1)


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    """A CA, and a server's certificate that it issued."""
    folder = tmp_path_factory.mktemp("credentials")
    ca = authority()
    server = leaf(ca, addresses=["127.0.0.1"])
    return Credentials(ca, server, ca.write(folder, "ca").certificate, server.write(folder, "dns"))


@pytest.fixture(scope="session")
def roles(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[dict[str, Role]]:
    """
    All roles by name.

    P: server proxy over TCP; Pu: over UDP. A: aggregator. F: forwarder over TLS; Fu: over UDP.
    """
    script = byLabel(MISBEHAVIOR)
    side = serverSide(credentials.files)
    with ExitStack() as running:

        def role(name: str, plain: bool, encrypted: bool, path: str, out: str) -> Role:
            server = Server(script, side if out == "tls" else None, udp=out != "tls")
            return Role(name, plain, encrypted, path, running.enter_context(server), out)

        daemons = {
            "proxy": [role("P", False, True, "", "tcp"), role("Pu", False, True, "", "udp")],
            "aggregator": [role("A", True, False, "special cache coalesce", "tls")],
            "forwarder": [
                role("F", True, True, "special cache coalesce", "tls"),
                role("Fu", True, True, "cache coalesce", "udp"),
            ],
        }
        for name, roles in daemons.items():
            text = "".join(one.text(credentials) for one in roles)
            folder = tmp_path_factory.mktemp(name)
            daemon = running.enter_context(Dotchain(folder, text))
            for one in roles:
                one.daemon = daemon
        yield {one.name: one for roles in daemons.values() for one in roles}


@pytest.fixture(scope="session")
def ways(roles: dict[str, Role]) -> dict[str, Way]:
    """All ways to ask a role."""
    return {
        f"{role.name}-{transport}": Way(role, transport)
        for role in roles.values()
        for transport in (["udp", "tcp"] * role.plain + ["tls"] * role.encrypted)
    }


@pytest.fixture
def way(request: pytest.FixtureRequest, ways: dict[str, Way]) -> Way:
    """The way that a test is run for."""
    return ways[request.param]


@pytest.fixture
def token() -> str:
    """A label that no other test asks for."""
    return f"t{next(_tokens):04}x"


@pytest.fixture(scope="session")
def meanwhile(ways: dict[str, Way]) -> Iterator[Meanwhile]:
    """See L{Meanwhile}."""
    running = Meanwhile(ways)
    yield running
    running.close()
