"""A connection without TLS, sans-IO."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.clearchannel import ClearChannel


class ClearChannelTests(SynchronousTestCase):
    """L{ClearChannel}."""

    def test_untouched(self) -> None:
        """Octets pass as they are, and are a copy of what the next read will overwrite."""
        channel, octets = ClearChannel(), bytearray(b"some")
        plain = channel.feed(memoryview(octets))
        octets[:] = b"next"
        self.assertEqual((plain, channel.seal(b"x")), (b"some", b"x"))
        self.assertEqual((channel.take(), channel.close()), (b"", b""))
        self.assertEqual((channel.open, channel.finished, channel.resumed), (True, False, False))
