"""A house in lines of text, its top floor first."""

from __future__ import annotations

from .house import House


def drawing(house: House) -> str:
    """The floors, with what each room imports and how often, and the circles."""
    start = len(house.package) + 1
    width = max((len(room) - start for room in house.arrows), default=0)
    lines = [_figures(house)]
    for floor, rooms in reversed([*enumerate(house.floors)]):
        lines.append("")
        for number, room in zip([f"{floor:2}", *["  "] * len(rooms)], rooms, strict=False):
            seen = sorted(house.arrows[room].items())
            arrows = ", ".join(f"{each[start:]} {count}" for each, count in seen)
            lines.append(f"{number}  {room[start:]:{width}}{f'  -> {arrows}' if arrows else ''}".rstrip())
    if house.circles:
        lines += ["", *(f"circle: {', '.join(room[start:] for room in each)}" for each in house.circles)]
    return "\n".join(lines) + "\n"


def _figures(house: House) -> str:
    arrows = sum(map(len, house.arrows.values()))
    circles = len(house.circles)
    figures = f"{len(house.arrows)} rooms on {len(house.floors)} floors, {arrows} arrows"
    return f"{house.package}: {figures}, {circles or 'no'} circle{'s' if circles > 1 else ''}"
