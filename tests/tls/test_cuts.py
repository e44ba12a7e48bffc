"""Whom a server lets in does not depend on how the ClientHello is cut (RFC 7301 section 3.2)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.channel import HandshakeRefused
from dotchain.tls.serverchannel import ServerChannel

from ..folders import folder
from .certificates import NAME, make
from .hellos import cut, hello, manyNames, message, record
from .meeting import serve

SERVED, REFUSED = "served", "alert 120"

CHANGE_CIPHER_SPEC = record(b"\1", 20)

HELLOS = {
    "dot": (hello("dot"), SERVED),
    "dot, TLS 1.2": (hello("h2", "dot", newest=False), SERVED),
    "nothing": (hello(), SERVED),
    "nothing, TLS 1.2": (hello(newest=False), SERVED),
    "h2": (hello("h2"), REFUSED),
    "h2, TLS 1.2": (hello("h2", newest=False), REFUSED),
}

LONG = {
    "20 kB and h2": (hello(*manyNames(20_000), "h2"), REFUSED),
    "60 kB": (hello(*manyNames(60_000)), REFUSED),
    "60 kB and dot": (hello(*manyNames(60_000), "dot"), SERVED),
}

SIZES = st.lists(st.integers(0, 600), min_size=1, max_size=30).filter(lambda sizes: sizes[-1] > 0)


def pieces(octets: bytes, sizes: list[int]) -> Iterator[bytes]:
    """What one read after the other brings."""
    at = 0
    for size in cycle(size or 1 for size in sizes):
        if at >= len(octets):
            return
        yield octets[at : at + size]
        at += size


class CutTests(SynchronousTestCase):
    """L{ServerChannel} before clients whose ClientHello somebody has cut anew."""

    def setUp(self) -> None:
        """What channels are made of."""
        self.made = serve(folder(self), make(names=[NAME]))

    def verdict(self, channel: ServerChannel, octets: bytes, sizes: list[int]) -> str:
        """What a client hears at the end of these octets, and never a word before."""
        heard = b""
        try:
            for piece in pieces(octets, sizes):
                self.assertEqual(heard, b"")
                self.assertEqual(channel.feed(piece), b"")
                heard = channel.take()
        except (HandshakeRefused, ssl.SSLError) as error:
            heard = channel.take()
            self.assertIn(heard[:1], (b"", b"\x15"), error)
        self.assertEqual(channel.close(), b"")
        return self.words(heard)

    @staticmethod
    def words(heard: bytes) -> str:
        """A server's first record."""
        if not heard:
            return "nothing"
        return f"alert {heard[6]}" if heard[0] == 0x15 else SERVED

    def assertVerdict(self, octets: bytes, sizes: list[int], wanted: str) -> None:
        """Another channel comes to this verdict."""
        self.assertEqual(self.verdict(ServerChannel(self.made), octets, sizes), wanted)

    def test_known(self) -> None:
        """Records of one octet and two, a first record of one, empty ones, and kilobytes of names."""
        for known, some in ((HELLOS, [5, 1]), (LONG, [16384, 997])):
            for octets, wanted in known.values():
                for sizes in (
                    [1],
                    [2],
                    [1, 600],
                    [3, 600],
                    [4, 600],
                    [0, 600],
                    [0] * 32 + [600],
                    [50, 0, 600],
                ):
                    for reads in (1 << 20, *some):
                        self.assertVerdict(cut(octets, sizes), [reads], wanted)
                self.assertVerdict(octets, some, wanted)

    @given(st.sampled_from(sorted(HELLOS)), SIZES, SIZES)
    def test_anyCut(self, which: str, records: list[int], reads: list[int]) -> None:
        """However it is cut into records and reads, the verdict is the same."""
        octets, wanted = HELLOS[which]
        self.assertVerdict(cut(octets, records), reads, wanted)

    @given(
        st.sampled_from(["dot", "nothing"]),
        st.sampled_from(["dot", "nothing", "h2"]),
        st.booleans(),
        SIZES,
        SIZES,
    )
    def test_secondTime(
        self, first: str, second: str, middlebox: bool, records: list[int], reads: list[int]
    ) -> None:
        """
        The ClientHello that follows a HelloRetryRequest is judged as the first one, behind a
        change_cipher_spec too (RFC 8446 appendix D.4).
        """
        self.made.set_ecdh_curve("secp384r1")
        channel = ServerChannel(self.made)
        self.assertEqual(self.verdict(channel, cut(HELLOS[first][0], records), reads), SERVED)
        again = hello(*() if second == "nothing" else (second,), curve="secp384r1")
        octets = CHANGE_CIPHER_SPEC * middlebox + cut(again, records)
        self.assertEqual(self.verdict(channel, octets, reads), REFUSED if second == "h2" else SERVED)

    def test_bothAtOnce(self) -> None:
        """A second ClientHello that comes with the first is judged as well, in its records or in more."""
        self.made.set_ecdh_curve("secp384r1")
        first, second = hello(), hello("h2", curve="secp384r1")
        for octets in (first + second, record(message(first) + message(second))):
            channel = ServerChannel(self.made)
            with self.assertRaises((HandshakeRefused, ssl.SSLError)):
                channel.feed(octets)

    def test_unreadable(self) -> None:
        """What can't be read is refused, however it comes, and not taken for a lack of an offer."""
        octets = hello("h2")
        for each in (
            record(b"") * 33 + octets,
            record(b"\1\x5a", 21) + octets,
            CHANGE_CIPHER_SPEC + octets,
            record(b"data", 23) + octets,
            cut(octets, [9])[:14] + CHANGE_CIPHER_SPEC + octets[14:],
            record(b"\0\0\0\0" + message(octets)),
            record(b"\1\2\1\x45" + bytes(300)),
            record(message(octets)[:-1] + b"\0"),
            record(message(hello()) + message(octets)),
            bytes.fromhex("802e010303001500000010") + bytes.fromhex("00c02f00c02b00002f") + bytes(30),
        ):
            for reads in ([1 << 20], [7], [1]):
                channel = ServerChannel(self.made)
                with self.assertRaises((HandshakeRefused, ssl.SSLError)):
                    for piece in pieces(each, reads):
                        channel.feed(piece)
                self.assertFalse(channel.open)
