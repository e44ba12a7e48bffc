"""Heartbeats as they stand in a server."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.fleet.beat import Beat, opened, sealed
from dotchain.stages.shared.signature import Signature

KEY = b"dotchain:{fleet}:0123456789abcdef/1"
BEAT = Beat("0123456789abcdef", 1, 2, "ns1", "0.1.0", 1.8e9, -0.25, 60.0, {"queries": 3.5}, 1.9e9)


class BeatTests(SynchronousTestCase):
    """L{sealed} and L{opened}."""

    def setUp(self) -> None:
        """A secret."""
        self.signature = Signature(b"s" * 32)

    def test_read(self) -> None:
        """What was told is read by those who know the secret, by nobody else, and at no other key."""
        octets = sealed(self.signature, KEY, BEAT)
        self.assertEqual(opened(self.signature, KEY, octets), BEAT)
        self.assertIsNone(opened(Signature(b"t" * 32), KEY, octets))
        self.assertIsNone(opened(self.signature, KEY[:-1] + b"2", octets))

    def test_damaged(self) -> None:
        """No octet can be missing, or be another one."""
        octets = sealed(self.signature, KEY, BEAT)
        for place in range(len(octets)):
            self.assertIsNone(opened(self.signature, KEY, octets[:place]))
            changed = bytearray(octets)
            changed[place] ^= 1
            self.assertIsNone(opened(self.signature, KEY, bytes(changed)))

    def test_unfit(self) -> None:
        """Without a secret anybody may have written it: what is no heartbeat is none."""
        fit = BEAT._asdict()
        self.assertEqual(self.written(fit), BEAT)
        changes: tuple[dict[str, Any], ...] = (
            {"machine": "a\x1b[2J"},
            {"machine": "x" * 65},
            {"machine": ""},
            {"version": 3},
            {"worker": 0},
            {"worker": True},
            {"worker": 3},
            {"workers": 10**9},
            {"at": "now"},
            {"at": float("nan")},
            {"uptime": float("inf")},
            {"uptime": -1},
            {"ahead": None},
            {"ahead": float("-inf")},
            {"certificate": 1e300},
            {"rates": []},
            {"rates": {"queries": "many"}},
            {"rates": {str(number): 1.0 for number in range(99)}},
            {"more": 1},
        )
        for change in changes:
            self.assertIsNone(self.written({**fit, **change}), change)
        self.assertIsNone(self.written([fit]))
        self.assertIsNone(self.written({}))

    def written(self, content: Any) -> Beat | None:
        """What is read of something that is signed as it should be."""
        octets = json.dumps(content).encode()
        return opened(self.signature, KEY, self.signature.of(KEY + octets) + octets)

    @given(st.binary(max_size=80))
    def test_anything(self, octets: bytes) -> None:
        """No octets are an error, signed or not."""
        signed = self.signature.of(KEY + octets) + octets
        self.assertIsNone(opened(self.signature, KEY, octets))
        self.assertIsNone(opened(self.signature, KEY, signed))
        self.assertIsNone(opened(self.signature, KEY, self.signature.of(KEY + b"[" * 2000) + b"[" * 2000))
