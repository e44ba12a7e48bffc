"""UDP without fragments."""

from __future__ import annotations

import socket
import sys
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.fragments import neverFragment
from dotchain.fronts.listening import listening

# ip(7): IP_MTU_DISCOVER, IP_PMTUDISC_PROBE.
_OPTION, _PROBE = 10, 3


@skipUnless(sys.platform.startswith("linux"), "how others are told so is not known here")
class FragmentsTests(SynchronousTestCase):
    """L{neverFragment}."""

    def test_front(self) -> None:
        """What a UDP front sends is never cut, whatever ICMP says of the way (RFC 9715 section 3.1)."""
        made = listening(address("udp://127.0.0.1:0"))
        self.addCleanup(made.close)
        self.assertEqual(made.getsockopt(socket.IPPROTO_IP, _OPTION), _PROBE)

    def test_sixth(self) -> None:
        """IPv6 has nothing to be told."""
        made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.addCleanup(made.close)
        neverFragment(made)
