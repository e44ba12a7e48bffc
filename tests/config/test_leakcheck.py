"""Private names that would leave for the Internet."""

from __future__ import annotations

from ..configs import ConfigCase

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = PATH

[upstream out]
address = udp://9.9.9.9

[upstream named]
address = tls://dns.example.org
bootstrap = 9.9.9.9

[upstream near]
address = udp://192.168.1.1 udp://127.0.0.1

[upstream both]
kind = failover
over = near out named
"""


class LeakTests(ConfigCase):
    """L{leaks<dotchain.config.leakcheck.leaks>}."""

    def told(self, path: str, more: str = "") -> list[str]:
        """What is told, where all upstreams are reached by a second front behind C{special}."""
        rest = (
            "[front rest]\nlisten = udp://127.0.0.1:5301\nchain = rest\n[chain rest]\npath = special both\n"
        )
        warnings = self.load(TEXT.replace("PATH", path) + rest + more, dry=True).warnings
        return [each.at("f.ini") for each in warnings if "special" in each.text]

    def test_leaks(self) -> None:
        """A path to an upstream on the Internet, a named one too, needs C{special}."""
        self.assertEqual(
            self.told("cache out"),
            [
                "f.ini:7: [chain home] path: leads to out without the stage special before it: names such as "
                "_dns.resolver.arpa (RFC 9462 section 6.1), localhost and the reverse ones of private "
                "addresses (RFC 6303) are asked there"
            ],
        )
        self.assertEqual(len(self.told("named")), 1)

    def test_group(self) -> None:
        """Members of a group that are there are told by their names."""
        (line,) = self.told("both")
        self.assertIn("leads to named, out without", line)

    def test_fine(self) -> None:
        """Behind C{special}, of whatever name, or towards a server nearby, there is nothing to tell."""
        self.assertEqual(self.told("special cache out"), [])
        self.assertEqual(self.told("near"), [])
        self.assertEqual(self.told("mine out", "[stage mine]\nkind = special\nalso = lan\n"), [])

    def test_otherChain(self) -> None:
        """What stands in a chain before counts, and after it does not."""
        self.assertEqual(self.told("special more", "[chain more]\npath = cache out\n"), [])
        (line,) = self.told("cache more", "[chain more]\npath = out\n")
        self.assertIn("[chain home] path: leads to out", line)
