"""etc/lab.ini as it stands, on other ports: the recipe's whole picture in one process."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .asking import connects, dig, getdns, kdig, overTcp, overUdp, texts
from .dotchain import CHECKOUT, Dotchain, dotchainCommand
from .ports import HOST, freePort

FOO = "foo.example.org"


class Lab(Dotchain):
    """
    The lab in a copy of etc/.

    @ivar port: where its clients ask, instead of 5300.
    @ivar tlsPort: where its server proxy listens, instead of 8853.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.config = folder / "lab.ini"
        self.port, self.tlsPort = freePort(), freePort()

    def configure(self) -> None:
        """Nothing is changed but the two ports."""
        text = self.config.read_text()
        for old, new in ((5300, self.port), (8853, self.tlsPort)):
            text, count = re.subn(rf":{old}\b", f":{new}", text)
            assert count, f"etc/lab.ini doesn't mention port {old}"
        self.config.write_text(text)


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[Lab]:
    """The lab, started for the first time, so that it makes its keys."""
    shutil.copytree(CHECKOUT / "etc", folder / "etc")
    with Lab(folder / "etc") as running:
        yield running


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_dig(transport: str, lab: Lab) -> None:
    """dig asks for foo.example.org through the whole picture."""
    said = dig(lab.port, transport, FOO)
    assert "status: NOERROR" in said
    assert "ANSWER: 1" in said


def test_nameError(lab: Lab) -> None:
    """What the zone doesn't have is NXDOMAIN, with its SOA."""
    said = dig(lab.port, "nothing-here.example.org")
    assert "status: NXDOMAIN" in said
    assert "SOA" in said


def test_sameOverTls(lab: Lab) -> None:
    """The inner DNS over TLS answers the same, straight from the zone."""
    direct = kdig(lab.tlsPort, "+tls", "+short", FOO)
    assert direct.split() == texts(overUdp(lab.port, FOO)) == texts(overTcp(lab.port, FOO))


@pytest.mark.parametrize("transport", ["U", "T"])
def test_getdns(transport: str, lab: Lab) -> None:
    """getdns_query asks over UDP and TCP."""
    said = getdns(f"{HOST}@{lab.port}", "-l", transport, FOO, "A")
    assert "GETDNS_RESPSTATUS_GOOD" in said
    assert f"<bindata for {texts(overUdp(lab.port, FOO))[0]}>" in said


def test_getdnsTls(lab: Lab) -> None:
    """getdns_query asks the inner DNS over TLS, the pin learnt from C{dotchain pin}."""
    found = re.findall(r'pin-sha256="[^"]+"', dotchainCommand("pin", f"{HOST}#{lab.tlsPort}").stdout)
    assert found
    said = getdns(
        f"{HOST}#{lab.tlsPort}", "-l", "L", "-K", found[0], "-m", "+return_call_reporting", FOO, "A"
    )
    assert '"tls_auth_status": <bindata of "Success">' in said


@pytest.mark.parametrize("transport", [[], ["--tcp"]])
def test_query(transport: list[str], lab: Lab) -> None:
    """C{dotchain query} prints the answer like dig and exits 0."""
    done = dotchainCommand("query", FOO, "A", f"@{HOST}#{lab.port}", *transport)
    assert done.returncode == 0, done.stderr
    assert texts(overUdp(lab.port, FOO))[0] in done.stdout


def test_queryTls(lab: Lab) -> None:
    """C{dotchain query --tls --strict} verifies the pin, and a wrong one fails with 1."""
    found = re.findall(r'pin-sha256="([^"]+)"', dotchainCommand("pin", f"{HOST}#{lab.tlsPort}").stdout)
    where = ["query", FOO, "A", f"@{HOST}#{lab.tlsPort}", "--tls", "--strict"]
    done = dotchainCommand(*where, "--pin", found[0])
    assert done.returncode == 0, done.stderr
    assert texts(overUdp(lab.port, FOO))[0] in done.stdout
    wrong = dotchainCommand(*where, "--pin", "A" * 43 + "=")
    assert wrong.returncode == 1, wrong.stdout
    assert "A" * 43 + "=" in wrong.stdout + wrong.stderr
    assert found[0] in wrong.stdout + wrong.stderr


def test_queryJson(lab: Lab) -> None:
    """C{dotchain query --json} is for programs."""
    done = dotchainCommand("query", "--json", FOO, "A", f"@{HOST}#{lab.port}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_check(lab: Lab) -> None:
    """C{dotchain check} finds nothing wrong in what runs."""
    done = dotchainCommand("check", str(lab.config))
    assert done.returncode == 0, done.stdout + done.stderr


def test_keysArePrivate(lab: Lab) -> None:
    """The keys that the lab made at its first start are its owner's alone."""
    keys = [file for file in lab.folder.rglob("*") if file.is_file() and b"PRIVATE KEY" in file.read_bytes()]
    assert keys
    assert all(file.stat().st_mode & 0o077 == 0 for file in keys)
    assert connects(lab.tlsPort)
