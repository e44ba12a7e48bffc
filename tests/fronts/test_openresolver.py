"""Fronts that let everyone ask."""

from __future__ import annotations

from dotchain.networks import networks
from dotchain.options import Remark

from ..folders import folder
from ..tls.certificates import NAME, make
from .frontcase import FrontCase


class OpenResolverTests(FrontCase):
    """What C{warnings} tells of who may ask."""

    def keys(self, listen: str, **options: object) -> list[str]:
        """The keys that are warned of."""
        files = make(names=[NAME]).write(folder(self)) if "tls" in listen else None
        found = self.front(listen, files, **options).warnings()
        self.assertTrue(all(isinstance(each, Remark) for each in found))
        return [getattr(each, "key", "") for each in found]

    def test_openResolver(self) -> None:
        """Over UDP everyone is too many, be they written in halves (RFC 5358)."""
        for text in ("0.0.0.0/0", "::/0", "10.0.0.0/8 0.0.0.0/1 128.0.0.0/1", "2000::/3"):
            self.assertEqual(self.keys("udp://127.0.0.1:5300", allow=networks(text)), ["allow"], text)
        (said,) = self.front("udp://127.0.0.1:5300", allow=networks("0.0.0.0/0 10.0.0.0/8")).warnings()
        self.assertTrue(said.startswith("0.0.0.0/0 over UDP is an open resolver"), said)
        self.assertIn("cookies = require", said)

    def test_harmless(self) -> None:
        """Networks of one's own, private ones, streams, and whoever has proven an address."""
        everyone = networks("0.0.0.0/0 ::/0")
        for text in ("", "10.0.0.0/8 192.0.0.0/8 fc00::/7 fe80::/10 2001:db8::/32 192.0.2.1"):
            self.assertEqual(self.keys("udp://127.0.0.1:5300", allow=networks(text)), [])
        self.assertEqual(self.keys("udp://127.0.0.1:5300"), [])
        self.assertEqual(self.keys("tcp://127.0.0.1:5300", allow=everyone), [])
        self.assertEqual(self.keys("tls://127.0.0.1:8853", allow=everyone), [])
        self.assertEqual(self.keys("udp://127.0.0.1:5300", allow=everyone, cookies="require"), [])
        self.assertEqual(self.keys("udp://127.0.0.1:5300", allow=everyone, deny=everyone), [])

    def test_relaying(self) -> None:
        """Whose updates and transfers are passed on should be few."""
        self.chain.relay = object()  # type: ignore[attr-defined]
        options = {"relay": frozenset(["update"]), "relay_allow": networks("0.0.0.0/0")}
        self.assertEqual(self.keys("tcp://127.0.0.1:5300", **options), ["relay-allow"])
        options["relay_allow"] = networks("127.0.0.0/8 ::1")
        self.assertEqual(self.keys("tcp://127.0.0.1:5300", **options), [])
