"""Policy zones as BIND, Unbound and dotchain decide by them, trigger by trigger and action by action."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from .dotchain import Dotchain
from .policyzones import PolicyBind, PolicyUnbound, PolicyUpstream, writeZones
from .ports import HOST, freePort

Said = tuple[str, ...]

OVERRIDES = {
    "given": ("given", "", "given"),
    "nxdomain": ("nxdomain", "  rpz-action-override: nxdomain", "nxdomain"),
    "cname": (
        "cname garden.corp.test",
        "  rpz-action-override: cname\n  rpz-cname-override: garden.corp.test",
        "garden.corp.test",
    ),
}


def dotchain(folder: Path, upstream: int, policy: str) -> tuple[Dotchain, int]:
    """dotchain with the same policy zones, and its port."""
    port = freePort()
    folder.mkdir()
    writeZones(folder)
    text = f"""
[front lan]
listen = udp://{HOST}:{port} tcp://{HOST}:{port}
chain  = home
[chain home]
path = first second nameserver
[stage first]
kind = rpz
zone = first.rpz.zone
[stage second]
kind   = rpz
zone   = second.rpz.zone
policy = {policy}
[upstream nameserver]
address = udp://{HOST}:{upstream} tcp://{HOST}:{upstream}
"""
    return Dotchain(folder, text), port


@pytest.fixture(scope="module", params=list(OVERRIDES))
def ports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, int]]]:
    """Where the three are, with what they do instead of what the zone says."""
    bind, unbound, ours = OVERRIDES[request.param]
    folder = tmp_path_factory.mktemp("rpz")
    with ExitStack() as running:
        upstream = running.enter_context(PolicyUpstream(folder / "upstream")).port
        found = {
            "BIND": running.enter_context(PolicyBind(folder / "bind", upstream, bind)).port,
            "Unbound": running.enter_context(PolicyUnbound(folder / "unbound", upstream, unbound)).port,
        }
        daemon, found["dotchain"] = dotchain(folder / "dotchain", upstream, ours)
        running.enter_context(daemon)
        yield request.param, found


def said(port: int, name: str, kind: str = "A", client: str = HOST, tcp: bool = False) -> Said:
    """RCODE and answer section, without TTLs; or that there is no answer, or an empty one with TC."""
    query = dns.message.make_query(name, kind)
    ask = dns.query.tcp if tcp else dns.query.udp
    try:
        answer = ask(query, HOST, timeout=1.0, port=port, source=client)
    except (dns.exception.Timeout, EOFError):
        return ("dropped",)
    if answer.flags & dns.flags.TC:
        return ("truncated",)
    records = [
        f"{rrset.name} {each.rdtype.name} {each.to_text()}".lower()
        for rrset in answer.answer
        for each in rrset
    ]
    return (dns.rcode.to_text(answer.rcode()), *sorted(records))


CASES = (
    *("www", "nx", "nx TXT", "nodata", "drop", "tcp", "local", "local TXT", "local AAAA", "local ANY"),
    *("garden.wild", "garden.wild CNAME", "garden.wild ANY", "x.wc", "x.wild", "y.x.wild", "wild"),
    *("pass.wild", "self.wild", "a.b.wild", "c.b.wild", "0.b.wild", "b.wild", "exempt", "two", "first"),
    *("ip", "ips", "ip AAAA", "ip6", "ip6 AAAA", "alias", "alias CNAME", "chain", "tolocal", "topass"),
    *("frompass", "toip", "@ NS"),
)

ALL = frozenset(OVERRIDES)
GIVEN, REPLACED, CNAME = frozenset(("given",)), frozenset(("nxdomain", "cname")), frozenset(("cname",))
DIFFERENCES: dict[str, list[tuple[frozenset[str], str, str]]] = {
    "local ANY": [
        (GIVEN, "Unbound", "it has no local data for ANY, which is a type of questions alone"),
        (CNAME, "BIND", "its CNAME is the answer to ANY here, as it is where the zone has it"),
        (CNAME, "Unbound", "the same"),
    ],
    "garden.wild ANY": [
        (GIVEN, "Unbound", "a CNAME is the answer to ANY"),
        (CNAME, "BIND", "the same"),
        (CNAME, "Unbound", "the same"),
    ],
    "self.wild": [(GIVEN, "Unbound", "it does not know the old form of PASSTHRU, a CNAME for itself")],
    "c.b.wild": [
        (ALL, "BIND", "a.b.wild makes b.wild exist there, which takes the wildcard away (RFC 4592)"),
        (ALL, "Unbound", "the same; a list should not lose by a name that is added to it"),
    ],
    "0.b.wild": [(ALL, "BIND", "the same; Unbound has it for names after the one that exists alone")],
    "b.wild": [(ALL, "BIND", "the same for the name in between")],
    "two": [(ALL, "Unbound", "names of all zones count there before addresses of the first one")],
    "alias": [(CNAME, "Unbound", "what an alias leads to is not asked for")],
    "chain": [(ALL, "Unbound", "of several aliases in one response the first alone is looked at")],
    "tolocal": [(CNAME, "Unbound", "an alias gets what the zone says, whatever the override")],
    "topass": [(CNAME, "Unbound", "the same as for alias")],
    "@ NS": [(ALL, "Unbound", "it looks at the servers that it asks itself: the forwarder has no name")],
    "@ SOA": [
        (ALL, "BIND", "it asks for nameservers by itself; here they count where the answer tells them")
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_asPeers(ports: tuple[str, dict[str, int]], case: str) -> None:
    """Each answers as dotchain does, but where the table says why not; and there he does not."""
    policy, found = ports
    label, _, kind = case.partition(" ")
    name = "corp.test." if label == "@" else f"{label}.corp.test."
    answers = {who: said(port, name, kind or "A") for who, port in found.items()}
    differ = {who for where, who, _ in DIFFERENCES.get(case, ()) if policy in where}
    assert {who for who, answer in answers.items() if answer != answers["dotchain"]} == differ, answers


@pytest.mark.parametrize(
    ("client", "name"), [("127.0.0.9", "www"), ("127.0.0.9", "nx"), ("127.0.0.8", "www")]
)
def test_clients(ports: tuple[str, dict[str, int]], client: str, name: str) -> None:
    """Clients' addresses count before names; BIND's override is for them, too, as it is here."""
    policy, found = ports
    answers = {who: said(port, f"{name}.corp.test.", client=client) for who, port in found.items()}
    assert answers["BIND"] == answers["dotchain"]
    if policy == "given":
        assert answers["Unbound"] == answers["dotchain"]


def test_exemptClient(ports: tuple[str, dict[str, int]]) -> None:
    """A client that is exempt is so for names, too; Unbound goes on to look for those of the zone."""
    policy, found = ports
    answers = {who: said(port, "nx.corp.test.", client="127.0.0.8") for who, port in found.items()}
    assert answers["BIND"] == answers["dotchain"]
    if policy == "given":
        assert answers["dotchain"] == ("NOERROR", "nx.corp.test. a 192.0.2.1")


def test_overTcp(ports: tuple[str, dict[str, int]]) -> None:
    """What is for TCP only is answered there."""
    _, found = ports
    answers = {said(port, "tcp.corp.test.", tcp=True) for port in found.values()}
    assert len(answers) == 1


def test_soa(ports: tuple[str, dict[str, int]]) -> None:
    """The SOA of the policy zone stands in the additional section, as BIND has it, with the same TTL."""
    query = dns.message.make_query("nx.corp.test.", "A")
    for who in ("BIND", "dotchain"):
        answer = dns.query.udp(query, HOST, timeout=2, port=ports[1][who])
        found = [(each.name.to_text(), each.ttl) for each in answer.additional]
        assert found == [("second.rpz.", 60)], who
