"""What a file is told that would be right."""

from __future__ import annotations

import re

from dotchain.config.kinds import Kinds

from ..configs import GOOD, ConfigCase


class HintTests(ConfigCase):
    """What is offered in place of a word that nobody has would be right there."""

    PATH = "7: [chain home] path: '{}' is neither a section nor a kind"
    MORE = "[chain inner]\npath = end\n[upstream pair]\nkind = race\nover = end\n"

    def hint(self, text: str, line: str) -> str:
        """What is offered behind this line."""
        (found,) = (each for each in self.lines(text) if each.startswith(line))
        return found.partition("; did you mean ")[2].partition("?")[0]

    def test_path(self) -> None:
        """Stages on the way, at the end an upstream or a chain, and kinds that do with their defaults."""
        for path, word, meant in (
            ("mrak end", "mrak", "'mark'"),
            ("cahce end", "cahce", "'cache'"),
            ("mark innner", "innner", "'inner'"),
            ("mark piar", "piar", "'pair'"),
            ("innner end", "innner", ""),
            ("piar end", "piar", ""),
            ("mrak", "mrak", ""),
            ("mark cahce", "cahce", ""),
            ("mark forwad", "forwad", ""),
            ("mark zonne", "zonne", ""),
        ):
            text = GOOD.replace("path = mark end", f"path = {path}") + self.MORE
            self.assertEqual(self.hint(text, self.PATH.format(word)), meant, path)

    def test_loops(self) -> None:
        """Nothing that would lead back."""
        text = GOOD.replace("path = mark end", "path = mark homme")
        self.assertEqual(self.hint(text, self.PATH.format("homme")), "")
        back = "[chain inner]\npath = home\n"
        text = GOOD.replace("path = mark end", "path = mark innner")
        self.assertEqual(self.hint(text + back, self.PATH.format("innner")), "")
        self.assertEqual(self.hint(text + self.MORE, self.PATH.format("innner")), "'inner'")
        text = GOOD.replace("mark end", "mark pair") + "[upstream pair]\nkind = race\nover = {}\n"
        over = "17: [upstream pair] over: '{}' is neither"
        self.assertEqual(self.hint(text.format("piar"), over.format("piar")), "")
        deep = text.format("deeep") + "[upstream deep]\nkind = race\nover = {}\n"
        self.assertEqual(self.hint(deep.format("pair"), over.format("deeep")), "")
        self.assertEqual(self.hint(deep.format("end"), over.format("deeep")), "'deep'")

    def test_over(self) -> None:
        """Only upstreams, and none that stands there already."""
        text = GOOD.replace("mark end", "mark pair") + "[chain inner]\npath = end\n"
        text += "[upstream pair]\nkind = race\nover = {} end\n"
        for word in ("inny", "innner", "makr", "cahce", "ennd", "forwad"):
            self.assertEqual(self.hint(text.format(word), f"19: [upstream pair] over: '{word}' is"), "", word)

    def test_kind(self) -> None:
        """Only kinds of that role are named."""
        for word, meant in (("cahce", "'cache'"), ("forwad", ""), ("zonne", ""), ("coalesc", "'coalesce'")):
            text = GOOD.replace("kind = tests.configs.Mark", f"kind = {word}")
            line = f"10: [stage mark] kind: there is no kind '{word}'"
            self.assertEqual(self.hint(text, line), meant)
            known = re.search(r"\(known are: (.*?)\)", "".join(self.lines(text)))
            assert known is not None
            self.assertEqual(
                known[1].split(", "), [each for each in Kinds().names if Kinds().find(each).role == "stage"]
            )
        text = GOOD.replace("kind = tests.configs.End", "kind = {}")
        self.assertEqual(self.hint(text.format("cahce"), "13: [upstream end] kind: there is no kind"), "")

    def test_noKind(self) -> None:
        """A stage whose name is no kind, and that names none, is told to."""
        text = GOOD.replace("kind = tests.configs.Mark", "")
        self.assertRegex(self.lines(text)[0], r"no kind 'mark' .*\); add kind = block or another$")
        self.assertNotIn("add kind", "".join(self.lines(GOOD.replace("tests.configs.Mark", "mark"))))

    def test_role(self) -> None:
        """No section that is there already, and no name for the one that has none."""
        for header, meant in (
            ("[stge mark]", ""),
            ("[stge more]", "'stage'"),
            ("[dotchian]", "'dotchain'"),
            ("[dotchian more]", ""),
        ):
            self.assertEqual(self.hint(f"{GOOD}{header}\n", f"15: {header}: unknown role"), meant, header)

    def test_header(self) -> None:
        """A line that is almost a header: [dotchain] has no name, and all others have one."""
        self.assertIn("is no section header; write [dotchain]", self.line(GOOD + "[dotchain: x]\n"))
        self.assertIn("is no section header such as [front lan]", self.line(GOOD + "[chain\n"))

    def test_pair(self) -> None:
        """What has no equals sign is taken for a key where it is one."""
        wrong = "4: [front lan]: 'chain home' is neither [role name] nor key = value"
        self.assertEqual(
            self.line(GOOD.replace("chain = home", "chain home")), f"{wrong}; write chain = home"
        )
        lines = self.lines(GOOD.replace("path = mark end", "path = mark\ncache end"))
        self.assertIn("8: [chain home]: 'cache end' is neither [role name] nor key = value", lines)
