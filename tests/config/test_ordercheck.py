"""Stages that spoil what one behind them does."""

from __future__ import annotations

from ..configs import ConfigCase
from ..folders import folder

TEXT = """
[front lan]
listen = udp://127.0.0.1:5300
chain = home

[chain home]
path = {path}

{sections}
[upstream end]
kind = tests.configs.Sink
"""
BLOCK = "[stage block]\nlists = {file}\nanswer = {answer}\n"
LOCAL = "[stage local]\nrecords = {record}\n"
PRINTER = "printer.example A 192.168.1.9"
DNS64 = "[stage dns64]\nprefix = {prefix}\n"
RPZ = "[stage rpz]\nprimary = tcp://192.0.2.1\norigin = policy.example\n"


class OrderTests(ConfigCase):
    """L{spoiled<dotchain.config.ordercheck.spoiled>}."""

    def told(self, path: str, sections: str = "") -> list[str]:
        """The warnings of an order."""
        tree = self.load(TEXT.format(path=path, sections=sections))
        told = [problem.at("f") for problem in tree.warnings]
        return [line for line in told if "stands before" in line]

    def block(self, answer: str = "null") -> str:
        """A section with a list of one name."""
        file = folder(self) / "ads"
        file.write_text("0.0.0.0 ads.example\n")
        return BLOCK.format(file=file, answer=answer)

    def test_block(self) -> None:
        """The null addresses of blocked names would be denied as private; other answers have none."""
        self.assertEqual(
            self.told("answers block end", self.block()),
            [
                "f:7: [chain home] path: [stage answers] stands before [stage block]: it denies what that "
                "answers, such as 0.0.0.0; put it behind"
            ],
        )
        self.assertEqual(self.told("answers block end", self.block("nxdomain")), [])
        self.assertEqual(self.told("block answers end", self.block()), [])

    def test_local(self) -> None:
        """So would private addresses of local names."""
        (line,) = self.told("answers local end", LOCAL.format(record=PRINTER))
        self.assertIn("such as 192.168.1.9; put it behind", line)
        self.assertEqual(self.told("answers local end", LOCAL.format(record="a.example A 192.0.2.1")), [])
        self.assertEqual(self.told("local answers end", LOCAL.format(record=PRINTER)), [])

    def test_rpz(self) -> None:
        """What a policy zone will answer is not known yet."""
        (line,) = self.told("answers rpz end", RPZ)
        self.assertIn("it denies addresses that the policy zone answers; put it behind", line)
        self.assertEqual(self.told("rpz answers end", RPZ), [])
        self.assertEqual(self.told("answers rpz end", f"{RPZ}[stage answers]\ndeny = tracker.example\n"), [])

    def test_dns64(self) -> None:
        """A made address is denied with a private prefix, and seen through with the well-known one alone."""
        (private,) = self.told("answers dns64 end", DNS64.format(prefix="fd00:64::/96"))
        self.assertIn("it denies fd00:64::c629:4, which that makes of 198.41.0.4", private)
        (own,) = self.told("answers dns64 end", DNS64.format(prefix="2001:db8:64::/96"))
        self.assertIn("it does not deny 2001:db8:64::a00:1, which that makes of 10.0.0.1", own)
        self.assertEqual(self.told("answers dns64 end"), [])
        self.assertEqual(self.told("dns64 answers end", DNS64.format(prefix="fd00:64::/96")), [])

    def test_special(self) -> None:
        """Names that special answers, and the PTR of private addresses, never come to local."""
        (pointer,) = self.told("special local end", LOCAL.format(record=PRINTER))
        self.assertIn("it answers 9.1.168.192.in-addr.arpa, which that has; put it behind", pointer)
        (name,) = self.told("special local end", LOCAL.format(record="printer.local A 192.0.2.9"))
        self.assertIn("it answers printer.local", name)
        without = LOCAL.format(record=PRINTER) + "ptr = no\n"
        self.assertEqual(self.told("special local end", without), [])
        excepted = "[stage special]\nexcept = 168.192.in-addr.arpa\n"
        self.assertEqual(self.told("special local end", LOCAL.format(record=PRINTER) + excepted), [])
        self.assertEqual(self.told("local special end", LOCAL.format(record=PRINTER)), [])

    def test_localBeforeDNS64(self) -> None:
        """Local names get addresses of the NAT64 where it has any for theirs."""
        sections = LOCAL.format(record="printer.example A 192.0.2.9")
        (line,) = self.told("local dns64 end", sections)
        self.assertIn("no name gets 64:ff9b::c000:209 for its 192.0.2.9; put it behind", line)
        self.assertEqual(self.told("local dns64 end", LOCAL.format(record=PRINTER)), [])
        self.assertEqual(self.told("dns64 local end", sections), [])

    def test_otherChain(self) -> None:
        """A chain at the end of a path stands behind it; the line is that of the word."""
        more = f"[chain rest]\npath = local end\n{LOCAL.format(record=PRINTER)}"
        (line,) = self.told("cache\n  answers\n  rest", more)
        self.assertIn("f:8: [chain home] path: [stage answers] stands before [stage local]", line)
