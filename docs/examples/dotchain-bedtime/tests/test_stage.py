"""Tests of the stage C{bedtime}."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from dotchain_bedtime.stage import Bedtime

from dotchain.api import NOERROR, REFUSED, Client, OptionError, Query
from dotchain.testing import StageCase, both, makeQuery

WWW = "www.example.org. 300 IN A 192.0.2.1"


def asked(address: str, name: str = "www.example.org.") -> Query:
    """A question of a device."""
    return makeQuery(name, client=Client(address, "udp"))


@both
class BedtimeTests(StageCase):
    """Each test runs twice: the next resolver answers at once, and later."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "devices")
        self.file.write_text("tablet client:192.0.2.20 time:00:00-24:00 # always\n\n")

    def stage(self) -> Bedtime:
        """The stage with these devices."""
        return self.made(Bedtime, WWW, file=str(self.file), **{"except": "school.example"})

    def test_asleep(self) -> None:
        """A device in its hours is refused, and nobody is asked."""
        stage = self.stage()
        self.assertEqual(self.answered(stage, asked("192.0.2.20")).rcode, REFUSED)
        self.assertEqual((stage.refused, self.next.asked), (1, []))
        self.assertEqual(stage.explain(asked("192.0.2.20")), "tablet has to sleep")

    def test_awake(self) -> None:
        """Others are answered, and so is what is excepted."""
        stage = self.stage()
        for query in (asked("192.0.2.21"), asked("192.0.2.20", "a.school.example.")):
            self.assertEqual(self.answered(stage, query).rcode, NOERROR)

    def test_reload(self) -> None:
        """A reload takes what the file has now; where that is wrong, the old state stays."""
        stage = self.stage()
        self.file.write_text("console client:192.0.2.21/33\n")
        error = self.assertRaises(OptionError, stage.reload)
        self.assertIn("line 1", str(error))
        self.assertEqual(self.answered(stage, asked("192.0.2.20")).rcode, REFUSED)
        self.file.write_text("")
        stage.reload()
        self.assertEqual(self.answered(stage, asked("192.0.2.20")).rcode, NOERROR)
        self.assertEqual(len(stage.warnings()), 1)
