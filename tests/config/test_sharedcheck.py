"""Stages shared in places where they cost much, or mix what must not be mixed."""

from __future__ import annotations

from ..configs import ConfigCase

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[front kids]
listen = udp://127.0.0.1:5301
chain = school

[chain home]
path = {home}

[chain school]
path = {school}

[stage shared]
server = valkey://127.0.0.1
{one}

[stage filtered]
kind = shared
server = valkey://127.0.0.1
{other}

[upstream end]
kind = tests.configs.Sink

[upstream filter]
kind = tests.configs.Sink
"""

BOTH = """
[upstream both]
kind = failover
over = end filter
"""

TYPES = """
[stage types]
refuse = ANY
match = client:192.0.2.1
"""


class SharedTests(ConfigCase):
    """What C{dotchain check} warns of."""

    def told(
        self,
        home: str = "cache shared end",
        school: str = "cache filtered filter",
        one: str = "",
        other: str = "prefix = kids:",
        more: str = "",
    ) -> list[str]:
        """The warnings."""
        text = TEXT.format(home=home, school=school, one=one, other=other) + more
        return [problem.at("f") for problem in self.load(text).warnings]

    def test_right(self) -> None:
        """Each behind a cache, and with a prefix of its own, be that another secret."""
        self.assertEqual(self.told(), [])
        self.assertEqual(self.told(other="secret = 0123456789abcdef"), [])
        self.assertEqual(self.told("cache shared both", "cache filtered both", other="", more=BOTH), [])

    def test_uncached(self) -> None:
        """Without a cache before it each query would wait for the server."""
        (line,) = self.told(home="shared end")
        self.assertIn("f:16: [stage shared]: has no stage cache before it", line)
        self.assertEqual(self.told(home="cache coalesce shared end"), [])

    def test_mixed(self) -> None:
        """Two that find each other's answers and ask others."""
        (line,) = self.told(other="")
        self.assertIn("[stage filtered] prefix: is that of [stage shared], and so is the server", line)

    def test_several(self) -> None:
        """One section before two upstreams is two that do so."""
        lines = self.told(school="filtered shared filter")
        self.assertIn("[stage shared] prefix: it stands before several", "\n".join(lines))

    def test_clients(self) -> None:
        """What decides by who asks must not stand behind one: others would get the answer."""
        lines = self.told(home="shared types end", more=TYPES)
        self.assertIn("depends on who asks and stands behind [stage shared]", "\n".join(lines))
