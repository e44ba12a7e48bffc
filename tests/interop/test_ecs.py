"""The stage C{ecs} before a resolver that sends clients' networks on, which is Unbound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dns.edns
import dns.message
import dns.query
import pytest

from .dotchain import Dotchain
from .plain import Plain
from .ports import HOST, freePort
from .resolvers import Unbound

MODES = {
    "strip": "mode-of = strip",
    "set": "mode-of = set\nprefix = 198.51.100.0/24",
    "pass": "mode-of = pass",
}


class Authority(Plain):
    """
    Answers for each network by itself.

    @ivar told: the option of each query, in presentation form.
    """

    def __init__(self) -> None:
        super().__init__({})
        self.told: list[str] = []

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        found = [each for each in query.options if isinstance(each, dns.edns.ECSOption)]
        self.told.append(" ".join(f"{each.address}/{each.srclen}" for each in found))
        self.addresses = {query.question[0].name.to_text(omit_final_dot=True): "192.0.2.1"}
        answer = super()._answer(query)
        options: list[dns.edns.Option] = [
            dns.edns.ECSOption(each.address, each.srclen, each.srclen) for each in found
        ]
        answer.use_edns(0, options=options)
        return answer


class Forwarding(Unbound):
    """Unbound that sends on what network its clients tell, and remembers for which one an answer is."""

    def __init__(self, folder: Path, authority: int) -> None:
        super().__init__(folder)
        self.authority = authority

    def source(self) -> str:
        """Everything from the authority."""
        return (
            '  module-config: "subnetcache iterator"\n'
            f"  send-client-subnet: {HOST}\n  client-subnet-always-forward: yes\n"
            f'forward-zone:\n  name: "."\n  forward-addr: {HOST}@{self.authority}\n'
        )


class Setting:
    """
    Dotchain with a front for each mode, before Unbound, before an authority.

    @ivar fronts: their ports, by mode.
    """

    def __init__(self) -> None:
        self.authority = Authority()
        self.fronts = {mode: freePort() for mode in MODES}

    def config(self, behind: int) -> str:
        """The INI file."""
        parts = [f"[upstream out]\naddress = udp://{HOST}:{behind} tcp://{HOST}:{behind}\n"]
        for mode, text in MODES.items():
            parts.append(
                f"[front {mode}]\nlisten = udp://{HOST}:{self.fronts[mode]}\nchain = {mode}\n"
                f"[chain {mode}]\npath = ecs-{mode} cache coalesce out\n"
                f"[stage ecs-{mode}]\nkind = ecs\n{text}\n"
            )
        return "\n".join(parts)

    def ask(self, mode: str, name: str, network: str = "") -> tuple[list[str], list[str]]:
        """What the authority was told meanwhile, and what the client was told back."""
        before = len(self.authority.told)
        options = [dns.edns.ECSOption.from_text(network)] if network else []
        query = dns.message.make_query(name, "A", use_edns=0, options=options)
        response = dns.query.udp(query, HOST, timeout=6, port=self.fronts[mode])
        assert len(response.answer) == 1
        back = [each for each in response.options if isinstance(each, dns.edns.ECSOption)]
        return self.authority.told[before:], [
            f"{each.address}/{each.srclen}/{each.scopelen}" for each in back
        ]


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """All of them, running."""
    folder = tmp_path_factory.mktemp("ecs")
    made = Setting()
    unbound = Forwarding(folder / "unbound", made.authority.port)
    with made.authority, unbound, Dotchain(folder / "dotchain", made.config(unbound.port)):
        yield made


def test_strip(setting: Setting) -> None:
    """A client's network does not leave dotchain; Unbound tells of dotchain, if of anybody."""
    told, back = setting.ask("strip", "strip.example.", "203.0.113.0/24")
    assert len(told) == 1
    assert "203.0.113" not in told[0]
    assert back == []


def test_pass(setting: Setting) -> None:
    """What a client tells comes through, and each learns for which network his answer is."""
    for network in ("203.0.113.0/24", "198.51.100.0/24"):
        told, back = setting.ask("pass", "pass.example.", network)
        assert (told, back) == ([network], [f"{network}/24"])


def test_kept(setting: Setting) -> None:
    """What was meant for a network Unbound keeps for it, and dotchain for nobody."""
    for expected in (["203.0.113.0/24"], []):
        told, back = setting.ask("pass", "kept.example.", "203.0.113.0/24")
        assert (told, back) == (expected, ["203.0.113.0/24/24"])


def test_set(setting: Setting) -> None:
    """One network for all, and one answer."""
    assert setting.ask("set", "set.example.") == (["198.51.100.0/24"], [])
    assert setting.ask("set", "set.example.")[0] == []


def test_optOut(setting: Setting) -> None:
    """Who wants nothing told of him says so to Unbound by way of dotchain (RFC 7871 section 7.1.2)."""
    for mode in MODES:
        told, _ = setting.ask(mode, f"private-{mode}.example.", "0.0.0.0/0")
        assert told in ([""], ["0.0.0.0/0"])
