"""The stage C{rewrite} before NSD: a zone under another name is the same zone."""

from __future__ import annotations

from collections.abc import Iterator

import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from .asking import overTcp
from .authorities import Nsd
from .dotchain import Dotchain
from .ports import HOST, freePort

ZONE = """$TTL 300
@       SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60
@       NS  ns
@       NS  ns.elsewhere.example.
@       MX  10 mail
ns      A   192.0.2.53
mail    A   192.0.2.25
mail    AAAA 2001:db8::25
www     CNAME web
web     A   192.0.2.80
web     HTTPS 1 . alpn=h2
svc     HTTPS 0 web
out     CNAME www.elsewhere.example.
_dns._udp SRV 1 2 53 ns
ptr     PTR www
naptr   NAPTR 1 2 "s" "SIP+D2U" "" _sip._udp
dname   DNAME tree
a.tree  A   192.0.2.90
*.wild  TXT "text of its own"
deep.er.and.deep.er A 192.0.2.91
sub     NS  ns.sub
ns.sub  A   192.0.2.54
"""
NAMES = (
    *(
        "",
        "www.",
        "web.",
        "svc.",
        "mail.",
        "out.",
        "_dns._udp.",
        "ptr.",
        "naptr.",
        "dname.",
        "x.wild.",
        "er.",
    ),
    *("a.dname.", "a.tree.", "deep.er.and.deep.er.", "gone.", "below.gone.", "ns.sub.", "x.sub.", "WWW."),
)
TYPES = ("A", "AAAA", "MX", "NS", "SOA", "CNAME", "TXT", "SRV", "PTR", "NAPTR", "HTTPS", "DNAME", "ANY")


class Zone(Nsd):
    """NSD with that zone."""

    def configure(self) -> None:
        """Its own, and another zone."""
        super().configure()
        (self.folder / "example.org.zone").write_text(ZONE, encoding="utf-8")


@pytest.fixture(scope="module", params=["shorter.example", "a.longer.name.than.that.example", "org.example"])
def setting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int, int]]:
    """A name that the zone has for clients, dotchain's port, and NSD's."""
    folder = tmp_path_factory.mktemp("rewrite")
    front, name = freePort(), str(request.param)
    with Zone(folder / "nsd") as nsd:
        config = f"""
[front lan]
listen = tcp://{HOST}:{front}
chain  = home

[chain home]
path = rewrite cache out

[stage rewrite]
rules = {name} -> example.org

[upstream out]
address = tcp://{HOST}:{nsd.port}
"""
        with Dotchain(folder / "dotchain", config):
            yield name, front, nsd.port


def sections(response: dns.message.Message) -> list[list[str]]:
    """RCODE, and the records of each section, without TTLs and in lower case."""
    return [
        [dns.rcode.to_text(response.rcode())],
        *(
            sorted(
                f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {each}".lower()
                for rrset in section
                for each in rrset
            )
            for section in (response.answer, response.authority, response.additional)
        ),
    ]


@pytest.mark.parametrize("kind", TYPES)
def test_same(setting: tuple[str, int, int], kind: str) -> None:
    """Each answer is NSD's, with the client's name wherever the zone's own is."""
    name, front, nsd = setting
    for below in NAMES:
        given = sections(overTcp(nsd, f"{below}example.org.", kind))
        expected = [[each.replace("example.org.", f"{name}.") for each in section] for section in given]
        assert sections(overTcp(front, f"{below}{name}.", kind)) == [sorted(each) for each in expected], below
