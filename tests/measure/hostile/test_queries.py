"""What became of a polite client's queries is counted by when they were due."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from measure.hostile.queries import Heard, Query, heard


class HeardTests(SynchronousTestCase):
    """Counting."""

    def test_span(self) -> None:
        """Those of other times don't count, whenever their answers came."""
        queries = [Query(0.5, 9.0), Query(1.0, 0.1), Query(1.5, 0.3, fresh=True), Query(2.0, 0.2)]
        self.assertEqual(heard(queries, 1.0, 2.0), Heard(asked=2, lost=0, middle=0.3, late=0.3, fresh=1))

    def test_lost(self) -> None:
        """What came after two seconds is as lost as what never came, and is no late answer."""
        queries = [Query(1.0, 2.1), Query(1.1), Query(1.2, 0.1)]
        self.assertEqual(heard(queries, 1.0, 2.0), Heard(asked=3, lost=2, middle=0.1, late=0.1))

    def test_nothing(self) -> None:
        """Where nothing came, all is lost."""
        self.assertEqual(heard([Query(1.0)], 1.0, 2.0), Heard(asked=1, lost=1))
