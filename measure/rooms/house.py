"""The rooms of a package and their floors, by what they import."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from grimp import ImportGraph

Arrows = dict[str, Counter[str]]
"""For each room how many imports it has of each room."""


class House:
    """
    What is in a package at once: modules, and packages with all that is in them.

    @ivar package: its name.
    @ivar arrows: see L{Arrows}; imports for types alone count as well.
    """

    def __init__(self, graph: ImportGraph, package: str) -> None:
        """@param graph: the import linter's, which holds the package."""
        self.package = package
        rooms = {room: {room, *graph.find_descendants(room)} for room in graph.find_children(package)}
        whose = {module: room for room, modules in rooms.items() for module in modules}
        self.arrows: Arrows = {
            room: Counter(
                whose[imported]
                for module in modules
                for imported in graph.find_modules_directly_imported_by(module)
                if whose.get(imported, room) != room
            )
            for room, modules in sorted(rooms.items())
        }

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        """For each room all that it imports, be it by way of others."""
        below: dict[str, set[str]] = {}
        for room in self.arrows:
            found: set[str] = set()
            left = [*self.arrows[room]]
            while left:
                each = left.pop()
                if each not in found:
                    found.add(each)
                    left += self.arrows[each]
            below[room] = found
        return below

    @cached_property
    def circles(self) -> list[list[str]]:
        """Rooms each of which imports all the others, be it by way of others."""
        found = (self._circle(room) for room in self.arrows)
        return sorted(map(list, {tuple(each) for each in found if len(each) > 1}))

    def _circle(self, room: str) -> list[str]:
        """Those that import a room and are imported by it, with itself."""
        return sorted({room, *(each for each in self._below[room] if room in self._below[each])})

    @cached_property
    def floors(self) -> list[list[str]]:
        """The rooms from the ground up: each stands above all that it imports, but for its own circle."""
        numbers: dict[str, int] = {}
        # Who is below has fewer below himself; those of a circle have each other there already.
        for room in sorted(self.arrows, key=lambda each: len({each, *self._below[each]})):
            circle = self._circle(room)
            under = {below for each in circle for below in self.arrows[each]}.difference(circle)
            numbers[room] = max((numbers[each] + 1 for each in under), default=0)
        tops = range(max(numbers.values(), default=-1) + 1)
        return [[room for room in self.arrows if numbers[room] == floor] for floor in tops]
