"""L{FailureLog}: what goes wrong is counted, and does not fill the log."""

from __future__ import annotations

from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.upstreams.failurelog import FailureLog

from .network import START
from .upstreamcommon import RecordingCommon


class FailureLogTests(SynchronousTestCase):
    """Those of one address."""

    def setUp(self) -> None:
        self.all = RecordingCommon()
        self.all.common.name = "lan"
        self.failureLog = FailureLog(address("udp://192.0.2.1:53"), self.all.common)

    def test_seldom(self) -> None:
        """Each phase is logged once a minute, with the number of those held back."""
        with capturedLogs() as events:
            for _ in range(5):
                self.failureLog.tell("connect", "is away")
            self.failureLog.tell("read", "is odd", "connection 2.0 s old")
            self.all.network.advance(61)
            self.failureLog.tell("connect", "is away")
        lines = [event["log_format"].format(**event) for event in events]
        self.assertEqual(
            lines,
            [
                "upstream lan (udp://192.0.2.1:53): is away (phase connect)",
                "upstream lan (udp://192.0.2.1:53): is odd (phase read, connection 2.0 s old)",
                "upstream lan (udp://192.0.2.1:53): is away (phase connect; suppressed 4 like it)",
            ],
        )
        self.assertEqual({event["log_level"] for event in events}, {LogLevel.warn})

    def test_over(self) -> None:
        """The end of what was told is told once; of what nobody has read, never."""
        with capturedLogs() as events:
            self.failureLog.over()
            self.failureLog.tell("connect", "is away")
            self.failureLog.over()
            self.failureLog.over()
        lines = [event["log_format"].format(**event).partition(": ")[2] for event in events]
        self.assertEqual(lines, ["is away (phase connect)", "answers again"])

    def test_counted(self) -> None:
        """All are counted by their phase, those that the log is spared among them; the last is known."""
        with capturedLogs():
            for phase in ("connect", "connect", "tls"):
                self.all.network.advance(1)
                self.failureLog.tell(phase, f"no {phase}")
        self.assertEqual(self.failureLog.counts, {"connect": 2, "tls": 1})
        self.assertEqual((self.failureLog.last, self.failureLog.at), ("no tls", START + 3))
