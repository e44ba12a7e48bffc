"""Regular expressions of a list, all of them in one pass over a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .expressionsyntax import BEGIN, END, SYMBOLS, Choice, Parser, Piece, Repeat, Sequence, Symbols

if TYPE_CHECKING:
    from mypy_extensions import i64

_LONGEST: Final = 1000
_MOST_OF_ONE: Final = 500
_MOST_OF_ALL: Final = 4000
# Of those that take several octets: they make many states, and states that take long to make.
_MOST_WIDE: Final = 400
_MOST_STATES: Final = 1000
_MOST_KEPT: Final = 200_000
_UNKNOWN: Final = [-1] * SYMBOLS
_DOT: Final = 46

# Names that have nothing in common but what all have.
_PROBES: Final = (b"\x01a\x00", b"\x02zz\x0200\x03_-x\x00", b"\x012\x01q\x00")


class Expressions:
    """
    Expressions, each with the line that it stands in.

    They come from strangers, and Python's C{re} may take years for a name where one of them is made for that.
    So they are an automaton here, which decides by one look at each octet, whatever is nested in what; its
    states are made as names need them and forgotten where they are too many. A name takes 0.2 µs where its
    states are known, be there one expression or a hundred, and a few milliseconds at the very worst.
    """

    def __init__(self) -> None:
        # Of each position: what it takes (nothing for a fork), where it leads, and the line where it ends.
        self._takes: list[bytes] = []
        self._leads: list[list[int]] = []
        self._ends: list[int] = []
        self._sets: dict[frozenset[int], bytes] = {}
        self._starts: list[int] = []
        self._wide = 0
        self._full = False
        self._forget()

    def add(self, text: bytes, line: int) -> None:
        """
        Add an expression, which may find its match anywhere in a name in lower case without its final dot.

        @raise ValueError: where it is none, would match every name, or is too much (500 positions, 4000 all
        together).
        """
        if len(text) > _LONGEST or self._full:
            raise ValueError("it is too much")
        piece = Parser(text).parsed()
        before, wide, starts = len(self._takes), self._wide, self._starts
        try:
            start = self._built(piece, self._position(b"", [], line), before)
            self._starts = [start]
            self._forget()
            if all(self.find(each) for each in _PROBES):
                raise ValueError("it matches every name")
            starts.append(start)
        except ValueError:
            del self._takes[before:], self._leads[before:], self._ends[before:]
            self._wide = wide
            self._full = before > _MOST_OF_ALL * 0.9 or wide > _MOST_WIDE * 0.9
            raise
        finally:
            self._starts = starts
            self._rows.clear()

    def find(self, name: bytes) -> int:
        """
        The line of an expression whose match in a name (in wire form, in lower case) ends first; 0 for none.
        """
        if not self._starts:
            return 0
        if not self._rows:
            self._forget()
        state = self._after(0, BEGIN)
        offset: i64 = 0
        length: i64 = name[0]
        while length:
            end = offset + length
            while offset < end:
                offset += 1
                state = self._after(state, name[offset])
            offset += 1
            length = name[offset]
            if length:
                state = self._after(state, _DOT)
        return self._lines[self._after(state, END)]

    def _after(self, state: i64, symbol: i64) -> i64:
        # The first state that has matched is the last one.
        if self._lines[state]:
            return state
        found: i64 = self._rows[state][symbol]
        return found if found >= 0 else self._made(state, symbol)

    def _made(self, state: i64, symbol: i64) -> i64:
        """The state behind another one, made where it is not known yet."""
        row = self._rows[state]
        reached = set(self._begun(symbol))
        for each in self._states[state]:
            if self._takes[each][symbol]:
                self._reach(self._leads[each], symbol, reached)
        places = tuple(sorted(reached))
        known = self._known.get(places)
        if known is None:
            if len(self._rows) >= _MOST_STATES or self._kept > _MOST_KEPT:
                self._forget()
            known = self._state(places)
        row[symbol] = known
        return known

    def _begun(self, symbol: i64) -> frozenset[int]:
        """The positions behind a symbol that a match begins with."""
        known = self._fresh.get(symbol)
        if known is None:
            reached: set[int] = set()
            for each in self._first:
                if self._ends[each]:
                    reached.add(each)
                elif self._takes[each][symbol]:
                    self._reach(self._leads[each], symbol, reached)
            known = self._fresh[symbol] = frozenset(reached)
        return known

    def _reach(self, places: list[int], symbol: i64, reached: set[int]) -> None:
        """
        Add the positions that take something, or are an end, from some places on.

        @param symbol: what was taken last; at the begin and the end, which are no octets, the same may be
        asked again.
        """
        if len(places) == 1 and symbol < BEGIN and self._takes[places[0]]:
            reached.add(places[0])
            return
        todo = list(places)
        seen = set(todo)
        while todo:
            each = todo.pop()
            takes = self._takes[each]
            if takes or self._ends[each]:
                reached.add(each)
                if not takes or symbol < BEGIN or not takes[symbol]:
                    continue
            for place in self._leads[each]:
                if place not in seen:
                    seen.add(place)
                    todo.append(place)

    def _state(self, places: tuple[int, ...]) -> int:
        number = len(self._rows)
        lines = [self._ends[each] for each in places if self._ends[each]]
        self._known[places] = number
        self._states.append(places)
        self._rows.append(list(_UNKNOWN))
        self._lines.append(min(lines) if lines else 0)
        self._kept += len(places)
        return number

    def _forget(self) -> None:
        """Begin anew, with the state before any symbol alone."""
        self._first: set[int] = set()
        self._reach(self._starts, 0, self._first)
        self._fresh: dict[int, frozenset[int]] = {}
        self._known: dict[tuple[int, ...], int] = {}
        self._states: list[tuple[int, ...]] = []
        self._rows: list[list[int]] = []
        self._lines: list[int] = []
        self._kept = 0
        self._state(())

    def _position(self, takes: bytes, leads: list[int], line: int = 0) -> int:
        self._takes.append(takes)
        self._leads.append(leads)
        self._ends.append(line)
        return len(self._takes) - 1

    def _built(self, piece: Piece, then: int, first: int) -> int:
        """
        Where a piece begins that another place follows.

        @param first: the first position of the expression.
        """
        many = len(self._takes)
        if many - first > _MOST_OF_ONE or many > _MOST_OF_ALL or self._wide > _MOST_WIDE:
            raise ValueError("it is too much")
        if isinstance(piece, Symbols):
            self._wide += len(piece.symbols) > 1
            return self._position(self._set(piece.symbols), [then])
        if isinstance(piece, Sequence):
            for each in reversed(piece.pieces):
                then = self._built(each, then, first)
            return then
        if isinstance(piece, Choice):
            return self._position(b"", [self._built(each, then, first) for each in piece.pieces])
        assert isinstance(piece, Repeat)
        return self._repeated(piece, then, first)

    def _repeated(self, repeat: Repeat, then: int, first: int) -> int:
        least = repeat.least
        if repeat.most < 0:
            fork = self._position(b"", [])
            body = self._built(repeat.piece, fork, first)
            self._leads[fork] += [body, then]
            then, least = (body, least - 1) if least else (fork, 0)
        for _ in range(repeat.most - repeat.least):
            then = self._position(b"", [self._built(repeat.piece, then, first), then])
        for _ in range(least):
            built = self._built(repeat.piece, then, first)
            if built == then:
                # Nothing, many times.
                break
            then = built
        return then

    def _set(self, symbols: frozenset[int]) -> bytes:
        known = self._sets.get(symbols)
        if known is None:
            known = self._sets[symbols] = bytes([each in symbols for each in range(SYMBOLS)])
        return known
