"""A daemon whose INI file has other files in it, with several workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import dig, overUdp, texts
from .dotchain import Dotchain, dotchainCommand
from .ports import freePort

CONFIG = """\
[dotchain]
workers = 2
include = conf.d/*.ini

[front lan]
listen = udp://127.0.0.1:{port}
chain = home

[chain home]
path = quiet here
"""
QUIET = """\
[stage quiet]
kind = types
refuse = TXT
"""
HERE = """\
[upstream here]
kind = zone
file = example.zone
"""
ZONE = """\
$ORIGIN example.org.
@ 300 SOA ns hostmaster 1 7200 900 1209600 60
@ 300 NS ns
ns 300 A 192.0.2.53
foo 300 A 192.0.2.1
"""


class Several(Dotchain):
    """
    A daemon of three files.

    @ivar port: where it listens.
    """

    def __init__(self, folder: Path) -> None:
        self.port = freePort()
        super().__init__(folder, CONFIG.format(port=self.port))

    def configure(self) -> None:
        """The INI file, those that it includes, and a zone beside one of these."""
        super().configure()
        more = self.folder / "conf.d"
        more.mkdir()
        for name, text in (("quiet.ini", QUIET), ("here.ini", HERE), ("example.zone", ZONE)):
            (more / name).write_text(text)


@pytest.fixture(scope="module")
def several(folder: Path) -> Iterator[Several]:
    """Such a daemon."""
    with Several(folder) as running:
        yield running


def test_serves(several: Several) -> None:
    """Each worker has all files, and paths in a file that is included start from its folder."""
    for _ in range(8):
        assert texts(overUdp(several.port, "foo.example.org")) == ["192.0.2.1"]
        assert "status: REFUSED" in dig(several.port, "foo.example.org", "TXT")


def test_changed(several: Several) -> None:
    """What has changed in an included file all workers take; what is wrong there is told by its line."""
    socket = str(next(several.folder.glob("*.sock")))
    quiet = several.folder / "conf.d/quiet.ini"
    assert dotchainCommand("reload", "--socket", socket).returncode == 0
    quiet.write_text(QUIET.replace("TXT", "TXT MX"))
    said = dotchainCommand("reload", "--socket", socket)
    assert said.returncode == 0, said.stdout
    quiet.write_text(QUIET.replace("TXT", "NOTATYPE"))
    said = dotchainCommand("reload", "--socket", socket)
    assert said.returncode == 1
    assert f"{quiet}:3: [stage quiet] refuse: 'NOTATYPE' is " in said.stdout
    for _ in range(8):
        assert "status: REFUSED" in dig(several.port, "foo.example.org", "MX")
