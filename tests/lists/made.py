"""Lists that tests make."""

from __future__ import annotations

import dns.name

from dotchain.lists.reading import Parsed, Reading


def wire(name: str) -> bytes:
    """A name as a query has it."""
    return dns.name.from_text(name).to_digestable()


def parsed(text: str | bytes, format: str = "auto") -> Parsed:
    """What a list says."""
    reading = Reading(format)
    reading.feed(text.encode() if isinstance(text, str) else text)
    return reading.done()


def line(text: str | bytes, name: str, format: str = "auto") -> int:
    """The line of a list that a name falls under; 0 for none."""
    return parsed(text, format).names.find(wire(name))


def listed(text: str | bytes, *names: str) -> list[str]:
    """Those of some names that are in a list and no exception of it."""
    found = parsed(text)
    return [each for each in names if found.names.find(wire(each)) and not found.allowed.find(wire(each))]
