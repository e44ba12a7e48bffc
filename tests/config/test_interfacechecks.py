"""Addresses that this host's interfaces speak against."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import Address, address, addresses
from dotchain.config.ini import Section
from dotchain.config.interfacechecks import astray, interfaces, isBroadcast
from dotchain.upstreams.source import source


class AstrayTests(SynchronousTestCase):
    """A host with two interfaces."""

    def astray(self, text: str) -> list[str]:
        """What is said of addresses of a front."""
        values = {
            Section("front", "f", 7, Path()): {"some_key": addresses(text), "other": (1, "a"), "more": None}
        }
        found = astray(values, lambda: ["eth0", "wg0"], lambda each: each.host == "192.0.2.255")
        return [problem.at("f.ini") for problem in found]

    def test_zone(self) -> None:
        """The zone of a link-local address is an interface that is there."""
        self.assertEqual(self.astray("udp://[fe80::1%eth0] udp://[fe80::1%wg0]"), [])
        self.assertEqual(
            self.astray("udp://[fe80::1%eth1]"),
            [
                "f.ini:7: [front f] some-key: udp://[fe80::1%eth1]:53: "
                "there is no interface 'eth1'; there are eth0, wg0"
            ],
        )

    def test_source(self) -> None:
        """The interface that an upstream is to be asked from."""
        section = Section("upstream", "u", 7, Path())
        found = [astray({section: {"source": source(name)}}, lambda: ["eth0"]) for name in ("eth0", "eth1")]
        self.assertEqual(
            [[problem.at("f.ini") for problem in each] for each in found],
            [[], ["f.ini:7: [upstream u] source: there is no interface 'eth1'; there are eth0"]],
        )

    def test_broadcast(self) -> None:
        """The broadcast address of a network that this host is in."""
        self.assertEqual(self.astray("udp://192.0.2.254 udp://[2001:db8::255]"), [])
        self.assertEqual(
            self.astray("tls://192.0.2.255"),
            [
                "f.ini:7: [front f] some-key: tls://192.0.2.255:853: "
                "192.0.2.255 is a broadcast address, which no server has for itself"
            ],
        )

    def test_number(self) -> None:
        """An interface may be called by its number, too."""
        (number, name), *_ = socket.if_nameindex()
        self.assertIn(name, interfaces())
        self.assertEqual(self.astray(f"udp://[fe80::1%{number}]"), [])
        for none in ("0", "99999999", "9" * 30):
            self.assertEqual(len(self.astray(f"udp://[fe80::1%{none}]")), 1, none)

    def test_isBroadcast(self) -> None:
        """The system itself knows; loopback has such an address everywhere on Linux."""
        self.assertFalse(isBroadcast(address("udp://127.0.0.1")))
        self.assertFalse(isBroadcast(Address("udp", "2001:db8::1", 53)))
        if sys.platform.startswith("linux"):
            self.assertTrue(isBroadcast(address("tcp://127.255.255.255")))
