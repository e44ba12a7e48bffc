"""What the bench of the cache measures is what it says."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.bench.cache import CASES, DENIAL, QUERY, UNIQUE, cache


class CacheBenchTests(SynchronousTestCase):
    """C{measure.bench.cache}."""

    def test_cases(self) -> None:
        """Each takes time."""
        for case in CASES.values():
            self.assertGreater(case(), 0)

    def test_hits(self) -> None:
        """The first query is a miss, all after it are hits, in the next second, too."""
        stage, clock = cache()
        for _ in range(3):
            stage.resolve(QUERY)
        clock.advance(1)
        stage.resolve(QUERY)
        self.assertEqual((stage.hits, stage.misses), (3, 1))

    def test_misses(self) -> None:
        """No name is there before it is asked for; a small cache lets most of them go again."""
        for stage in (cache()[0], cache(DENIAL)[0], cache(size=200_000)[0]):
            for query in UNIQUE:
                stage.resolve(query)
            self.assertEqual((stage.hits, stage.misses), (0, len(UNIQUE)))
        self.assertGreater(stage.evictions, len(UNIQUE) // 2)
