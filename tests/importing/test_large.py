"""What is long is read in a time that grows with it, or refused: no shape of a file keeps anybody waiting."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .importcase import tried

_OCTETS = 100_000
_STUNNEL = "accept=1\nconnect=1\ncert=a\n"
_FORWARD = "forward-zone:\nname: a\nforward-addr: 1.1.1.1\n"


def _many(unit: str, octets: int = _OCTETS) -> str:
    return unit * (octets // len(unit))


class LargeTests(SynchronousTestCase):
    """Each of these took a time that grew with its square or its cube, or doubled with each line."""

    def test_toldApart(self) -> None:
        """Many beginnings of what a file is known by, and none that goes on."""
        for unit in ("options\n", "\n", " \n", 'include "a"\n'):
            tried(_many(unit))

    def test_named(self) -> None:
        """Comments without an end; much that is said for all of many forwarders."""
        tried("options {};\n" + _many("/* "))
        servers = _many("192.0.2.1;", _OCTETS // 2)
        tried("options { forwarders " + _many("x ", _OCTETS // 2) + "{" + servers + "}; };")
        tried("options { " + _many("a b;", _OCTETS // 2) + "forwarders {" + servers + "}; };")

    def test_unbound(self) -> None:
        """A line of many keys; many options for each of many zones; many ports of TLS."""
        tried("server:\n" + _many("a: "))
        tried("server:\n" + _many("outgoing-interface: x\n") + _many(_FORWARD))
        secure = "server:\ntls-service-key: a\ntls-service-pem: b\n"
        tried(secure + _many("tls-additional-port: 1\n"))
        ports = "".join(f"tls-additional-port: {each}\n" for each in range(1, 3000))
        tried(secure + _many("interface: 192.0.2.1\n") + ports)

    def test_stunnel(self) -> None:
        """A title without an end; many options for all of many services; many names of one group."""
        tried("accept=1\n[" + " " * _OCTETS + "a")
        tried(_many("a = b\n") + _many("[a]\naccept=1\n"))
        tried(f"{_STUNNEL}curves={_many('X25519:')}\n")
