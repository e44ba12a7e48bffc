"""What constructors say of values that don't go together."""

from __future__ import annotations

from ..configs import GOOD, ConfigCase


class BuildTests(ConfigCase):
    """L{dotchain.config.build.Builder}, as L{dotchain.config.load.load} uses it."""

    def test_constructorsKey(self) -> None:
        """A constructor's complaint stands at the line of the key that it blames."""
        text = GOOD.replace("Mark\n", "Mark\nmax-marks = {}\n")
        self.assertEqual(self.line(text.format(10)), "11: [stage mark] max-marks: more than 9 is too many")
        self.assertEqual(self.line(text.format(8)), "9: [stage mark]: 8 is not for me")

    def test_constructorsBug(self) -> None:
        """A constructor's bug is one line that names where it is."""
        line = self.line(GOOD.replace("Mark\n", "Mark\nmax-marks = 7\n"))
        self.assertRegex(
            line,
            r"^9: \[stage mark\]: kind 'tests.configs.Mark': can't be made: KeyError: 'seven' "
            r"\(tests/configs.py line \d+\)$",
        )

    def test_constructorsFile(self) -> None:
        """A file that an author's constructor can't use: with the kind and the line of code."""
        self.assertRegex(
            self.line(GOOD.replace("Mark\n", "Mark\nmax-marks = 6\n")),
            r"^9: \[stage mark\]: kind 'tests.configs.Mark': can't be made: FileNotFoundError: .*gone.* "
            r"\(tests/configs.py line \d+\)$",
        )

    def test_constructorBeforeWhatIsWrong(self) -> None:
        """A stage is looked at even where what follows it is wrong."""
        lines = self.lines(GOOD.replace("Mark\n", "Mark\nmax-marks = 10\n").replace("word = a b\n", ""))
        self.assertEqual([line.split(":")[0] for line in lines], ["11", "13"])

    def test_missingCertificate(self) -> None:
        """A file that can't be read is told at the key that names it."""
        front = "[front b]\nlisten = tls://127.0.0.1:8853\nchain = home\ncertificate = a.crt\nkey = a.key\n"
        line = self.line(GOOD + front)
        self.assertIn("18: [front b] certificate: ", line)
        self.assertIn("a.crt: there is no such file", line)

    def test_savedTwice(self) -> None:
        """A file that two would write is one too few, be they of two sections or of one."""
        good = GOOD.replace("[stage mark]\nkind = tests.configs.Mark\n", "[stage cache]\nsave = saved\n")
        two = good.replace("path = mark end", "path = cache more end")
        line = self.line(two + "[stage more]\nkind = cache\nsave = saved\n")
        self.assertRegex(line, r"^10: \[stage cache\] save: .*saved is already written by \[stage more\]$")
        apart = good.replace("path = mark end", "path = cache end")
        other = "[front b]\nlisten = udp://127.0.0.1:5301\nchain = b\n"
        other += "[chain b]\npath = cache tests.configs.Sink\n"
        line = self.line(apart + other)
        self.assertTrue(line.startswith("10: [stage cache] save: it stands before different ones"), line)
