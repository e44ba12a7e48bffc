"""Lists in the format of dnsmasq's configuration."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .made import listed, parsed


class DnsmasqLinesTests(SynchronousTestCase):
    """What a line says about names."""

    def test_within(self) -> None:
        """All names between the slashes, with what is below them."""
        for text in (
            "address=/a.example/b.example/0.0.0.0",
            "server=/a.example/b.example/",
            "local=/a.example/b.example/",
        ):
            names = ("a.example", "www.b.example", "example", "0.0.0.0")
            self.assertEqual(listed(text, *names), ["a.example", "www.b.example"], text)

    def test_addresses(self) -> None:
        """Whatever the address, or none, the names are listed."""
        text = (
            "address=/a.example/\naddress=/b.example/::\naddress=/c.example/#\n"
            "address=/d.example/192.0.2.1 # comment\n"
        )
        found = parsed(text)
        self.assertEqual((found.entries, found.skipped, found.format), (4, 0, "dnsmasq"))

    def test_exceptions(self) -> None:
        """The usual servers for a name are an exception."""
        text = "address=/example.org/\nserver=/www.example.org/#\n"
        self.assertEqual(listed(text, "a.example.org", "www.example.org"), ["a.example.org"])

    def test_all(self) -> None:
        """A # in the place of a name is every name."""
        self.assertEqual(
            listed("address=/#/\nserver=/org/#\n", "example.com", "example.org"), ["example.com"]
        )

    def test_skipped(self) -> None:
        """Other settings, and other servers for a name, say nothing about names."""
        rest = "server=/corp.example/192.0.2.53\nipset=/a.example/set\nrebind-domain-ok=/b.example/\n"
        found = parsed(f"address=/a.example/\n{rest}address=/a..b/\n")
        self.assertEqual((found.entries, found.skipped, found.firstSkipped), (1, 4, 2))
