"""Stages that decide by who asks, behind a cache."""

from __future__ import annotations

from ..configs import ConfigCase

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = {path}

[chain inner]
path = {inner}

[stage route]
rules = corp.example -> inner
  {rule} -> inner

[stage types]
refuse = ANY
match = {match}

[upstream end]
kind = tests.configs.Sink
"""


class ClientTests(ConfigCase):
    """What C{dotchain check} warns of."""

    def told(
        self,
        path: str = "cache route types end",
        inner: str = "end",
        rule: str = "example.net",
        match: str = "example.net",
    ) -> list[str]:
        """The warnings."""
        tree = self.load(TEXT.format(path=path, inner=inner, rule=rule, match=match))
        return [problem.at("f") for problem in tree.warnings]

    def test_rule(self) -> None:
        """A rule by client behind a cache is told with its line."""
        (line,) = self.told(rule="client:192.0.2.1")
        self.assertTrue(
            line.startswith(
                "f:14: [stage route] rules: 'client:192.0.2.1' depends on who asks and stands behind "
                "[stage cache], which knows the question alone"
            ),
            line,
        )
        self.assertEqual(self.told(), [])

    def test_match(self) -> None:
        """So is the match of any stage that decides, by front, transport and the like, be it negated."""
        for match in ("client:192.0.2.1", "!client:192.0.2.1", "front:lan", "transport:udp", "!sni:a.org"):
            (line,) = self.told(match=f"{match} example.org")
            self.assertIn(f"f:18: [stage types] match: '{match} example.org' depends on", line)

    def test_limit(self) -> None:
        """A limit is for one client, whatever it matches."""
        (line,) = self.told("cache route types limit end")
        self.assertIn("what it answers depends on who asks and stands behind [stage cache]", line)
        self.assertEqual(self.told("limit cache route types end"), [])

    def test_before(self) -> None:
        """Before the cache it is right, and so is a cache within a branch."""
        self.assertEqual(self.told("route types cache end", "cache end", "client:192.0.2.1"), [])

    def test_chosen(self) -> None:
        """A cache that leaves them out is right as well."""
        text = TEXT.format(
            path="cache route types end", inner="end", rule="client:192.0.2.1", match="a.example"
        )
        self.assertEqual(len(self.load(text).warnings), 1)
        tree = self.load(f"{text}\n[stage cache]\nexcept = client:192.0.2.1\n")
        self.assertEqual(tree.warnings, [])

    def test_coalesce(self) -> None:
        """A coalesce shares answers as well."""
        (line,) = self.told("coalesce route types end", rule="client:192.0.2.1")
        self.assertIn("behind [stage coalesce]", line)

    def test_branch(self) -> None:
        """What a branch leads to stands behind the cache as well."""
        (line,) = self.told("cache route end", "types end", match="client:192.0.2.1")
        self.assertIn("[stage types] match", line)
