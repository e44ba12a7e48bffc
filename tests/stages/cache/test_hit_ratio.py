"""How much of what is asked is found, beside a cache that lets the least recently used go."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Iterable
from itertools import accumulate

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.cache.store import Store
from dotchain.wire import Answer

_ANSWER = Answer(0, 0, b"\0\1\0\0\0\0", b"\0" + bytes(8) + b"\0\x1e" + bytes(30), (5,))
_ROOM = 1000


def popular(count: int) -> list[int]:
    """Names out of 20,000, by Zipf's law."""
    weights = list(accumulate(1 / rank for rank in range(1, 20_001)))
    return random.Random(1).choices(range(20_000), cum_weights=weights, k=count)


def scan(first: int, count: int) -> list[int]:
    """Names that nobody asks twice."""
    return list(range(100_000 + first, 100_000 + first + count))


def ours(names: Iterable[int]) -> int:
    """How often the store had the name."""
    probe = Store(1 << 20)
    probe.put(bytes(8), _ANSWER, 0, 300)
    store, hits = Store(probe.octets * _ROOM), 0
    for name in names:
        key = name.to_bytes(8, "big")
        entry = store.find(key, 0)
        if entry is not None:
            hits += 1
            entry.used = True
        else:
            store.put(key, _ANSWER, 0, 300)
    return hits


def leastRecentlyUsed(names: Iterable[int]) -> int:
    """How often the plain cache had it."""
    kept: OrderedDict[int, None] = OrderedDict()
    hits = 0
    for name in names:
        if name in kept:
            hits += 1
            kept.move_to_end(name)
        else:
            kept[name] = None
            if len(kept) > _ROOM:
                kept.popitem(last=False)
    return hits


class HitRatioTests(SynchronousTestCase):
    """The same room for both: a thousand entries."""

    def test_popular(self) -> None:
        """Names of all popularities: more hits."""
        names = popular(60_000)
        self.assertGreater(ours(names), leastRecentlyUsed(names) * 1.05)

    def test_mixedScan(self) -> None:
        """Every third name is one that nobody asks twice: a tenth more hits at least."""
        names, once = popular(40_000), scan(0, 20_000)
        mixed = [name for index in range(20_000) for name in (*names[2 * index : 2 * index + 2], once[index])]
        self.assertGreater(ours(mixed), leastRecentlyUsed(mixed) * 1.1)

    def test_burst(self) -> None:
        """Right after a burst of ten times the room the names in use are still there."""
        before, burst, after = popular(30_000), scan(0, 10_000), popular(32_000)[30_000:]
        first = ours([*before, *burst, *after]) - ours([*before, *burst])
        plain = leastRecentlyUsed([*before, *burst, *after]) - leastRecentlyUsed([*before, *burst])
        self.assertGreater(first, plain * 1.2)
        self.assertGreater(first, 0.95 * (ours([*before, *after]) - ours(before)))
