"""What a front is told, and by whom it may be asked."""

from __future__ import annotations

import sys
from typing import Any

from dotchain.fronts.frontlimits import checkPrefixLimits
from dotchain.fronts.streams.port import StreamPort
from dotchain.networks import networks
from dotchain.options import OptionError
from dotchain.tls.errors import TLSFileError

from ..folders import folder
from ..tls.certificates import NAME, make
from .frontcase import FrontCase


class OptionTests(FrontCase):
    """Values that don't go together are errors, before a socket is opened."""

    def assertBlames(self, blamed: str, listen: str, **options: Any) -> None:
        """It is this key's line that the error names."""
        with self.assertRaises(OptionError) as caught:
            self.front(listen, **options)
        self.assertEqual(caught.exception.key, blamed)

    def test_encryptedWithoutFiles(self) -> None:
        """An address with TLS needs a certificate and its key."""
        certificate, key = make(names=[NAME]).write(folder(self))
        for options in ({}, {"certificate": certificate}, {"key": key}):
            self.assertBlames("listen", "udp://127.0.0.1:0 tls://127.0.0.1:0", **options)

    def test_filesWithoutTLS(self) -> None:
        """A certificate or a key without an address with TLS is of no use."""
        certificate, key = make(names=[NAME]).write(folder(self))
        self.assertBlames("certificate", "tcp://127.0.0.1:0", certificate=certificate)
        self.assertBlames("key", "udp://127.0.0.1:0", key=key)

    def test_filesUnfit(self) -> None:
        """Files that can't serve are errors that name the file."""
        certificate, key = make(names=[NAME]).write(folder(self))
        _, other = make(names=[NAME]).write(folder(self))
        for files in ((certificate, other), (key, key), (certificate, certificate)):
            with self.assertRaises(TLSFileError):
                self.front("tls://127.0.0.1:0", files)

    def test_streamKeysWithoutStreams(self) -> None:
        """What is about connections is of no use over UDP; about handshakes, of none over TCP either."""
        keys = ("max-connections", "max-client-connections", "max-network-connections", "max-in-flight")
        for key in (*keys, "idle-timeout", "first-query-timeout"):
            option: dict[str, Any] = {key.replace("-", "_"): 5}
            self.assertBlames(key, "udp://127.0.0.1:0", **option)
            self.front("udp://127.0.0.1:0 tcp://127.0.0.1:0", **option)
        for key in ("handshake-timeout", "max-client-handshakes", "max-network-handshakes"):
            self.assertBlames(key, "udp://127.0.0.1:0 tcp://127.0.0.1:0", **{key.replace("-", "_"): 5})

    def test_networkBelowClient(self) -> None:
        """A network may have no less than each of its clients is promised."""
        for what in ("connections", "handshakes", "in-flight"):
            given: dict[str, Any] = {
                f"max_{who}_{what.replace('-', '_')}": most for who, most in (("client", 9), ("network", 8))
            }
            with self.assertRaises(OptionError) as caught:
                checkPrefixLimits(given)
            self.assertEqual(caught.exception.key, f"max-network-{what}")
            self.assertIn("9 or more is right", str(caught.exception))

    def test_freeBindElsewhere(self) -> None:
        """Where the platform can't listen on an address to come, that is told."""
        self.patch(sys, "platform", "freebsd14")
        self.assertBlames("free-bind", "udp://192.0.2.1:5300", free_bind=True)

    def test_nobodyRelays(self) -> None:
        """What is to be passed on needs an upstream that does it."""
        self.assertBlames("relay", "tcp://127.0.0.1:0", relay=frozenset(["notify"]))

    def test_access(self) -> None:
        """By default private addresses may ask in clear text, and anyone over TLS; deny is on top."""
        files = make(names=[NAME]).write(folder(self))
        listen = "udp://127.0.0.1:0 tcp://127.0.0.1:0 tls://127.0.0.1:0"
        plain = self.front(listen, files).responders
        denying = self.front(listen, files, deny=networks("10.0.0.0/8 8.0.0.0/8")).responders
        allowing = self.front(listen, files, allow=networks("8.8.8.0/24")).responders
        asked = ("10.0.0.1", "8.8.8.8")
        found = {
            name: [[each[name].permits(a) for a in asked] for each in (plain, denying, allowing)]
            for name in plain
        }
        clear = [[True, False], [False, False], [False, True]]
        self.assertEqual(
            found, {"udp": clear, "tcp": clear, "tls": [[True, True], [False, False], [False, True]]}
        )

    def test_timeouts(self) -> None:
        """An idle connection is closed after 10 seconds over TCP and 30 over TLS, unless told else."""
        files = make(names=[NAME]).write(folder(self))
        for options, idle in (({}, [10.0, 30.0]), ({"idle_timeout": 4.0}, [4.0, 4.0])):
            front = self.front("tcp://127.0.0.1:0 tls://127.0.0.1:0", files, **options)
            front.bind()
            self.assertEqual([port.idle for port in front.ports if isinstance(port, StreamPort)], idle)
