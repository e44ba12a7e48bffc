"""Where the site is."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.options import Value
from dotchain.web.webaddress import webAddresses


class WebAddressTests(SynchronousTestCase):
    """L{webAddresses}."""

    def test_right(self) -> None:
        """IP addresses of both families with a port, and UNIX sockets relative to the INI file."""
        text = Value.at("http://127.0.0.1:8053 http://[::1]:8053/\nunix:run/web.sock", Path("/etc/d"), 3)
        found = webAddresses(text)
        told = ["http://127.0.0.1:8053", "http://[::1]:8053", "unix:/etc/d/run/web.sock"]
        self.assertEqual([*map(str, found)], told)
        self.assertTrue(all(each.isPrivate for each in found))

    def test_exposed(self) -> None:
        """Others come to an address that is no loopback address."""
        for text in ("http://0.0.0.0:8053", "http://192.0.2.1:80", "http://[::]:8053"):
            self.assertFalse(webAddresses(text)[0].isPrivate, text)

    def test_wrong(self) -> None:
        """What is none is told with what would be right."""
        for text, why in (
            ("127.0.0.1:8053", "is not an address such as http://127.0.0.1:8053"),
            ("https://127.0.0.1:8053", "is not an address such as"),
            ("http://127.0.0.1", "is not an address such as"),
            ("http://localhost:8053", "localhost is not an IP address"),
            ("http://127.0.0.1:65536", "no port is above 65535"),
            ("http://224.0.0.1:80", "multicast"),
            ("unix:", "lacks a path"),
            (f"unix:/{'x' * 200}", "too long"),
            ("http://127.0.0.1:1 http://127.0.0.1:1", "stands there twice"),
            ("", "no address"),
        ):
            self.assertIn(why, str(self.assertRaises(ValueError, webAddresses, text)))
