"""Matches held against the fronts that lead to them."""

from __future__ import annotations

from ..configs import ConfigCase
from ..folders import folder
from ..tls.certificates import make

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[front guests]
listen = tcp://127.0.0.1:5301
chain = guests

[chain home]
path = quiet end

[chain guests]
path = end

[stage quiet]
kind = types
empty = AAAA
match = MATCH

[upstream end]
kind = tests.configs.Sink
"""
TLS = """
[front dot]
listen = tls://127.0.0.1:8853
chain = home
certificate = a.crt
key = a.key
self-signed = localhost
"""


class ImpossibleTests(ConfigCase):
    """Matches that hold for no query."""

    def told(self, match: str, more: str = "") -> str:
        """What is wrong with a match."""
        return self.line(TEXT.replace("MATCH", match) + more).removeprefix("19: [stage quiet] match: ")

    def test_noFront(self) -> None:
        """There is no such front, be it that it must not be the one: a slip."""
        self.assertEqual(
            self.told("front:lam"), "'front:lam' never holds: there is no [front lam]; did you mean 'lan'?"
        )
        self.assertIn("there is no [front office]", self.told("!front:lan,office"))

    def test_elsewhere(self) -> None:
        """A front whose chain does not come there."""
        self.assertEqual(
            self.told("front:guests"), "'front:guests' never holds: [front guests] does not lead here"
        )

    def test_transport(self) -> None:
        """A transport that no front which leads there has."""
        self.assertIn("no front that leads here listens on tcp", self.told("transport:tcp"))
        self.load(TEXT.replace("MATCH", "transport:udp,tcp !transport:tls"))

    def test_serverName(self) -> None:
        """A server name is of TLS."""
        self.assertIn("'sni:kids.example' never holds: no front that leads", self.told("sni:kids.example"))
        self.load(TEXT.replace("MATCH", "sni:kids.example") + TLS, dry=True)

    def test_identity(self) -> None:
        """A name of a client's certificate, where a front that leads there asks for certificates."""
        self.assertIn(
            "asks for clients' certificates: 'client-ca'", self.told("identity:laptop.example", TLS)
        )
        made = make("CA", ca=True).write(folder(self))[0]
        told = self.told(
            "identity:laptop.example", f"{TLS}client-ca = {made}\n".replace("= home", "= guests")
        )
        self.assertIn("asks for clients' certificates", told)
        self.load(TEXT.replace("MATCH", "identity:laptop.example") + f"{TLS}client-ca = {made}\n", dry=True)

    def test_balancers(self) -> None:
        """Either is known where balancers are believed it, without any TLS of the front's own."""
        believed = "proxy-protocol = 127.0.0.1\nproxy-tlvs = sni identity\n"
        for word in ("sni:kids.example", "identity:laptop.example"):
            self.load(
                TEXT.replace("MATCH", word).replace("chain = home\n", f"chain = home\n{believed}", 1),
                dry=True,
            )
        only = believed.replace("sni ", "")
        text = TEXT.replace("MATCH", "sni:kids.example").replace("chain = home\n", f"chain = home\n{only}", 1)
        self.assertIn("'sni:kids.example' never holds", self.line(text))

    def test_right(self) -> None:
        """What may hold is let be."""
        self.load(TEXT.replace("MATCH", "front:lan client:127.0.0.0/8 !identity:laptop.example"))


class NameReadersTests(ConfigCase):
    """Which fronts look for the server name that a client's TLS asks for."""

    def channels(self, match: str) -> list[str]:
        """What the channels of each front are."""
        tree = self.load(
            TEXT.replace("MATCH", match)
            + TLS
            + TLS.replace("dot", "raw").replace("8853", "8854").replace("= home", "= guests"),
            dry=True,
        )
        fronts = [part.thing for part in tree.fronts if part.section.name in ("dot", "raw")]
        return [type(front._tls.channel()).__name__ for front in fronts]

    def test_used(self) -> None:
        """Those alone that lead to a match with C{sni:}; nobody else pays for it."""
        self.assertEqual(self.channels("sni:kids.example"), ["NamedServerChannel", "ServerChannel"])
        self.assertEqual(self.channels("!sni:kids.example"), ["NamedServerChannel", "ServerChannel"])
        self.assertEqual(self.channels("type:A"), ["ServerChannel", "ServerChannel"])
