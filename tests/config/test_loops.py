"""Sections that lead back to themselves."""

from __future__ import annotations

from textwrap import dedent

from ..configs import GOOD, ConfigCase


class LoopTests(ConfigCase):
    """Chains that lead back to themselves."""

    TEXT = """
    [front a]
    listen = {listen}
    chain = home
    [chain home]
    path = cache self
    [upstream self]
    address = {address}
    """

    def test_chains(self) -> None:
        """The loop is named with its path, once, from the chain that stands first."""
        text = GOOD.replace("path = mark end", "path = mark b\n[chain b]\npath = c\n[chain c]\npath = home")
        lines = [line for line in self.lines(text) if "loop" in line]
        self.assertEqual(
            lines,
            [
                "7: [chain home] path: is a loop: home -> b -> c -> home; "
                "a path must end with an upstream elsewhere"
            ],
        )

    def test_itself(self) -> None:
        """The shortest loop there is."""
        lines = self.lines(GOOD.replace("path = mark end", "path = home"))
        self.assertIn("is a loop: home -> home;", lines[0])

    def test_ownFront(self) -> None:
        """An upstream that asks an own front leads to that front's chain."""
        for listen, address in (
            ("udp://127.0.0.1:5300", "udp://127.0.0.1:5300"),
            ("udp://0.0.0.0:5300", "udp://127.0.0.1:5300"),
            ("tcp://[::]:5300", "tcp://192.0.2.1:5300 tcp://[::1]:5300"),
        ):
            line = self.line(self.TEXT.format(listen=listen, address=address))
            self.assertIn("6: [chain home] path: is a loop: home -> self -> home;", line)

    def test_noLoop(self) -> None:
        """Another address, port, transport or IP version is somebody else."""
        for listen, address in (
            ("udp://127.0.0.1:5300", "udp://127.0.0.2:5300"),
            ("udp://0.0.0.0:5300", "udp://192.0.2.1:5300"),
            ("udp://0.0.0.0:5300", "udp://127.0.0.1:5301"),
            ("udp://0.0.0.0:5300", "udp://[::1]:5300"),
            ("udp://127.0.0.1:5300", "tcp://127.0.0.1:5300"),
        ):
            self.assertEqual(len(self.load(self.TEXT.format(listen=listen, address=address)).fronts), 1)

    def test_otherChain(self) -> None:
        """An own front that leads elsewhere is no loop: the lab is made so."""
        front = "[front b]\nlisten = udp://127.0.0.1:5301\nchain = b\n[chain b]\npath = self\n"
        text = dedent(self.TEXT.format(listen="udp://127.0.0.1:5300", address="udp://127.0.0.1:5301"))
        line = self.line(text + front)
        self.assertIn("13: [chain b] path: is a loop: b -> self -> b;", line)
        tree = self.load(
            text + front.replace("path = self", "path = o\n[upstream o]\naddress = udp://192.0.2.1")
        )
        self.assertEqual(len(tree.fronts), 2)

    def test_groups(self) -> None:
        """A group that leads back to itself, by itself or by others, is told once, at its own key."""
        text = GOOD.replace("path = mark end", "path = mark g") + "[upstream g]\nkind = race\nover = {} end\n"
        lines = self.lines(text.format("g"))
        self.assertEqual(
            lines,
            ["17: [upstream g] over: is a loop: g -> g; a group must end with an upstream elsewhere"],
        )
        lines = self.lines(text.format("h") + "[upstream h]\nkind = failover\nover = end g\n")
        self.assertEqual(
            lines,
            ["17: [upstream g] over: is a loop: g -> h -> g; a group must end with an upstream elsewhere"],
        )

    def test_groupAsksOwnFront(self) -> None:
        """A member of a group that asks an own front leads to that front's chain."""
        text = dedent(self.TEXT.format(listen="udp://127.0.0.1:5300", address="udp://127.0.0.1:5300"))
        text = text.replace("path = cache self", "path = cache g")
        other = "[upstream other]\naddress = udp://192.0.2.1\n"
        line = self.line(text + "[upstream g]\nkind = spread\nover = other self\n" + other)
        self.assertIn("6: [chain home] path: is a loop: home -> g -> self -> home;", line)

    def test_stageAsksOwnFront(self) -> None:
        """So does an upstream that a stage asks by itself; one that asks elsewhere is no loop."""
        for address, looped in (("udp://127.0.0.1:5300", True), ("udp://192.0.2.1", False)):
            text = dedent(self.TEXT.format(listen="udp://127.0.0.1:5300", address=address))
            text = text.replace("path = cache self", "path = beside other")
            text += "[stage beside]\nkind = tests.config.askers.Beside\nover = self\n"
            text += "[upstream other]\naddress = udp://192.0.2.1\n"
            if looped:
                loop = "6: [chain home] path: is a loop: home -> beside -> self -> home;"
                self.assertIn(loop, self.line(text))
            else:
                (beside,) = self.named(self.load(text), "beside")
                self.assertEqual(list(beside.over), ["self"])

    def test_stageIsNoMember(self) -> None:
        """What a stage asks by itself are upstreams."""
        text = GOOD.replace("path = mark end", "path = beside end")
        text += "[stage beside]\nkind = tests.config.askers.Beside\nover = mark\n"
        self.assertIn("[stage beside] over: 'mark' is a stage, and over names", "\n".join(self.lines(text)))

    def test_bootstrap(self) -> None:
        """An upstream whose own name would be asked for at an own front that leads to it is a loop."""
        text = dedent(self.TEXT.format(listen="udp://127.0.0.1:53", address="tcp://dns.example.org"))
        line = self.line(text + "bootstrap = 127.0.0.1\n")
        self.assertIn("6: [chain home] path: is a loop: home -> self -> home;", line)

    def test_diamond(self) -> None:
        """Two groups over one upstream are no loop."""
        text = (
            GOOD.replace("path = mark end", "path = mark g") + "[upstream g]\nkind = race\nover = h i end\n"
        )
        more = "".join(f"[upstream {name}]\nkind = failover\nover = end\n" for name in "hi")
        self.assertEqual(len(self.load(text + more).fronts), 1)
