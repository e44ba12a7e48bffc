"""Server cookies."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError
from dotchain.wire.cookies import judge

from .test_fuzz import quick

FIRST = bytes.fromhex("e5e973e5a6b2a43f48e7dc849e37bfcf")
OLD = bytes.fromhex("dd3bdf9344b678b185a6f5cb60fca715")
NEW = bytes.fromhex("445536bcd2513298075a5d379663c962")


class VectorTests(SynchronousTestCase):
    """RFC 9018 appendix A, so that cookies of other servers with the same secret are as good."""

    def judged(self, sent: str, address: str, second: int, *secrets: bytes) -> tuple[str, bool]:
        """The reply in hexadecimal digits, and whether the address is proven."""
        found = judge(bytes.fromhex(sent), ip_address(address).packed, secrets, second)
        return found.reply.hex(), found.proven

    def test_learning(self) -> None:
        """A.1: a client without a server cookie learns one."""
        self.assertEqual(
            self.judged("2464c4abcf10c957", "198.51.100.100", 1559731985, FIRST),
            ("2464c4abcf10c957010000005cf79f111f8130c3eee29480", False),
        )

    def test_renewed(self) -> None:
        """A.2: forty minutes later the cookie is good, and replaced."""
        self.assertEqual(
            self.judged(
                "2464c4abcf10c957010000005cf79f111f8130c3eee29480", "198.51.100.100", 1559734385, FIRST
            ),
            ("2464c4abcf10c957010000005cf7a871d4a564a1442aca77", True),
        )

    def test_reserved(self) -> None:
        """A.3: reserved octets are hashed as they came, and zero in the new cookie."""
        sent, address = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203"
        self.assertEqual(self.judged(sent, address, 1559727985 + 60, FIRST), (sent, True))
        self.assertEqual(
            self.judged(sent, address, 1559734700, FIRST),
            ("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e", False),
        )

    def test_rolledOver(self) -> None:
        """A.4: a cookie of the old secret is recognized, and replaced by one of the new."""
        self.assertEqual(
            self.judged(
                "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
                "2001:db8:220:1:59de:d0f4:8769:82b8",
                1559741961,
                NEW,
                OLD,
            ),
            ("22681ab97d52c298010000005cf7c609a6bb79d16625507a", True),
        )


class JudgeTests(SynchronousTestCase):
    """What is a cookie of ours, and what is none."""

    START = 1_800_000_000
    ADDRESS = b"\xc0\0\2\1"

    def setUp(self) -> None:
        self.cookie = judge(b"clientck", self.ADDRESS, [FIRST], self.START).reply

    def proven(self, sent: bytes, after: int = 0, address: bytes = ADDRESS) -> bool:
        """Whether a cookie counts, so many seconds after the first was made."""
        return judge(sent, address, [FIRST], self.START + after).proven

    def test_ages(self) -> None:
        """An hour back and five minutes ahead (RFC 9018 section 4.3)."""
        found = [self.proven(self.cookie, after) for after in (-301, -300, 0, 3600, 3601, 1 << 31)]
        self.assertEqual(found, [False, True, True, True, False, False])

    def test_kept(self) -> None:
        """For half an hour the same cookie goes back, so that clients need not learn a new one each time."""
        for after, same in ((0, True), (1799, True), (1800, False), (-1, False)):
            found = judge(self.cookie, self.ADDRESS, [FIRST], self.START + after)
            self.assertEqual((found.proven, found.reply == self.cookie), (True, same))

    def test_forged(self) -> None:
        """Another address, client cookie, time or hash is none of ours; the reply is good all the same."""
        forgeries = [
            self.cookie[:at] + bytes([self.cookie[at] ^ 1]) + self.cookie[at + 1 :] for at in range(24)
        ]
        for sent in (*forgeries, self.cookie + b"x", self.cookie[:16]):
            found = judge(sent, self.ADDRESS, [FIRST], self.START)
            self.assertFalse(found.proven)
            self.assertTrue(self.proven(found.reply))
            self.assertEqual(found.reply[:8], sent[:8])
        self.assertFalse(self.proven(self.cookie, address=b"\xc0\0\2\2"))

    def test_endOfTime(self) -> None:
        """The 32 bits of the time may pass their end (RFC 9018 section 4.3: serial numbers)."""
        sent = judge(b"clientck", self.ADDRESS, [FIRST], (1 << 32) - 10).reply
        found = judge(sent, self.ADDRESS, [FIRST], (1 << 32) + 10)
        self.assertTrue(found.proven)

    def test_lengths(self) -> None:
        """8 and 16 to 40 octets, else FORMERR (RFC 7873 section 5.2.2)."""
        for length in range(64):
            if length == 8 or 16 <= length <= 40:
                self.assertFalse(self.proven(bytes(length)))
            else:
                error = self.assertRaises(FormatError, self.proven, bytes(length))
                self.assertEqual(error.rcode, 1)

    @quick
    @given(st.binary(max_size=70), st.binary(max_size=16), st.integers(0, 1 << 40))
    def test_anyOctets(self, sent: bytes, address: bytes, second: int) -> None:
        """Whatever comes is judged, or a L{FormatError}; nobody guesses a cookie."""
        try:
            found = judge(sent, address, [FIRST, OLD], second)
        except FormatError:
            return
        self.assertEqual((found.proven, len(found.reply), found.reply[:8]), (False, 24, sent[:8]))
