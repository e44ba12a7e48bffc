"""dotchain's namespace and its upstreams', joined by a link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest

from ..certificates import NAME
from ..conftest import Credentials
from ..dotchain import Dotchain
from ..load import Load
from ..ports import HOST
from ..scripted import Scripted, plainly, serverSide
from .namespace import Namespace

FRONT = 5300
DOT = 853

HERE = "198.51.100.2"
THERE = "198.51.100.1"


class Network(NamedTuple):
    """
    Two namespaces.

    @ivar home: dotchain's, and its clients'.
    @ivar far: its upstreams'.
    """

    home: Namespace
    far: Namespace

    def load(self, rate: float = 50.0) -> Load:
        """A client beside dotchain."""
        with self.home.entered():
            return Load(FRONT, rate)

    def link(self) -> None:
        """Both have an address on the link."""
        self.far.up("link", f"{THERE}/24")
        self.home.up("link", f"{HERE}/24")


@pytest.fixture
def apart() -> Iterator[Network]:
    """A link that is down on both sides."""
    with ExitStack() as stack:
        home, far = (stack.enter_context(closing(Namespace())) for _ in range(2))
        home.join(far, "link")
        yield Network(home, far)


@pytest.fixture
def network(apart: Network) -> Network:
    """A link that is up."""
    apart.link()
    return apart


def server(credentials: Credentials, host: str = THERE) -> Scripted:
    """An upstream that behaves."""
    return Scripted(serverSide(credentials.files), plainly, DOT, host)


def forwarder(folder: Path, credentials: Credentials, addresses: str, keys: str = "") -> Dotchain:
    """
    dotchain with clients on lo.

    @param keys: more of its upstream, as INI lines.
    """
    return Dotchain(
        folder,
        f"""
[front lan]
listen = udp://{HOST}:{FRONT}
chain  = home

[chain home]
path = out

[upstream out]
address = {addresses}
name    = {NAME}
ca-file = {credentials.trusted}
{keys}
""",
    )
