"""The syntax of named.conf: statements of words and blocks, each ended by a semicolon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .settings import CannotImport, Where

Include = Callable[[str], list[tuple[str, str]]]
"""From the name of a file, or a pattern, to the names and texts of all such files."""

_DEPTH = 16
_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)|(?P<open>/\*)|"(?P<text>[^"\n]*)"|(?P<mark>[{};!])|(?P<word>[^\s{};!"]+)""",
    re.DOTALL,
)


@dataclass
class Statement:
    """
    Words, and a block behind them.

    @ivar words: a C{!} is one.
    @ivar block: the statements of its block, or None where it has none.
    """

    words: list[str]
    where: Where
    block: list[Statement] | None = None
    _kinds: dict[str, list[Statement]] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """The first word."""
        return self.words[0].lower() if self.words else ""

    def named(self, kind: str) -> list[Statement]:
        """Those of its block that begin with this word."""
        if self._kinds is None:
            self._kinds = {}
            for each in self.block or ():
                self._kinds.setdefault(each.kind, []).append(each)
        return self._kinds.get(kind, [])

    def value(self, kind: str) -> str:
        """What stands behind the word in the last of these."""
        found = self.named(kind)
        return found[-1].words[1] if found and len(found[-1].words) > 1 else ""


Token = tuple[str, bool, int]


def parsed(text: str, file: str, include: Include, depth: int = 0) -> list[Statement]:
    """
    All statements of a file, and of those that it includes.

    @raise CannotImport: where it is wrongly written.
    """
    tokens = list(_tokens(text, file))
    found, end = _block(tokens, 0, file, 0)
    if end < len(tokens):
        raise CannotImport(Where(file, tokens[end][2]), "there is a } too many")
    return list(_whole(found, include, depth))


def _whole(statements: list[Statement], include: Include, depth: int) -> Iterator[Statement]:
    for each in statements:
        if each.kind == "include" and len(each.words) == 2:
            if depth >= _DEPTH:
                raise CannotImport(each.where, "files include each other")
            for name, text in include(each.words[1]):
                yield from parsed(text, name, include, depth + 1)
        else:
            if each.block is not None:
                each.block = list(_whole(each.block, include, depth))
            yield each


def _tokens(text: str, file: str) -> Iterator[Token]:
    """Each word or mark, whether it is a mark, and its line."""
    place, line = 0, 1
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup == "open":
            raise CannotImport(Where(file, line), f"{text[place : place + 10]!r} is not closed")
        if found.lastgroup == "mark":
            yield found[0], True, line
        elif found.lastgroup != "blank":
            yield found["text"] if found.lastgroup == "text" else found["word"], False, line
        line += found[0].count("\n")
        place = found.end()


def _block(tokens: list[Token], place: int, file: str, depth: int) -> tuple[list[Statement], int]:
    """The statements from here to the end of a block, and where that is."""
    statements: list[Statement] = []
    now: Statement | None = None
    while place < len(tokens):
        text, mark, line = tokens[place]
        if mark and text == "}":
            break
        if mark and text == ";":
            statements += [now] if now is not None else []
            now = None
        elif mark and text == "{":
            if depth >= _DEPTH:
                raise CannotImport(Where(file, line), "blocks are nested too deeply")
            now = now or Statement([], Where(file, line))
            now.block, place = _block(tokens, place + 1, file, depth + 1)
            if place >= len(tokens):
                raise CannotImport(Where(file, line), "{ is not closed")
        else:
            now = now or Statement([], Where(file, line))
            now.words.append(text)
        place += 1
    if now is not None:
        raise CannotImport(now.where, f"{' '.join(now.words[:3])!r} is not ended by a ;")
    return statements, place
