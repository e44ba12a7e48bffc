"""Names of the operator's own: a resolver's client is answered, and a file that changes counts soon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import dig
from .daemon import until
from .dotchain import CHECKOUT, Dotchain
from .ports import HOST, freePort


class Home(Dotchain):
    """A daemon that knows the machines of a network, and forwards all else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = freePort()
        self.hosts = folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n192.168.1.10 nas.home nas\n")
        self.text = f"""
[front lan]
listen = udp://{HOST}:{self.port} tcp://{HOST}:{self.port}
chain  = home

[chain home]
path = local special cache lab

[stage local]
hosts   = hosts
records = printer.home. 60 IN A 192.168.1.9
          files.home CNAME nas.home
          out.home CNAME foo.example.org

[upstream lab]
kind = zone
file = {CHECKOUT / "etc" / "lab.zone"}
"""

    def short(self, *arguments: str) -> list[str]:
        """What dig makes of the answer, a line a record."""
        return dig(self.port, "+short", *arguments).split()


@pytest.fixture(name="home", scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with Home(tmp_path_factory.mktemp("local")) as running:
        yield running


def test_answers(home: Home) -> None:
    """Names, aliases and reverse names, over UDP and TCP; others are forwarded."""
    for how in ("+notcp", "+tcp"):
        assert home.short("printer.home", "A", how) == ["192.168.1.9"]
        assert home.short("files.home", "A", how) == ["nas.home.", "192.168.1.10"]
        assert home.short("out.home", "A", how) == ["foo.example.org.", "192.0.2.1"]
        assert home.short("-x", "192.168.1.10", how) == ["nas.home."]
        assert home.short("foo.example.org", "A", how) == ["192.0.2.1"]
        assert home.short("nas", "AAAA", how) == []


def test_changes(home: Home) -> None:
    """A file that is replaced counts soon; a broken one changes nothing, and the log says where."""
    new = home.hosts.with_name("new")
    new.write_text("192.168.1.11 nas.home\n")
    new.replace(home.hosts)
    until(lambda: home.short("nas.home", "A") == ["192.168.1.11"])
    home.hosts.write_text("192.168.1.12 nas.home\n192.168.1.300 x.home\n")
    until(lambda: f"{home.hosts}:2: '192.168.1.300' is no IP address" in home.said())
    assert home.short("nas.home", "A") == ["192.168.1.11"]
