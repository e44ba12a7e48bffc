"""Names by the million, found by their wire form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.namelist import BELOW, ITSELF, WITHIN, NameList

from .made import wire

_LABELS = st.sampled_from(["a", "b", "ab", "c"])
_NAMES = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)


def _settled(*entries: tuple[str, int]) -> NameList:
    names = NameList()
    for line, (name, ways) in enumerate(entries, 1):
        names.add(wire(name), ways, line)
    while names.settle():
        pass
    return names


def _falls(name: str, entry: str, ways: int) -> bool:
    if name == entry:
        return bool(ways & ITSELF)
    return bool(ways & BELOW) and name.endswith(f".{entry}")


class NameListTests(SynchronousTestCase):
    """What falls under which entry."""

    def test_ways(self) -> None:
        """An entry is about a name, about what is below it, or about both."""
        names = _settled(("itself.example", ITSELF), ("below.example", BELOW), ("within.example", WITHIN))
        found = [
            names.find(wire(f"{before}{each}.example"))
            for each in ("itself", "below", "within")
            for before in ("", "www.", "a.b.")
        ]
        self.assertEqual(found, [1, 0, 0, 0, 2, 2, 3, 3, 3])

    def test_labels(self) -> None:
        """
        A name that ends in the same letters is another one, even where its octets are those of an entry.
        """
        names = _settled(("example.org", WITHIN))
        self.assertEqual(names.find(wire("notexample.org")), 0)
        self.assertEqual(names.find(b"\x0ea\x07example\x03org\x00\x02de\x00"), 0)

    def test_mostSpecific(self) -> None:
        """Of several entries that of the longest name is told."""
        names = _settled(("org", WITHIN), ("example.org", WITHIN), ("www.example.org", ITSELF))
        found = [names.find(wire(each)) for each in ("www.example.org", "a.www.example.org", "net", "a.org")]
        self.assertEqual(found, [3, 2, 0, 1])

    def test_first(self) -> None:
        """Of equal entries the first line is told; one that says more has its own."""
        names = _settled(("example.org", BELOW), ("example.org", BELOW), ("example.org", ITSELF))
        self.assertEqual(names.find(wire("www.example.org")), 1)
        self.assertEqual(names.find(wire("example.org")), 3)

    def test_root(self) -> None:
        """What is below the root is every name."""
        names = NameList()
        names.add(b"\0", BELOW, 7)
        while names.settle():
            pass
        self.assertEqual([names.find(wire(each)) for each in ("org", "www.example.org", ".")], [7, 7, 0])

    def test_empty(self) -> None:
        """Nothing is in a list of nothing."""
        names = NameList()
        self.assertFalse(names.settle())
        self.assertEqual(names.find(wire("example.org")), 0)

    def test_longest(self) -> None:
        """A name of 127 labels is looked up like any other."""
        name = ".".join(["a"] * 127)
        self.assertEqual(_settled(("a.a", BELOW)).find(wire(name)), 1)

    def test_many(self) -> None:
        """Of 100,000 names each is found with its line, and none of 100,000 others."""
        names = NameList()
        for number in range(100_000):
            names.add(b"\6%06d\7example\0" % number, WITHIN, number + 1)
        steps = 0
        while names.settle():
            steps += 1
        self.assertGreater(steps, 1000)
        self.assertEqual(names.count, 100_000)
        found = [names.find(b"\6%06d\7example\0" % number) for number in range(200_000)]
        self.assertEqual(found, [*range(1, 100_001), *[0] * 100_000])

    @given(st.lists(st.tuples(_NAMES, st.sampled_from([ITSELF, BELOW, WITHIN])), max_size=12), _NAMES)
    def test_model(self, entries: list[tuple[str, int]], name: str) -> None:
        """
        Whatever the entries are: a name is found where it falls under one, and that line is one it falls
        under.
        """
        found = _settled(*entries).find(wire(name))
        lines = [line for line, (entry, ways) in enumerate(entries, 1) if _falls(name, entry, ways)]
        self.assertEqual(bool(found), bool(lines))
        if found:
            longest = max(len(entries[line - 1][0]) for line in lines)
            self.assertEqual(found, min(line for line in lines if len(entries[line - 1][0]) == longest))
