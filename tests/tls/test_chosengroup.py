"""Which group a server has chosen."""

from __future__ import annotations

import ssl

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.chosengroup import chosenGroup
from dotchain.tls.serverchannel import ServerChannel

from ..folders import folder
from .certificates import NAME, make
from .hellos import hello
from .meeting import serve
from .test_serverchannel import Client


class ChosenGroupTests(SynchronousTestCase):
    """L{chosenGroup}."""

    def setUp(self) -> None:
        """What channels are made of."""
        self.made = serve(folder(self), make(names=[NAME]))

    def flight(self, newest: bool, curve: str | None) -> bytes:
        """What the server sends first."""
        channel = ServerChannel(self.made)
        channel.feed(hello(newest=newest, curve=curve))
        return channel.take()

    def test_both(self) -> None:
        """In TLS 1.2 and 1.3 the one that both know."""
        for newest, curve, name in (
            (True, None, "x25519"),
            (True, "secp384r1", "secp384r1"),
            (False, "prime256v1", "secp256r1"),
        ):
            self.assertEqual(chosenGroup(self.flight(newest, curve)), name)

    def test_postQuantum(self) -> None:
        """ML-KEM in a ServerHello, which not every OpenSSL has; one without a name is its number."""
        flight = self.flight(True, None)
        for number, name in ((4588, "X25519MLKEM768"), (4242, "4242")):
            self.assertEqual(
                chosenGroup(flight.replace(b"\0\x1d\0\x20", number.to_bytes(2, "big") + b"\0\x20")), name
            )

    def test_cut(self) -> None:
        """Whatever of it is missing, there is a name or none."""
        for newest in (True, False):
            flight = self.flight(newest, "prime256v1")
            self.assertEqual({chosenGroup(flight[:end]) for end in range(len(flight))}, {"", "secp256r1"})

    def test_again(self) -> None:
        """After a HelloRetryRequest it is that of the second try; what the channel tells is the last word."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*make(names=[NAME]).write(folder(self)))
        made.set_ecdh_curve("secp384r1")
        client, channel = Client(), ServerChannel(made)
        channel.feed(client.hello)
        client.incoming.write(channel.take())
        channel.feed(client.shake())
        client.incoming.write(channel.take())
        channel.feed(client.shake())
        self.assertEqual((channel.open, channel.group), (True, "secp384r1"))
