"""The stage C{dns64} beside Unbound's module, with the same zones behind both."""

from __future__ import annotations

from collections.abc import Iterator

import dns.message
import dns.rcode
import dns.rdatatype
import dns.reversename
import pytest

from .asking import overUdp
from .dotchain import Dotchain
from .ports import HOST, freePort
from .resolvers import Unbound

PREFIX = "2001:db8:64::/96"

ZONE = """$TTL 3600
@       SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 300
@       NS  ns
ns      A   192.0.2.53
four    A   192.0.2.1
four    A   192.0.2.2
both    A   192.0.2.1
both    AAAA 2001:db8::1
six     AAAA 2001:db8::1
none    TXT "no address"
alias   CNAME four
chain   CNAME alias
aliassix CNAME six
nowhere CNAME gone
a.b.c   A   192.0.2.3
*.wild  A   192.0.2.4
under   DNAME b.c
private A   10.0.0.1
mapped  A   192.0.2.5
mapped  AAAA ::ffff:192.0.2.5
"""
REVERSE = """$TTL 3600
@       SOA ns.example.org. hostmaster.example.org. 1 7200 900 1209600 300
@       NS  ns.example.org.
1       PTR four.example.org.
2       PTR two.example.org.
2       PTR zwei.example.org.
"""
NAMES = (
    *("four", "both", "six", "none", "alias", "chain", "aliassix", "nowhere", "gone", "a.b.c", "b.c", "c"),
    *("x.wild", "wild", "a.under", "under", "private", "ns"),
)
TYPES = ("AAAA", "A", "TXT", "CNAME")


class Zones(Unbound):
    """Unbound with the zones in itself, and modules that look at each answer."""

    modules = "iterator"

    def source(self) -> str:
        """The zones. Unbound knows by itself of the reverse ones that they are nobody's."""
        found = f'  module-config: "{self.modules}"\n  dns64-prefix: {PREFIX}\n'
        for nobodys in ("2.0.192.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."):
            found += f'  local-zone: "{nobodys}" nodefault\n'
        for name, text in (("example.org", ZONE), ("2.0.192.in-addr.arpa", REVERSE)):
            file = self.folder / f"{name}.zone"
            file.write_text(text, encoding="utf-8")
            found += f'auth-zone:\n  name: "{name}"\n  zonefile: "{file}"\n'
            found += "  for-downstream: no\n  for-upstream: yes\n"
        return found


class Unbound64(Zones):
    """The same with Unbound's DNS64."""

    modules = "dns64 iterator"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Where dotchain is, with a network's prefix and with the well-known one, and where Unbound is."""
    folder = tmp_path_factory.mktemp("dns64")
    own, wellKnown = freePort(), freePort()
    zones, unbound = Zones(folder / "zones"), Unbound64(folder / "unbound")
    with zones, unbound, Dotchain(folder / "dotchain", _config(own, wellKnown, zones.port)):
        yield {"dotchain": own, "well-known": wellKnown, "unbound": unbound.port}


def _config(own: int, wellKnown: int, behind: int) -> str:
    return f"""
[front own]
listen = udp://{HOST}:{own}
chain  = own

[chain own]
path = dns64 cache out

[stage dns64]
prefix = {PREFIX}

[front well-known]
listen = udp://{HOST}:{wellKnown}
chain  = well-known

[chain well-known]
path = known cache out

[stage known]
kind = dns64

[upstream out]
address = udp://{HOST}:{behind} tcp://{HOST}:{behind}
"""


def said(port: int, name: str, kind: str) -> tuple[str, list[str]]:
    """RCODE, and the records of the answer section without their TTLs."""
    response = overUdp(port, name, kind)
    records = [
        f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} {each}"
        for rrset in response.answer
        for each in rrset
    ]
    return dns.rcode.to_text(response.rcode()), sorted(records)


@pytest.mark.parametrize("kind", TYPES)
def test_same(ports: dict[str, int], kind: str) -> None:
    """Every name of the zone, of every sort, is answered with the same records."""
    for name in NAMES:
        asked = f"{name}.example.org.", kind
        assert said(ports["dotchain"], *asked) == said(ports["unbound"], *asked), asked


def test_pointers(ports: dict[str, int]) -> None:
    """An address of the prefix has the names of its IPv4 address: dotchain tells so by an alias."""
    for last in (1, 2, 9):
        name = str(dns.reversename.from_address(f"2001:db8:64::192.0.2.{last}"))
        ours, theirs = said(ports["dotchain"], name, "PTR"), said(ports["unbound"], name, "PTR")
        assert ours[0] == theirs[0]
        assert _targets(ours[1]) == _targets(theirs[1])
        assert any(" CNAME " in each for each in ours[1]) == (last != 9)


def _targets(records: list[str]) -> list[str]:
    return sorted(each.partition(" PTR ")[2] for each in records if " PTR " in each)


def test_excluded(ports: dict[str, int]) -> None:
    """IPv4-mapped addresses are as good as none by default (RFC 6147 section 5.1.4); Unbound gives them."""
    made = "mapped.example.org. AAAA 2001:db8:64::c000:205"
    assert said(ports["dotchain"], "mapped.example.org.", "AAAA") == ("NOERROR", [made])


def test_wellKnown(ports: dict[str, int]) -> None:
    """The well-known prefix leads to public addresses alone (RFC 6052 section 3.1)."""
    assert said(ports["well-known"], "private.example.org.", "AAAA") == ("NOERROR", [])
    made = [f"four.example.org. AAAA 64:ff9b::c000:20{each}" for each in (1, 2)]
    assert said(ports["well-known"], "four.example.org.", "AAAA") == ("NOERROR", made)


def test_discovery(ports: dict[str, int]) -> None:
    """A host finds the prefix by the name that is there for it (RFC 7050 section 3)."""
    made = [f"ipv4only.arpa. AAAA 2001:db8:64::c000:{each}" for each in ("aa", "ab")]
    assert said(ports["dotchain"], "ipv4only.arpa.", "AAAA") == ("NOERROR", made)
