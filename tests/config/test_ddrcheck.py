"""What C{check} and the log tell of a designation that no front keeps."""

from __future__ import annotations

from ..configs import ConfigCase
from ..folders import folder
from ..tls.certificates import make

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[front dot]
listen = tls://{listen}
certificate = {certificate}
key = {key}
chain = home

[chain home]
path = special end

[stage special]
designate = dot.example.net
port = {port}
address = {address}

[upstream end]
kind = tests.configs.End
word = a b
"""


class PromiseTests(ConfigCase):
    """Warnings of the whole file, besides those of the certificate alone."""

    def warned(
        self, *names: str, listen: str = "0.0.0.0:8853", port: int = 8853, address: str = "192.0.2.53"
    ) -> list[str]:
        """What is told where the front's certificate has these names."""
        certificate, key = make(names=names).write(folder(self))
        text = TEXT.format(listen=listen, certificate=certificate, key=key, port=port, address=address)
        told = [warning.at("f") for warning in self.load(text, dry=True).warnings]
        return [line for line in told if "[stage special]" in line]

    def test_kept(self) -> None:
        """A certificate for the name and the address is right, on a wildcard address or on that one."""
        for listen in ("0.0.0.0:8853", "192.0.2.53:8853"):
            self.assertEqual(self.warned("dot.example.net", "192.0.2.53", listen=listen), [])

    def test_address(self) -> None:
        """Without the address clients can't verify that the front is meant (RFC 9462 section 4.2)."""
        text = "the certificate of [front dot] is not for 192.0.2.53 (RFC 9462 section 4.2)"
        self.assertEqual(self.warned("dot.example.net"), [f"f:18: [stage special] address: {text}"])

    def test_addressAsName(self) -> None:
        """An address that stands there as a DNS name does not count (RFC 9525 section 6.5)."""
        self.assertEqual(len(self.warned("dot.example.net", "dns:192.0.2.53")), 1)

    def test_name(self) -> None:
        """Without the name clients that check it go away."""
        text = "the certificate of [front dot] is not for dot.example.net (RFC 9462 section 4.2)"
        self.assertEqual(
            self.warned("other.example.net", "192.0.2.53"), [f"f:16: [stage special] designate: {text}"]
        )

    def test_private(self) -> None:
        """No CA vouches for a private address, so clients do without (RFC 9462 section 4.3)."""
        self.assertEqual(self.warned("dot.example.net", address="10.0.0.53 fd00::53"), [])

    def test_nobody(self) -> None:
        """A port or an address where no front listens for TLS."""
        text = "no front here listens there, tls:// on port 853; does another server?"
        names = ("dot.example.net", "192.0.2.53")
        self.assertEqual(self.warned(*names, port=853), [f"f:16: [stage special] designate: {text}"])
        self.assertEqual(len(self.warned(*names, listen="192.0.2.99:8853")), 1)
