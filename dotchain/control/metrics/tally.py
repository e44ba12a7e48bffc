"""What several processes have counted together: sums that never go down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .family import SUM, Family, Told, Value, one

_Key = tuple[str, tuple[str, ...]]
_Counts = dict[_Key, Value]


class Tally:
    """
    Keeps what each worker has told last: that holds of one that does not answer, and of one that has ended.

    Where a counter is less than before Prometheus takes it for one that has begun anew, and counts all of it
    once more. So must no sum be, because one of several workers has.
    """

    def __init__(self, families: Mapping[str, Family]) -> None:
        """@param families: all there are, by their names."""
        self._families = families
        self._startedAt: dict[int, float] = {}
        self._last: dict[int, _Counts] = {}
        self._before: _Counts = {}

    def take(self, number: int, startedAt: float, told: Told) -> None:
        """
        A worker has told this.

        @param number: the worker's.
        @param startedAt: when its process was started: another one has counted from 0.
        """
        last, now = self._last.get(number, {}), dict(self._counters(told))
        isAnother = self._startedAt.get(number) != startedAt
        for key, value in last.items():
            if isAnother or _isLess(now.get(key), value):
                self._before[key] = one(self._before[key], value, SUM) if key in self._before else value
        self._last[number], self._startedAt[number] = now, startedAt

    def _counters(self, told: Told) -> Iterator[tuple[_Key, Value]]:
        for name, samples in told.items():
            if name in self._families and self._families[name].onlyGrows:
                yield from (((name, tuple(labels)), value) for labels, value in samples)

    def sums(self) -> list[Told]:
        """What all have counted, without what none has any more, such as sections of an earlier file."""
        known = {key for counts in self._last.values() for key in counts}
        self._before = {key: value for key, value in self._before.items() if key in known}
        return [_asTold(each) for each in (self._before, *self._last.values())]


def _isLess(now: Value | None, before: Value) -> bool:
    """Whether a counter has begun anew."""
    if now is None:
        return True
    if isinstance(now, dict) and isinstance(before, dict):
        return any(a < b for a, b in zip(now["counts"], before["counts"], strict=True))
    assert not isinstance(now, dict)
    assert not isinstance(before, dict)
    return now < before


def _asTold(counts: _Counts) -> Told:
    made: Told = {}
    for (name, labels), value in counts.items():
        made.setdefault(name, []).append(([*labels], value))
    return made
