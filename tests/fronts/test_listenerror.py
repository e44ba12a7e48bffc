"""Why an address can't be listened on."""

from __future__ import annotations

from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EMFILE
from os import strerror
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.fronts import listenerror as module
from dotchain.fronts.listenerror import whyNotListening

from ..folders import written


class WhyNotListeningTests(SynchronousTestCase):
    """L{whyNotListening}."""

    def said(self, text: str, number: int, who: str | None = None) -> str:
        """The words for an error."""
        return whyNotListening(address(text), OSError(number, strerror(number)), lambda _: who)

    def test_inUse(self) -> None:
        """Who has it, where that is known."""
        self.assertEqual(
            self.said("udp://127.0.0.1", EADDRINUSE, "unbound (pid 7)"),
            "Address already in use, by unbound (pid 7)",
        )
        self.assertEqual(self.said("udp://127.0.0.1", EADDRINUSE), "Address already in use")

    def test_rights(self) -> None:
        """A low port needs a right, which is named, and the port that this system begins at."""
        self.patch(module, "_UNPRIVILEGED", written(self, "1024\n"))
        said = self.said("udp://127.0.0.1:53", EACCES)
        self.assertIn("Permission denied: ports below 1024 are for root", said)
        self.assertIn("CAP_NET_BIND_SERVICE", said)
        self.assertEqual(self.said("udp://127.0.0.1:1024", EACCES), "Permission denied")
        self.patch(module, "_UNPRIVILEGED", written(self, "53\n"))
        self.assertEqual(self.said("udp://127.0.0.1:53", EACCES), "Permission denied")
        self.patch(module, "_UNPRIVILEGED", Path("/nonexistent"))
        self.assertIn("ports below 1024", self.said("tls://127.0.0.1:853", EACCES))

    def test_missing(self) -> None:
        """An address that no interface has may come yet, which free-bind is for."""
        self.patch(module, "canFreeBind", lambda: True)
        said = self.said("udp://192.0.2.1", EADDRNOTAVAIL)
        self.assertTrue(
            said.endswith("no interface of this host has it; where it comes later, write free-bind = yes")
        )
        self.patch(module, "canFreeBind", lambda: False)
        self.assertTrue(
            self.said("udp://192.0.2.1", EADDRNOTAVAIL).endswith("no interface of this host has it")
        )

    def test_family(self) -> None:
        """A system without IPv6."""
        self.assertIn("this system has no IPv6", self.said("udp://[::1]", EAFNOSUPPORT))

    def test_others(self) -> None:
        """Of anything else the system's words are all there is."""
        self.assertEqual(self.said("udp://[::1]", EMFILE), strerror(EMFILE))
        self.assertEqual(whyNotListening(address("udp://[::1]"), OSError("odd")), "odd")
