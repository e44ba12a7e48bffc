"""The stage C{answers} beside Unbound's C{private-address}, with the same nameserver behind both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import pytest

from .asking import overUdp, texts
from .authorities import Nsd
from .dotchain import Dotchain
from .ports import HOST, freePort
from .resolvers import Unbound

ZONE = """$TTL 300
@       SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 60
@       NS  ns
ns      A   192.0.2.53
www     A   192.0.2.1
ten     A   10.1.2.3
shared  A   100.64.0.1
loop    A   127.0.0.1
here    A   0.0.0.0
link    A   169.254.1.1
twelve  A   172.31.255.255
home    A   192.168.0.1
mixed   A   192.0.2.2
mixed   A   10.0.0.1
mixed   A   192.0.2.3
outside A   172.32.0.1
alias   CNAME ten
good    AAAA 2001:db8::1
ula     AAAA fd00::1
local   AAAA fe80::1
self    AAAA ::1
mapped  AAAA ::ffff:10.0.0.1
own.corp A  10.0.0.2
hints   HTTPS 1 . ipv4hint=10.0.0.1
cloaked CNAME x.tracker
x.tracker A 192.0.2.9
"""
FOURS = ("www", "ten", "loop", "link", "twelve", "home", "mixed", "outside", "own.corp", "shared", "here")
SIXES = ("good", "ula", "local", "self", "mapped", "www")

# What dotchain's word private stands for, as far as Unbound counts it.
NETWORKS = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10", "::ffff:0:0/96"),
)


class Zone(Nsd):
    """NSD with that zone."""

    def configure(self) -> None:
        """Its own, and another zone."""
        super().configure()
        (self.folder / "example.org.zone").write_text(ZONE, encoding="utf-8")


class Protecting(Unbound):
    """Unbound with the same protection before the same server."""

    def __init__(self, folder: Path, authority: int) -> None:
        super().__init__(folder)
        self.authority = authority

    def source(self) -> str:
        """Everything from the authority."""
        denied = "".join(f"  private-address: {each}\n" for each in NETWORKS)
        return (
            f'{denied}  private-domain: "corp.example.org"\n'
            f'stub-zone:\n  name: "example.org"\n  stub-addr: {HOST}@{self.authority}\n'
        )


def _config(strip: int, nodata: int, behind: int) -> str:
    return f"""
[front strip]
listen = udp://{HOST}:{strip}
chain  = stripping

[chain stripping]
path = strip cache out

[stage strip]
kind   = answers
action = strip
allow  = corp.example.org

[front nodata]
listen = udp://{HOST}:{nodata}
chain  = denying

[chain denying]
path = answers cache out

[stage answers]
deny = private tracker.example.org

[upstream out]
address = udp://{HOST}:{behind} tcp://{HOST}:{behind}
"""


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Where dotchain is, with C{action = strip} and without, and where Unbound is."""
    folder = tmp_path_factory.mktemp("answers")
    strip, nodata = freePort(), freePort()
    with Zone(folder / "nsd") as nsd:
        unbound = Protecting(folder / "unbound", nsd.port)
        with unbound, Dotchain(folder / "dotchain", _config(strip, nodata, nsd.port)):
            yield {"strip": strip, "nodata": nodata, "unbound": unbound.port}


def said(port: int, name: str, kind: str) -> tuple[str, list[str]]:
    """RCODE, and the data of the records."""
    response = overUdp(port, f"{name}.example.org.", kind)
    return dns.rcode.to_text(response.rcode()), sorted(texts(response))


@pytest.mark.parametrize(("names", "kind"), [(FOURS, "A"), (SIXES, "AAAA")])
def test_stripped(ports: dict[str, int], names: tuple[str, ...], kind: str) -> None:
    """The same addresses are left."""
    for name in names:
        assert said(ports["strip"], name, kind) == said(ports["unbound"], name, kind), name


def errorOf(response: dns.message.Message) -> tuple[int, str]:
    """Its extended DNS error."""
    found = [each for each in response.options if isinstance(each, dns.edns.EDEOption)]
    return (int(found[0].code), found[0].text or "") if found else (0, "")


def test_denied(ports: dict[str, int]) -> None:
    """One private address among others is enough to deny an answer, and so is a name behind an alias."""
    for name, kind, word in (
        ("mixed", "A", "private"),
        ("alias", "A", "private"),
        ("own.corp", "A", "private"),
        ("hints", "HTTPS", "private"),
        ("cloaked", "A", "tracker.example.org"),
    ):
        for _ in range(2):
            response = overUdp(ports["nodata"], f"{name}.example.org.", kind)
            assert (response.rcode(), response.answer) == (dns.rcode.NOERROR, [])
            assert errorOf(response) == (15, f"answer has what is denied: {word}")
    assert said(ports["nodata"], "www", "A") == ("NOERROR", ["192.0.2.1"])
