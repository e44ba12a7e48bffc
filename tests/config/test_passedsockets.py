"""C{listen = systemd://NAME}."""

from __future__ import annotations

from typing import Any

from dotchain.activation import PassedAddress, PassedSocket
from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.config.tree import Tree

from ..configs import GOOD, ConfigCase

UDP, TCP = PassedSocket("dns", 3, "udp", "127.0.0.1", 5300), PassedSocket("dns", 4, "tcp", "127.0.0.1", 5300)
TLS = """
certificate = a.crt
key = a.key
self-signed = localhost
"""


class PassedSocketsTests(ConfigCase):
    """A front whose sockets systemd opens."""

    def loaded(self, *passed: PassedSocket, keys: str = "", name: str = "dns") -> Tree:
        """The tree where these are passed."""
        (line,) = [each for each in GOOD.splitlines() if each.startswith("listen")]
        self.load(GOOD.replace(line, f"listen = systemd://{name}\n{keys}"), dry=True)
        return load(str(self.file), self.reactor, passed=passed)

    def addresses(self, *passed: PassedSocket, **how: Any) -> list[str]:
        """Where the front is, all of it on sockets that are open."""
        listen = self.loaded(*passed, **how).fronts[0].thing.listen
        self.assertTrue(all(isinstance(each, PassedAddress) for each in listen))
        return [str(each) for each in listen]

    def refused(self, *passed: PassedSocket, **how: Any) -> str:
        """The one error."""
        error = self.assertRaises(ConfigError, self.loaded, *passed, **how)
        (line,) = error.lines
        self.assertRegex(line, r"f\.ini:\d+: \[front \w+\] listen: systemd://dns: ")
        return str(line)

    def test_all(self) -> None:
        """All sockets of the name are served, each with its transport."""
        self.assertEqual(self.addresses(UDP, TCP), ["udp://127.0.0.1:5300", "tcp://127.0.0.1:5300"])

    def test_encrypted(self) -> None:
        """With a certificate TCP is for TLS, but on port 53, where TLS is never spoken."""
        plain, port53 = TCP._replace(port=853), TCP._replace(port=53)
        found = self.addresses(UDP, TCP, plain, port53, keys=TLS)
        self.assertEqual([each.partition(":")[0] for each in found], ["udp", "tls", "tls", "tcp"])

    def test_clearText(self) -> None:
        """Clear text on port 853 is refused, whoever has opened it."""
        for found, word in ((TCP, "needs the key 'certificate'"), (UDP, "is for TCP")):
            self.assertIn(word, self.refused(found._replace(port=853)))

    def test_missing(self) -> None:
        """A name that is not passed is an error that tells those that are, or that there are none."""
        self.assertIn("no socket named 'dns', but 'lan'; write that", self.refused(UDP._replace(name="lan")))
        self.assertIn("nor any other; start its socket unit", self.refused())

    def test_unfit(self) -> None:
        """So is a socket that no front can serve on."""
        self.assertIn("what systemd passes is no socket", self.refused(UDP._replace(wrong="is no socket: x")))

    def test_unused(self) -> None:
        """Of a socket that no front wants there is a warning: its clients would wait."""
        tree = self.loaded(UDP, PassedSocket("other", 5, "udp", "127.0.0.1", 54))
        self.assertIn(
            "systemd passes a socket named 'other' that no front listens on",
            [each.text for each in tree.warnings],
        )

    def test_checked(self) -> None:
        """Where nobody knows what will be passed, as by C{dotchain check}, all else is checked."""
        self.loaded(UDP)
        tree = load(str(self.file), self.reactor, dry=True)
        self.assertEqual({each.transport for each in tree.fronts[0].thing.listen}, {"udp", "tcp"})
        self.assertEqual(tree.passed, None)
