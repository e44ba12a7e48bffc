"""L{TimingWheel}: what is due, whatever else there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis.strategies import floats, lists, tuples
from twisted.trial.unittest import SynchronousTestCase

from dotchain.clockwork.wheel import TimingWheel


class TimingWheelTests(SynchronousTestCase):
    """Things by number, each at its own time."""

    def setUp(self) -> None:
        self.times: dict[int, float] = {}
        self.looked: list[int] = []
        self.wheel: TimingWheel[int] = TimingWheel(0.1, self.at)

    def at(self, item: int) -> float:
        """Its time; that it was asked for is written down."""
        self.looked.append(item)
        return self.times[item]

    def put(self, *times: float) -> None:
        """As many things."""
        for item, time in enumerate(times):
            self.times[item] = time
            self.wheel.put(item)

    def test_due(self) -> None:
        """Those whose time has come, by their time; they are found again."""
        self.put(2.0, 1.0, 0.5, 1.05)
        self.assertEqual(self.wheel.due(0.4), [])
        self.assertEqual([self.wheel.due(1.0), self.wheel.due(1.07)], [[2, 1], [2, 1, 3]])

    def test_untouched(self) -> None:
        """Those of later are not so much as looked at."""
        self.put(*range(100))
        self.looked.clear()
        self.assertEqual(self.wheel.due(1.0), [0, 1])
        self.assertEqual(self.looked, [0, 1])

    def test_discard(self) -> None:
        """What is forgotten is not due, and nothing is left of it; it need not be there."""
        self.put(1.0, 1.0)
        self.wheel.discard(0)
        self.wheel.discard(0)
        self.assertEqual((self.wheel.due(2.0), len(self.wheel)), ([1], 1))
        self.wheel.discard(1)
        self.assertEqual((self.wheel.due(2.0), len(self.wheel)), ([], 0))

    def test_later(self) -> None:
        """One whose time becomes later is due then."""
        self.put(1.0)
        self.times[0] = 5.0
        self.assertEqual([self.wheel.due(now) for now in (1.0, 2.0, 4.9, 5.0)], [[], [], [], [0]])

    def test_earlier(self) -> None:
        """One whose time becomes earlier is put again, and due then."""
        self.put(5.0)
        self.times[0] = 1.0
        self.wheel.put(0)
        self.assertEqual([self.wheel.due(0.9), self.wheel.due(1.0), len(self.wheel)], [[], [0], 1])

    @given(lists(tuples(floats(0, 10), floats(0, 10))), floats(0, 10), floats(0, 10))
    def test_all(self, items: list[tuple[float, float]], first: float, second: float) -> None:
        """What is due are those whose time is not after now, whatever was asked and put before."""
        times = [time for time, _ in items]
        wheel: TimingWheel[int] = TimingWheel(0.1, lambda item: times[item])
        for item in range(len(items)):
            wheel.put(item)
        wheel.due(first)
        for item, (_, time) in enumerate(items):
            earlier = time < times[item]
            times[item] = time
            if earlier:
                wheel.put(item)
        due = [item for item, time in enumerate(times) if time <= second]
        self.assertEqual(sorted(wheel.due(second)), due)
