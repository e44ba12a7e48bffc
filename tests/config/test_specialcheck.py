"""Rules for names that special has answered before."""

from __future__ import annotations

from ..configs import ConfigCase

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = {path}

[stage special]
except = {excepted}

[stage route]
rules = corp.example -> end
  {rule} -> end

[upstream end]
kind = tests.configs.Sink
"""


class SpecialTests(ConfigCase):
    """What C{dotchain check} warns of."""

    def told(self, rule: str, excepted: str = "alt", path: str = "special route end") -> list[str]:
        """The warnings."""
        tree = self.load(TEXT.format(path=path, excepted=excepted, rule=rule))
        return [problem.at("f") for problem in tree.warnings]

    def test_answered(self) -> None:
        """A rule for a private reverse zone, or a name in one, never decides behind it."""
        for rule in ("10.in-addr.arpa", "=1.0.0.10.in-addr.arpa", "local type:A"):
            (line,) = self.told(rule)
            self.assertIn("f:14: [stage route] rules: [stage special] answers", line)
            self.assertIn("before it comes here; put it into its 'except'", line)

    def test_right(self) -> None:
        """What is excepted comes there, and so do other names, and all that comes by another way."""
        self.assertEqual(self.told("10.in-addr.arpa", "10.in-addr.arpa"), [])
        self.assertEqual(self.told("example.org"), [])
        self.assertEqual(self.told("!10.in-addr.arpa type:PTR"), [])
        self.assertEqual(self.told("10.in-addr.arpa", path="route special end"), [])
