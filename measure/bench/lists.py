"""
C{python -m measure.bench.lists [NAMES]}: what a long list of each format takes to read, to hold and to look
up.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Iterator
from time import perf_counter

from dotchain.lists.namelist import NameList
from dotchain.lists.reading import PIECE, Parsed, Reading

_LOOKUPS = 200_000
_PAGE = 4096

LINES = {
    "hosts": "0.0.0.0 {}\n",
    "domains": "{}\n",
    "wildcards": "*.{}\n",
    "adblock": "||{}^\n",
    "dnsmasq": "address=/{}/0.0.0.0\n",
    "rpz": "{} CNAME .\n",
}
"""What a name stands in, by format."""


def names(count: int, first: int = 0) -> Iterator[str]:
    """Names such as lists have: two to four labels, 20 octets or so."""
    made = random.Random(first)
    for number in range(first, first + count):
        site = f"{made.choice(('ads', 'track', 'static', 'shop'))}-{number:x}"
        below = made.choice(("", "", "www.", "cdn.metrics."))
        yield f"{below}{site}.{made.choice(('com', 'net', 'example', 'co.uk'))}"


def text(format: str, count: int) -> bytes:
    """A list."""
    line = LINES[format]
    return "".join([line.format(name) for name in names(count)]).encode()


def read(octets: bytes) -> tuple[Parsed, float, float]:
    """The list, the seconds that all steps of the reading took, and those of the longest one."""
    reading = Reading()
    steps = [0.0]
    for start in range(0, len(octets), PIECE):
        begun = perf_counter()
        reading.feed(octets[start : start + PIECE])
        steps.append(perf_counter() - begun)
    more = True
    while more:
        begun = perf_counter()
        more = reading.settle()
        steps.append(perf_counter() - begun)
    return reading.done(), sum(steps), max(steps)


def wire(name: str) -> bytes:
    """A name as a query has it."""
    return b"".join([bytes((len(label),)) + label.encode() for label in [*name.split("."), ""]])


def lookup(found: NameList, asked: list[bytes]) -> float:
    """Microseconds a look-up."""
    find = found.find
    begun = perf_counter()
    for name in asked:
        find(name)
    return (perf_counter() - begun) / len(asked) * 1e6


def _memory() -> int:
    """Octets that this process has in memory."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - not worth an object
        return int(file.read().split()[1]) * _PAGE


def measured(format: str, count: int) -> str:
    """One line of the table."""
    octets = text(format, count)
    before = _memory()
    found, seconds, longest = read(octets)
    held = _memory() - before
    hits = random.Random(1).sample([wire(name) for name in names(count)], min(count, _LOOKUPS))
    misses = [wire(name) for name in names(min(count, _LOOKUPS), first=count)]
    return (
        f"{format:10} {found.entries:9,} {seconds:8.2f} {longest * 1e3:8.1f} {held / 1e6:8.1f}"
        f" {lookup(found.names, hits):8.2f} {lookup(found.names, misses):8.2f}"
    )


def main(count: int) -> None:
    """Print a line for each format."""
    sys.stdout.write(
        f"{'format':10} {'names':>9} {'s':>8} {'ms/step':>8} {'MB':>8} {'µs hit':>8} {'µs miss':>8}\n"
    )
    for kind in LINES:
        sys.stdout.write(f"{measured(kind, count)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
