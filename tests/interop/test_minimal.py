"""The stage C{minimal} before BIND that says all it can, beside BIND with C{minimal-responses}."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from .asking import output
from .authorities import Named
from .dotchain import Dotchain
from .ports import HOST, freePort

ZONE = """$TTL 300
@       SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60
@       NS  ns
@       MX  10 mail
ns      A   192.0.2.53
mail    A   192.0.2.25
www     A   192.0.2.1
alias   CNAME www
srv     SRV 1 2 53 ns
*.wild  A   192.0.2.9
sub     NS  ns.sub
ns.sub  A   192.0.2.54
"""
ASKED = (
    *(("www", "A"), ("www", "AAAA"), ("alias", "A"), ("alias", "AAAA"), ("@", "MX"), ("srv", "SRV")),
    *(("gone", "A"), ("x.wild", "A"), ("x.wild", "MX"), ("x.sub", "A"), ("@", "SOA")),
)


class Zone(Named):
    """BIND with that zone, signed."""

    def __init__(self, folder: Path, minimal: str) -> None:
        super().__init__(folder)
        self.minimal = minimal

    def configure(self) -> None:
        """Its own, with another zone."""
        super().configure()
        file = self.folder / "example.org.zone"
        file.write_text(ZONE, encoding="utf-8")
        for options in ((), ("-f", "KSK")):
            output(
                "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", *options, "example.org", folder=self.folder
            )
        output("dnssec-signzone", "-S", "-o", "example.org", "-f", "signed", file.name, folder=self.folder)
        (self.folder / "signed").replace(file)
        config = self.folder / "named.conf"
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("minimal-responses yes", f"minimal-responses {self.minimal}"))


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Where dotchain is, with the stage before the BIND that says all, and the two BINDs."""
    folder = tmp_path_factory.mktemp("minimal")
    front = freePort()
    with Zone(folder / "all", "no") as everything, Zone(folder / "minimal", "yes") as minimal:
        config = f"""
[front lan]
listen = udp://{HOST}:{front}
chain  = home

[chain home]
path = minimal out

[upstream out]
address = udp://{HOST}:{everything.port} tcp://{HOST}:{everything.port}
"""
        with Dotchain(folder / "dotchain", config):
            yield {"dotchain": front, "all": everything.port, "minimal": minimal.port}


def sections(port: int, name: str, kind: str, do: bool) -> list[list[str]]:
    """RCODE, and owner and type of the RRsets of each section; signatures with what they sign."""
    query = dns.message.make_query(
        f"{name}.example.org." if name != "@" else "example.org.", kind, use_edns=0, want_dnssec=do
    )
    response = dns.query.udp(query, HOST, timeout=6, port=port)
    return [
        [dns.rcode.to_text(response.rcode())],
        *(
            sorted(
                f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {dns.rdatatype.to_text(rrset.covers)}"
                for rrset in section
            )
            for section in (response.answer, response.authority, response.additional)
        ),
    ]


@pytest.mark.parametrize("do", [False, True])
def test_same(ports: dict[str, int], do: bool) -> None:
    """It leaves what BIND leaves: positive, negative, of wildcards with their proofs, and referrals."""
    more = 0
    for name, kind in ASKED:
        found = sections(ports["dotchain"], name, kind, do)
        assert found == sections(ports["minimal"], name, kind, do), (name, kind)
        more += found != sections(ports["all"], name, kind, do)
    assert more > len(ASKED) // 3
