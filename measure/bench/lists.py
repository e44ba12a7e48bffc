"""C{python -m measure.bench.lists [NAMES [FORMAT]]}: what a long list takes to read, hold and look up."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import process_time

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


def pieces(kind: str, count: int) -> Iterator[bytes]:
    """A list, in pieces as it is read."""
    line, kept = LINES[kind], b""
    for name in names(count):
        kept += line.format(name).encode()
        if len(kept) >= PIECE:
            yield kept[:PIECE]
            kept = kept[PIECE:]
    yield kept


def read(kind: str, count: int) -> tuple[Parsed, float, float]:
    """The list, and the seconds of processor time that all steps of the reading and the longest one took."""
    reading = Reading()
    steps = []
    for piece in pieces(kind, count):
        begun = process_time()
        reading.feed(piece)
        steps.append(process_time() - begun)
    more = True
    while more:
        begun = process_time()
        more = reading.settle()
        steps.append(process_time() - begun)
    return reading.done(), sum(steps), max(steps)


def wire(name: str) -> bytes:
    """A name as a query has it."""
    return b"".join([bytes((len(label),)) + label.encode() for label in [*name.split("."), ""]])


def lookup(found: NameList, asked: list[bytes]) -> float:
    """Microseconds a look-up."""
    find = found.find
    begun = process_time()
    for name in asked:
        find(name)
    return (process_time() - begun) / len(asked) * 1e6


def _held() -> int:
    """Octets that this process has in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def _peak() -> int:
    """The most octets that it has had."""
    return getrusage(RUSAGE_SELF).ru_maxrss << 10


def measured(kind: str, count: int) -> str:
    """One line of the table; the memory is right in a process of its own alone."""
    before = _held()
    found, seconds, longest = read(kind, count)
    held, peak = _held() - before, _peak() - before
    some = min(count, _LOOKUPS)
    hits = [wire(name) for name in names(count)][:: count // some]
    misses = [wire(name) for name in names(some, first=count)]
    random.Random(1).shuffle(hits)
    times = f"{lookup(found.names, hits):8.2f} {lookup(found.names, misses):8.2f}"
    sizes = f"{held / 1e6:8.1f} {peak / 1e6:8.1f}"
    return f"{kind:10} {found.entries:9,} {seconds:8.2f} {longest * 1e3:8.1f} {sizes} {times}"


def main(count: int, kind: str | None = None) -> None:
    """Print a line for a format; else one for each, measured in a process of its own."""
    if kind is not None:
        sys.stdout.write(f"{measured(kind, count)}\n")
        return
    sys.stdout.write("format         names        s  ms/step       MB  MB most   µs hit  µs miss\n")
    sys.stdout.flush()
    for each in LINES:
        subprocess.run([sys.executable, "-m", "measure.bench.lists", str(count), each], check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, *sys.argv[2:3])
