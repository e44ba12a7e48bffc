"""Files that a file includes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.config.tree import Tree

from ..configs import GOOD, Kept
from ..folders import folder

INCLUDE = "[dotchain]\ninclude = conf.d/*.ini\n"
OFFICE = """\
[front office]
listen = udp://127.0.0.1:5301
chain = office

[chain office]
path = marked end

[stage marked]
kind = tests.configs.Mark
file = names.txt
"""


class IncludeTests(SynchronousTestCase):
    """C{[dotchain] include}."""

    def setUp(self) -> None:
        """A folder with C{dns.ini}, whose conf.d is empty."""
        self.folder = folder(self)
        (self.folder / "conf.d").mkdir()

    def write(self, text: str, **others: str) -> None:
        """Write C{dns.ini}, and files in conf.d."""
        (self.folder / "dns.ini").write_text(text)
        for name, each in others.items():
            (self.folder / f"conf.d/{name}.ini").write_text(each)

    def load(self) -> Tree:
        """The tree."""
        return load(str(self.folder / "dns.ini"), MemoryReactorClock(), makeFront=Kept)

    def lines(self) -> list[str]:
        """What is wrong, each line from the folder's name on."""
        error: Any = self.assertRaises(ConfigError, self.load)
        return [line.removeprefix(f"{self.folder}/") for line in error.lines]

    def warned(self) -> list[str]:
        """What is told of a tree that is good."""
        told = [each.at(str(self.folder / "dns.ini")) for each in self.load().warnings]
        return [line.removeprefix(f"{self.folder}/") for line in told]

    def test_asIfTheyStoodThere(self) -> None:
        """Sections of one file name those of another; relative paths start from the file that they are in."""
        self.write(INCLUDE + GOOD, office=OFFICE)
        tree = self.load()
        self.assertEqual([each.section.name for each in tree.fronts], ["lan", "office"])
        (mark,) = [part.thing for part in tree.parts if part.section.name == "marked"]
        self.assertEqual(mark.file, self.folder / "conf.d/names.txt")

    def test_sorted(self) -> None:
        """The files of a pattern are taken by name; a file that two words mean once; itself never."""
        more = "[front {0}]\nlisten = udp://127.0.0.1:{1}\nchain = home\n"
        text = "[dotchain]\ninclude = conf.d/b.ini conf.d/*.ini *.ini\n" + GOOD
        self.write(text, c=more.format("c", 3), a=more.format("a", 1), b=more.format("b", 2))
        self.assertEqual([each.section.name for each in self.load().fronts], ["lan", "b", "a", "c"])

    def test_nothing(self) -> None:
        """An empty folder is fine; one that is not there is told, as it may be a slip."""
        self.write(INCLUDE + GOOD)
        self.assertEqual([line for line in self.warned() if "beware" not in line], [])
        self.write(INCLUDE.replace("conf.d", "config.d") + GOOD)
        self.assertIn(
            "dns.ini:2: [dotchain] include: config.d/*.ini: there is no folder config.d", self.warned()
        )

    def test_folders(self) -> None:
        """Folders and hidden files don't match; a folder that is named is an error."""
        self.write(INCLUDE + GOOD)
        (self.folder / "conf.d/x.ini").mkdir()
        (self.folder / "conf.d/.y.ini").write_text("nonsense")
        self.load()
        self.write("[dotchain]\ninclude = conf.d/\n" + GOOD)
        why = "include: conf.d is a folder; write conf.d/*.ini for the files in it"
        self.assertEqual(self.lines(), [f"dns.ini:2: [dotchain] {why}"])

    def test_missing(self) -> None:
        """A file that is named must be there; what its sections would be for goes without saying."""
        self.write("[dotchain]\ninclude = a.ini\n    b.ini\n" + GOOD.replace("path = mark end", "path = end"))
        (self.folder / "a.ini").write_text("")
        self.assertEqual(
            self.lines(), ["dns.ini:3: [dotchain] include: b.ini cannot be read: No such file or directory"]
        )

    def test_notUTF8(self) -> None:
        """A file that is no text is told with its line."""
        self.write(INCLUDE + GOOD)
        (self.folder / "conf.d/a.ini").write_bytes(b"\n[front caf\xe9]\n")
        self.assertEqual(self.lines(), ["conf.d/a.ini:2: octet 0xe9 is not UTF-8; save the file in UTF-8"])

    def test_errorsNameTheirFile(self) -> None:
        """Grammar, unknown keys, values, constructors and references: each error names its own file."""
        wrong = OFFICE.replace("udp://127.0.0.1:5301", "nowhere") + "max-marks = 10\ncolour = red\n"
        self.write(INCLUDE + GOOD + "word = again\n", office=wrong + "[upstream idle]\nnonsense\n")
        found = [line.split(": ")[0] for line in self.lines()]
        places = ["dns.ini:17", *(f"conf.d/office.ini:{line}" for line in (2, 11, 12, 13, 14))]
        self.assertEqual(list(dict.fromkeys(found)), places)

    def test_warningsNameTheirFile(self) -> None:
        """So do warnings."""
        end = "[upstream end]\nkind = tests.configs.End\nword = me\n"
        self.write(INCLUDE + GOOD[: GOOD.index("[upstream")], end=end)
        self.assertEqual(self.warned(), ["conf.d/end.ini:1: [upstream end]: beware of me"])

    def test_sectionTwice(self) -> None:
        """A section that stands in two files, or a name, is an error with both places."""
        self.write(INCLUDE + GOOD, mark="\n[stage mark]\n[upstream home]\n")
        self.assertEqual(
            self.lines()[:2],
            [
                "conf.d/mark.ini:2: [stage mark]: stands in dns.ini:11 already; put all its keys there",
                "conf.d/mark.ini:3: [upstream home]: [chain home] in dns.ini:8 has this name; choose another",
            ],
        )

    def test_includeInIncluded(self) -> None:
        """One file includes: a second [dotchain] is one section in two files."""
        self.write(INCLUDE + GOOD, more="[dotchain]\ninclude = x.ini\n")
        self.assertEqual(
            self.lines(),
            [
                "conf.d/more.ini:1: [dotchain]: stands in dns.ini:1 already; put all its keys there",
                "conf.d/more.ini:2: [dotchain] include: stands in dns.ini:2 already; "
                "indent lines that continue a value",
            ],
        )

    def test_absolute(self) -> None:
        """A file anywhere is named as it was written."""
        self.write(f"[dotchain]\ninclude = {self.folder}/conf.d/office.ini\n" + GOOD, office="nonsense\n")
        self.assertEqual(
            self.lines(), ["conf.d/office.ini:1: 'nonsense' is neither [role name] nor key = value"]
        )

    def test_samePlaceTwice(self) -> None:
        """A link to a file that was read already is that file."""
        self.write(INCLUDE + GOOD, office=OFFICE)
        Path(self.folder / "conf.d/z.ini").symlink_to("office.ini")
        self.assertEqual(len(self.load().fronts), 2)

    def test_names(self) -> None:
        """What can't be the name of a file is told with its line, and so is a user who is not there."""
        self.write(GOOD + "[dotchain]\ninclude = ~nobodyatall/*.ini\n a\0b\n")
        line = GOOD.count("\n") + 2
        self.assertEqual(
            self.lines(),
            [
                f"dns.ini:{line}: [dotchain] include: '~nobodyatall/*.ini': there is no home of such a user",
                f"dns.ini:{line + 1}: [dotchain] include: no name of a file has an octet of 0",
            ],
        )

    def test_tooLong(self) -> None:
        """So is a name that is longer than a name can be, of a file and of a folder with some."""
        word = "a" * 300
        self.write(GOOD + f"[dotchain]\ninclude = {word} {word}/*.ini\n")
        self.assertEqual(
            [line.partition(": [dotchain] include: ")[2] for line in self.lines()],
            [
                f"{word} cannot be read: File name too long",
                f"{word}/*.ini cannot be read: File name too long",
            ],
        )
