"""The doctor, with a lab that runs, one that doesn't, and one with all sorts of trouble."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .dotchain import CHECKOUT, dotchainCommand
from .ports import HOST, freePort
from .test_control import Controlled

TROUBLE = """
[front lan]
listen = udp://{host}:{taken}
chain = home
[chain home]
path = any-of
[upstream any-of]
kind = failover
over = wrongpin closed named
[upstream wrongpin]
address = tls://{host}:{tls}
pin-sha256 = KAGwR1fXzY4JJtBP1yYoAisc+4yNomT6VrFPwkMi5qE=
[upstream closed]
address = tcp://{host}:{closed}
[upstream named]
address = tls://dns.example
bootstrap = udp://{host}:{closed}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controlled]:
    """The lab as it stands, on other ports."""
    folder = tmp_path_factory.mktemp("doc")
    shutil.copytree(CHECKOUT / "etc", folder / "etc")
    with Controlled(folder / "etc") as running:
        yield running


def levels(found: Any) -> dict[str, set[str]]:
    """The levels of each thing that was looked at."""
    told: dict[str, set[str]] = {}
    for each in found["findings"]:
        told.setdefault(each["about"], set()).add(each["level"])
    return told


def test_well(lab: Controlled) -> None:
    """All answer; the file need not be named."""
    found = json.loads(lab.command_("doctor", "--json").stdout)
    assert found["bad"] == 0, found
    told = levels(found)
    assert told[f"[front dot] tls://{HOST}:{lab.tlsPort}"] == {"good"}
    assert "good" in told[f"[upstream proxy] tls://{HOST}:{lab.tlsPort}"]
    assert lab.command_("doctor", str(lab.config)).returncode == 0


def test_trouble(lab: Controlled, tmp_path: Path) -> None:
    """Each trouble is found, with what is there instead; no daemon runs with that file."""
    file = tmp_path / "trouble.ini"
    closed = freePort()
    file.write_text(TROUBLE.format(host=HOST, taken=lab.port, tls=lab.tlsPort, closed=closed))
    done = dotchainCommand("doctor", str(file), RUNTIME_DIRECTORY=str(tmp_path))
    assert done.returncode == 1, done
    for words in (
        "cannot be listened on: Address already in use, by ",
        "no pin matches",
        'who is there has pin-sha256="',
        "no TCP connection: Connection refused",
        "dns.example could not be resolved",
        "no daemon runs with this file",
    ):
        assert words in done.stdout, done.stdout
    assert "\x1b" not in done.stdout


def test_wrongFile(tmp_path: Path) -> None:
    """What no daemon starts with is told; without a file and a daemon there is nothing to look at."""
    file = tmp_path / "wrong.ini"
    file.write_text("[front lan]\nlisten = udp://127.0.0.1\n")
    done = dotchainCommand("doctor", str(file), RUNTIME_DIRECTORY=str(tmp_path))
    assert (done.returncode, "no daemon starts with that file" in done.stdout) == (1, True)
    assert (
        dotchainCommand("doctor", str(tmp_path / "none.ini"), RUNTIME_DIRECTORY=str(tmp_path)).returncode == 1
    )
