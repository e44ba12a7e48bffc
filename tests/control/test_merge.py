"""Results of several workers as one."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.merge import merged


class MergeTests(SynchronousTestCase):
    """L{merged}."""

    def test_numbers(self) -> None:
        """Counters are added, those of one side alone kept."""
        one = {"a": 1, "deep": {"x": 2, "only": 3}}
        self.assertEqual(
            merged(one, {"a": 10, "b": 5, "deep": {"x": 20.5}}),
            {"a": 11, "b": 5, "deep": {"x": 22.5, "only": 3}},
        )

    def test_lists(self) -> None:
        """Connections of several workers stand one behind the other."""
        self.assertEqual(merged([1], [2, 3]), [1, 2, 3])

    def test_words(self) -> None:
        """Of words and truth values the first counts; nothing gives way to something."""
        self.assertEqual(merged("up", "down"), "up")
        self.assertIs(merged(True, True), True)
        self.assertEqual((merged(None, 7), merged(7, None)), (7, 7))

    def test_noSums(self) -> None:
        """Where sums tell nothing: the highest latency, the next trial, the first one's peer and trouble."""
        one = {
            "latency-ms": 2.5,
            "next-trial-seconds": 7,
            "trouble": {"seconds-ago": 1},
            "peer": {"pins": [1]},
        }
        two = {
            "latency-ms": 9.5,
            "next-trial-seconds": 3,
            "trouble": {"seconds-ago": 2},
            "peer": {"pins": [1]},
        }
        self.assertEqual(merged(one, two), {**one, "latency-ms": 9.5, "next-trial-seconds": 3})
        names = {"names": {"ads.txt": 3, "more.txt": 1}}
        self.assertEqual(merged(names, {"names": {"ads.txt": 4}}), {"names": {"ads.txt": 4, "more.txt": 1}})
        nothing = dict.fromkeys(one)
        self.assertEqual((merged(nothing, two), merged(one, nothing)), (two, one))

    def test_unchanged(self) -> None:
        """What is merged is not changed itself."""
        one, other = {"a": {"b": 1}}, {"a": {"b": 2}}
        merged(one, other)
        self.assertEqual((one, other), ({"a": {"b": 1}}, {"a": {"b": 2}}))
