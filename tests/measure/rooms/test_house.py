"""Rooms, and what they import of each other."""

from __future__ import annotations

import grimp
from twisted.trial.unittest import SynchronousTestCase

from measure.rooms.drawing import drawing
from measure.rooms.house import House


def house(*imports: str) -> House:
    """The house of a package C{h} with imports such as C{a.b c}."""
    graph = grimp.ImportGraph()
    graph.add_module("h")
    for each in imports:
        names = [f"h.{name}" for name in each.split()]
        for name in names:
            words = name.split(".")
            for end in range(2, len(words) + 1):
                graph.add_module(".".join(words[:end]))
        if len(names) > 1:
            graph.add_import(importer=names[0], imported=names[1])
    return House(graph, "h")


class HouseTests(SynchronousTestCase):
    """L{House}."""

    def test_arrows(self) -> None:
        """What is in a room counts as the room; imports inside of one are none of the house's."""
        made = house("up.a low", "up.b low.c.d", "up.a up.b", "alone")
        self.assertEqual(made.arrows, {"h.alone": {}, "h.low": {}, "h.up": {"h.low": 2}})
        self.assertEqual(made.circles, [])

    def test_floors(self) -> None:
        """Each room is one floor above the highest that it imports."""
        self.assertEqual(
            house("top low", "top middle", "middle low", "beside low").floors,
            [["h.low"], ["h.beside", "h.middle"], ["h.top"]],
        )

    def test_circles(self) -> None:
        """Rooms that lead to each other are a circle, on one floor; who only leads there is none of it."""
        made = house("above a", "a b", "b c", "c a", "c low", "x y", "y x")
        self.assertEqual(made.circles, [["h.a", "h.b", "h.c"], ["h.x", "h.y"]])
        self.assertEqual(made.floors, [["h.low", "h.x", "h.y"], ["h.a", "h.b", "h.c"], ["h.above"]])

    def test_own(self) -> None:
        """Rooms of this tree have no circle; DNS messages stand below TLS, the commands above all."""
        made = House(grimp.build_graph("dotchain", cache_dir=None), "dotchain")
        self.assertEqual(made.circles, [])
        floor = {room: number for number, rooms in enumerate(made.floors) for room in rooms}
        order = ["wire", "resolver", "upstreams", "explain", "control", "config", "daemon", "workers"]
        numbers = [floor[f"dotchain.{room}"] for room in order]
        self.assertEqual(numbers, sorted(set(numbers)))


class DrawingTests(SynchronousTestCase):
    """L{drawing}."""

    def test_floors(self) -> None:
        """The top floor comes first, each room with what it imports and how often."""
        self.assertEqual(
            drawing(house("top.a low", "top.b low", "top.b a")),
            "h: 3 rooms on 2 floors, 2 arrows, no circle\n\n 1  top  -> a 1, low 2\n\n 0  a\n    low\n",
        )

    def test_circle(self) -> None:
        """A circle is named."""
        self.assertEqual(
            drawing(house("a b", "b a")).splitlines()[-1:],
            ["circle: a, b"],
        )
