"""L{Forward}: TLS and clear text (RFC 8310)."""

from __future__ import annotations

from typing import Any

from twisted.logger import capturedLogs

from dotchain.address import addresses
from dotchain.options import OptionError
from dotchain.resolver import NoAnswer, ResolveError
from dotchain.upstreams.forward import Forward

from .forwardcase import ONE, TWO, ForwardCase
from .test_endpoint import Plain
from .upstreamcommon import asked, forward


class ProfileTests(ForwardCase):
    """Strict, encrypted, opportunistic (RFC 8310)."""

    pins = frozenset({bytes(32)})

    def refused(self, where: str, **options: Any) -> OptionError:
        """What is said of this configuration."""
        with self.assertRaises(OptionError) as caught:
            forward(self.network, where, **options)
        found: OptionError = caught.exception
        return found

    def test_clearBesideTLS(self) -> None:
        """Clear text beside TLS needs the word opportunistic."""
        for profile in (None, "strict", "encrypted"):
            for clear in ("tcp://192.0.2.1", "udp://192.0.2.1"):
                error = self.refused(f"tls://192.0.2.1 {clear}", pin_sha256=self.pins, profile=profile)
                self.assertEqual(error.key, "address")
                self.assertIn("needs profile = opportunistic", str(error))

    def test_strictWithNothing(self) -> None:
        """Strict is the default, and wants a name or a pin."""
        self.assertEqual(self.refused("tls://192.0.2.1").key, "profile")

    def test_withoutTLS(self) -> None:
        """What is for TLS is no word for clear addresses."""
        for key, value in (("name", "a.example"), ("profile", "strict"), ("pin_sha256", self.pins)):
            self.assertEqual(self.refused(ONE, **{key: value}).key, key.replace("_", "-"))
        self.assertIn("(RFC 8310 section 5)", str(self.refused(ONE, name="a.example", profile="strict")))

    def test_order(self) -> None:
        """Opportunistic: TLS first however they are written, then the clear ones; else port 53."""
        for where, expected in (
            ("udp://192.0.2.9 tls://192.0.2.1", "tls://192.0.2.1:853 udp://192.0.2.9:53"),
            ("tls://192.0.2.1 tls://[2001:db8::1]:8853", None),
        ):
            made = self.make(where, profile="opportunistic")
            expected = expected or (
                "tls://192.0.2.1:853 tls://[2001:db8::1]:8853 udp://192.0.2.1:53 udp://[2001:db8::1]:53"
            )
            self.assertEqual(" ".join(str(endpoint.address) for endpoint in made.endpoints), expected)

    def test_neverClear(self) -> None:
        """Encrypted and strict never know of a way in clear text."""
        for profile in ("strict", "encrypted"):
            made = self.make("tls://192.0.2.1", profile=profile, pin_sha256=self.pins)
            self.assertEqual(
                [endpoint.address for endpoint in made.endpoints], list(addresses("tls://192.0.2.1"))
            )
            (outcome,) = asked(made)
            for _ in range(50):
                for each in self.network.attempts:
                    if each.state == "connecting":
                        each.refuse()
                self.network.pass_(0.1)
            self.assertIsInstance(outcome.error, ResolveError)
            self.assertEqual({each.port for each in self.network.attempts}, {853})
            self.assertEqual((self.network.readers, made.downgraded), ([], 0))

    def opportunistic(self) -> Forward:
        """TLS, and a clear way beside it."""
        return self.make(f"tls://192.0.2.1 {TWO}", profile="opportunistic")

    def test_downgrade(self) -> None:
        """Clear text only after TLS has failed; it is counted, and logged once with the reason."""
        made = self.opportunistic()
        made.setName("lan")
        outcomes = asked(made, 3)
        self.assertEqual(self.to("192.0.2.2"), [])
        with capturedLogs() as events:
            self.to("192.0.2.1")[0].refuse()
        self.assertEqual(self.open("192.0.2.2").replyAll(), 3)
        self.assertEqual([each.answer.rcode for each in outcomes], [0] * 3)
        self.assertEqual(made.downgraded, 3)
        lines = [event["log_format"].format(**event) for event in events]
        refused = "connection failed: Connection refused"
        self.assertEqual(
            lines,
            [
                f"upstream lan (tls://192.0.2.1:853): {refused} (phase connect)",
                f"upstream lan (tcp://192.0.2.2:53): is asked in clear text: {refused} (phase downgrade)",
            ],
        )

    def test_inTheBackground(self) -> None:
        """When TLS may be tried again nobody waits for it: clear text until it is there."""
        made = self.opportunistic()
        asked(made)
        self.to("192.0.2.1")[0].refuse()
        peer = self.open("192.0.2.2")
        peer.replyAll()
        self.network.pass_(0.3)
        (outcome,) = asked(made)
        self.network.advance(0)
        self.assertEqual(len(self.to("192.0.2.1")), 2)
        peer.replyAll()
        self.assertEqual(outcome.answer.rcode, 0)
        self.network.pass_(1.6)
        self.assertEqual(self.to("192.0.2.1")[1].state, "disconnected")
        self.assertEqual(made.endpoints[0].failures, 2)

    def test_slowIsNoFailure(self) -> None:
        """A slow answer over TLS is waited for: clear text is not for impatience."""
        made = self.opportunistic()
        made.endpoints[0] = Plain(made.endpoints[0].address, made.endpoints[0].common)
        (outcome,) = asked(made)
        self.network.pass_(4.7)
        self.assertIsInstance(outcome.error, NoAnswer)
        self.assertEqual((self.to("192.0.2.2"), made.downgraded), ([], 0))
