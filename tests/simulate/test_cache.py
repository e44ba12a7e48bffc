"""The cache of a machine behaves as the stage does."""

from __future__ import annotations

from simulate.cache import DUE, HIT, MISS, Cache


def test_life() -> None:
    """An answer is given until the second in which its time is over."""
    cache = Cache(10, prefetch=False)
    assert cache.ask(1, 100) == MISS
    cache.put(1, 100, 20)
    assert [cache.ask(1, second) for second in (100, 119, 120)] == [HIT, HIT, MISS]
    cache.put(2, 100, 0)
    assert cache.ask(2, 100) == MISS


def test_ahead() -> None:
    """What was asked for in four seconds is fetched anew in the last tenth of its life, once."""
    cache = Cache(10, prefetch=True)
    cache.put(1, 0, 100)
    cache.put(2, 0, 100)
    assert [cache.ask(1, second) for second in (1, 1, 2, 3, 89)] == [HIT] * 5
    assert cache.ask(2, 89) == HIT
    assert [cache.ask(1, 90), cache.ask(1, 91), cache.ask(2, 91)] == [DUE, HIT, HIT]
    cache.put(1, 91, 100)
    assert cache.ask(1, 185) == HIT


def test_aheadOfAll() -> None:
    """No more are fetched ahead of time in a second than may be, though it be less than one."""
    cache = Cache(100, prefetch=True, ahead=0.5)
    for name in range(10):
        cache.put(name, 0, 100)
        assert [cache.ask(name, second) for second in (10, 20, 30)] == [HIT] * 3
    found = [cache.ask(name, second) for second in (91, 92, 93, 94) for name in range(10)]
    assert found.count(DUE) in (2, 3)


def test_trial() -> None:
    """Names that nobody asks for twice wash out no others."""
    cache = Cache(100, prefetch=False)
    for name in range(30):
        cache.put(name, 0, 1000)
        cache.ask(name, 1)
    for name in range(1000, 3000):
        cache.put(name, 2, 1000)
    assert len(cache) == 100
    assert all(cache.ask(name, 3) == HIT for name in range(30))
    assert cache.evicted == 1930


def test_over() -> None:
    """What was asked for, but whose time is over, goes."""
    cache = Cache(10, prefetch=False)
    for name in range(10):
        cache.put(name, 0, 5)
        cache.ask(name, 1)
    for name in range(10, 20):
        cache.put(name, 6, 5)
    assert [cache.ask(name, 7) for name in (0, 9, 10, 19)] == [MISS, MISS, HIT, HIT]
