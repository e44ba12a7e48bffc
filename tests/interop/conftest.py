"""What all of these tests share: certificates, folders, and the daemons' logs in a report of failure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .certificates import Files, Issued, authority, leaf
from .daemon import Daemon

_TAIL = 6000


class Credentials(NamedTuple):
    """
    A CA and the right certificate of it, as files.

    @ivar trusted: the CA's certificate.
    """

    ca: Issued
    server: Issued
    trusted: Path
    files: Files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for this module's daemons."""
    return tmp_path_factory.mktemp("interop")


@pytest.fixture(scope="module")
def credentials(folder: Path) -> Credentials:
    """A CA, and a server's certificate for C{NAME} and 127.0.0.1 that it issued."""
    ca = authority()
    server = leaf(ca, addresses=["127.0.0.1"])
    return Credentials(ca, server, ca.write(folder, "ca").certificate, server.write(folder, "dns"))


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user may read."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    try:
        subprocess.run([sys.executable, "-c", ""], user="nobody", check=True, timeout=60)
    except PermissionError:
        pytest.skip("this Python is in a folder that is private")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the log of every daemon that runs while a test fails."""
    report = yield
    if report.failed:
        for daemon in Daemon.running:
            report.sections.append((f"log of {daemon.name}", daemon.said()[-_TAIL:]))
    return report
