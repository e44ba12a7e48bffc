"""Regular expressions of lists, taken apart: what finite automata can decide, and nothing else."""

from __future__ import annotations

from typing import Final

BEGIN: Final = 256
END: Final = 257
SYMBOLS: Final = 258
"""What an expression is matched against: octets between two marks, which C{^} and C{$} stand for."""

_OCTETS: Final = frozenset(range(256))
_DIGITS: Final = frozenset(b"0123456789")
_WORD: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_BLANKS: Final = frozenset(b" \t\n\r\f\v")
_CLASSES: Final = {
    "d": _DIGITS,
    "D": _OCTETS - _DIGITS,
    "w": _WORD,
    "W": _OCTETS - _WORD,
    "s": _BLANKS,
    "S": _OCTETS - _BLANKS,
}
_MOST_REPEATS: Final = 255
_DEEPEST: Final = 20


class Piece:
    """A part of an expression."""


class Symbols(Piece):
    """One of some symbols."""

    def __init__(self, symbols: frozenset[int]) -> None:
        self.symbols = symbols


class Sequence(Piece):
    """One after the other."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces


class Choice(Piece):
    """One of some."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces


class Repeat(Piece):
    """The same several times; C{most} is -1 where there is no limit."""

    def __init__(self, piece: Piece, least: int, most: int) -> None:
        self.piece = piece
        self.least = least
        self.most = most


class Parser:
    """
    Reads one expression.

    Known are C{. [] [^] \\d \\w \\s () (?:) | * + ? {m,n} ^ $}, greedy or not. Look-arounds, back references
    and boundaries of words are refused: what has them can't be decided in one pass over the name.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text.decode("latin-1")
        self._at = 0
        self._depth = 0

    def parsed(self) -> Piece:
        """
        The expression, in lower case.

        @raise ValueError: where it is none, or one that is not known here.
        """
        piece = self._choice()
        if self._at < len(self._text):
            raise ValueError("a parenthesis is closed that is not open")
        return piece

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        found = self._peek()
        if not found:
            raise ValueError("it ends too early")
        self._at += 1
        return found

    def _skip(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        if found:
            self._at += len(text)
        return found

    def _choice(self) -> Piece:
        pieces = [self._sequence()]
        while self._skip("|"):
            pieces.append(self._sequence())
        return pieces[0] if len(pieces) == 1 else Choice(pieces)

    def _sequence(self) -> Piece:
        pieces: list[Piece] = []
        while self._peek() not in ("", "|", ")"):
            pieces.append(self._repeated(self._one()))
        return Sequence(pieces)

    def _repeated(self, piece: Piece) -> Piece:
        bounds = self._bounds()
        if bounds is None:
            return piece
        if isinstance(piece, Symbols) and piece.symbols & {BEGIN, END}:
            raise ValueError("the begin and the end can't be repeated")
        if self._peek() in ("*", "+") or (not self._skip("?") and self._bounds() is not None):
            raise ValueError("there is nothing to repeat")
        return Repeat(piece, bounds[0], bounds[1])

    def _bounds(self) -> tuple[int, int] | None:
        if self._skip("*"):
            return 0, -1
        if self._skip("+"):
            return 1, -1
        if self._skip("?"):
            return 0, 1
        return self._counted() if self._skip("{") else None

    def _counted(self) -> tuple[int, int]:
        inside, brace, _ = self._text[self._at :].partition("}")
        self._at += len(inside) + len(brace)
        first, comma, last = inside.partition(",")
        least = _count(first)
        most = least if not comma else _count(last) if last else -1
        if not brace or 0 <= most < least:
            raise ValueError("a count has no end, or less for the most than for the least")
        return least, most

    def _one(self) -> Piece:
        found = self._next()
        if found == "(":
            return self._group()
        if found == "[":
            return Symbols(self._set())
        if found == ".":
            return Symbols(_OCTETS)
        if found == "^":
            return Symbols(frozenset((BEGIN,)))
        if found == "$":
            return Symbols(frozenset((END,)))
        if found == "\\":
            return Symbols(self._escape())
        if found in "*+?{":
            raise ValueError("there is nothing to repeat")
        return Symbols(_folded(ord(found), ord(found)))

    def _group(self) -> Piece:
        if self._peek() == "?" and not self._skip("?:"):
            raise ValueError("look-arounds, names and flags of groups are not known here")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("groups are nested too deeply")
        piece = self._choice()
        if not self._skip(")"):
            raise ValueError("a parenthesis is not closed")
        self._depth -= 1
        return piece

    def _escape(self) -> frozenset[int]:
        found = self._next()
        if found in _CLASSES:
            return _CLASSES[found]
        if found.isalnum():
            raise ValueError(f"\\{found} is not known here")
        return frozenset((ord(found),))

    def _set(self) -> frozenset[int]:
        without = self._skip("^")
        found: set[int] = set()
        first = True
        while first or not self._skip("]"):
            first = False
            found |= self._member()
        return _OCTETS - found if without else frozenset(found)

    def _member(self) -> frozenset[int]:
        low = self._next()
        if low == "[" and self._peek() in (":", ".", "="):
            raise ValueError("classes by name are not known here")
        if low == "\\":
            escaped = self._escape()
            if len(escaped) > 1:
                return escaped
            low = chr(min(escaped))
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("", "]"):
            return _folded(ord(low), ord(low))
        self._at += 1
        high = self._next()
        if high == "\\":
            high = chr(min(self._escape()))
        if high < low:
            raise ValueError("a range has its end before its begin")
        return _folded(ord(low), ord(high))


def _count(text: str) -> int:
    if not text.isdigit() or len(text) > 3 or int(text) > _MOST_REPEATS:
        raise ValueError("a count is a number up to 255")
    return int(text)


def _folded(low: int, high: int) -> frozenset[int]:
    """Octets, and the lower case of those that are capital letters."""
    octets = bytes(range(low, high + 1))
    return frozenset(octets + octets.lower())
