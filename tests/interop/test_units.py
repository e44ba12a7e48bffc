"""The units in etc/systemd, as systemd-analyze reads them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .daemon import program
from .dotchain import CHECKOUT

UNITS = sorted((CHECKOUT / "etc" / "systemd").glob("*.service"))
EXPOSED = 1.6
"""The most that `systemd-analyze security` may make of one, of 10; docs/install.rst tells it."""


def test_alike() -> None:
    """All of them are hardened, restarted and watched in the same way."""
    own = re.compile(r"#|ExecStart=|StateDirectory=|$")
    found = []
    for unit in UNITS:
        service = unit.read_text().partition("[Service]\n")[2].partition("\n[Install]")[0]
        found.append([line for line in service.splitlines() if not own.match(line)])
    assert len(found) == 4
    assert all(each == found[0] for each in found)


def test_page() -> None:
    """The page tells the figure that is held."""
    assert f"exposure of {EXPOSED}" in (CHECKOUT / "docs" / "install.rst").read_text()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_verified(unit: Path, tmp_path: Path) -> None:
    """systemd finds nothing wrong with it, and little that it could do to the machine."""
    analyze = program("systemd-analyze")
    copy = tmp_path / unit.name.replace("@", "@home")
    text = re.sub(r"^Documentation=.*\n", "", unit.read_text(), flags=re.MULTILINE)
    copy.write_text(text.replace("/opt/dotchain/bin/twistd", sys.executable))
    verify = [analyze, "verify", "--recursive-errors=no", str(copy)]
    verified = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    secure = [analyze, "security", "--offline=true", f"--threshold={EXPOSED * 10:.0f}", str(copy)]
    secured = subprocess.run(secure, capture_output=True, text=True, check=False)
    assert secured.returncode == 0, secured.stdout[-300:]
