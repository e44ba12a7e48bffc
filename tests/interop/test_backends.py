"""Real daemons as backends that decide by who asks: by address, and by certificate."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from .asking import overUdp
from .certificates import authority, leaf
from .conftest import Credentials
from .dotchain import Dotchain
from .ports import HOST, freePort
from .resolvers import Stunnel, Unbound

SOURCE = "127.0.0.66"

FRONT = """
[front clear]
listen = udp://{host}:{port}
chain  = home

[chain home]
path = out
"""


class Picky(Unbound):
    """Answers everybody but one address, which it refuses."""

    def source(self) -> str:
        """See L{Unbound.source}."""
        return f"  access-control: {SOURCE}/32 refuse\n{super().source()}"


class Demanding(Stunnel):
    """Wants a client certificate of a CA; its backend is set by L{Stunnel}."""

    trusted = Path()

    def configure(self) -> None:
        """See L{Stunnel.configure}."""
        super().configure()
        file = self.folder / "stunnel.conf"
        file.write_text(f"{file.read_text()}\nCAfile = {self.trusted}\nverifyChain = yes\n")

    def ready(self) -> bool:
        """It accepts."""
        return True


def test_refusedByAddress(tmp_path: Path) -> None:
    """Unbound refuses the source that was wanted; by C{next-on} another one answers."""
    with Picky(tmp_path / "picky") as picky, Unbound(tmp_path / "open") as other:
        port = freePort()
        text = f"""
[upstream out]
address = tcp://{HOST}:{picky.port} tcp://{HOST}:{other.port}
source  = {SOURCE}
"""
        for more, rcode in (("", 5), ("next-on = refused\n", 0)):
            folder = tmp_path / str(rcode)
            folder.mkdir()
            with Dotchain(folder, FRONT.format(host=HOST, port=port) + text + more):
                assert overUdp(port, "foo.example.org").rcode() == rcode


@pytest.mark.parametrize("shown", [True, False])
def test_certificateWanted(tmp_path: Path, credentials: Credentials, shown: bool) -> None:
    """stunnel passes on what comes with a client certificate of its CA, and nothing else."""
    ca = authority("a CA of clients")
    files = leaf(ca, names=("client.example",), usage=ExtendedKeyUsageOID.CLIENT_AUTH).write(tmp_path, "cl")
    with Unbound(tmp_path / "unbound") as unbound:
        stunnel = Demanding(tmp_path / "stunnel", unbound.port, credentials.files)
        stunnel.trusted = ca.write(tmp_path, "clients").certificate
        port = freePort()
        text = FRONT.format(host=HOST, port=port)
        text += (
            f"[upstream out]\naddress = tls://{HOST}:{stunnel.port}\npin-sha256 = {credentials.server.pin}\n"
        )
        if shown:
            text += f"certificate = {files.certificate}\nkey = {files.key}\n"
        with stunnel, Dotchain(tmp_path, text):
            assert (overUdp(port, "foo.example.org").rcode() == 0) is shown
