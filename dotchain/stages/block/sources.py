"""The options C{lists} and C{allow}: from what operators write to where lists are, and their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ...host import hostName, isIP
from ...match.names import ExpressionWord, NameWord
from ...match.reading import match
from ...match.word import Word
from ...options import LineError, Value, items, linesOf, path

_LIST = "list:"
# What names of files end in, and names in the DNS don't.
_FILES = (".txt", ".list", ".lst", ".hosts", ".conf", ".csv", ".gz")


class Source(NamedTuple):
    """
    Where a list is.

    @ivar name: what clients and operators are told of it, no folder and no part of a URL that may be secret.
    @ivar file: the file, or None.
    @ivar url: the URL, or empty.
    @ivar line: the line that names it.
    """

    name: str
    file: Path | None = None
    url: str = ""
    line: int = 0


class Allowed(NamedTuple):
    """
    What is never blocked.

    @ivar words: names.
    @ivar sources: lists.
    """

    words: tuple[Word, ...] = ()
    sources: tuple[Source, ...] = ()


def lists(text: str) -> tuple[Source, ...]:
    """
    Files and C{https} URLs.

    @raise LineError: with the line of one that can't be used.
    @raise ValueError: where there is none.
    """
    found = _distinct(_each(text, _source))
    if not found:
        raise ValueError("is empty; files and https:// URLs are right")
    return found


def allowed(text: str) -> Allowed:
    """
    Names, as matches have them, and lists, each behind C{list:} or told by itself.

    @raise LineError: with the line of a word that can't be used.
    """
    found = _each(text, _allowed)
    words = tuple(each for each in found if isinstance(each, Word))
    return Allowed(words, _distinct(each for each in found if isinstance(each, Source)))


def _each(text: str, read: Callable[[Value], Word | Source]) -> list[Word | Source]:
    made = []
    for line in linesOf(text):
        for word in line.split():
            try:
                if word.strip(",;") != word:
                    items(line)
                made.append(read(Value.at(word, line.folder, line.line)))
            except ValueError as error:
                raise LineError(str(error), line.line) from None
    return made


def _source(word: Value) -> Source:
    if "://" in word:
        return _remote(word)
    file = path(word)
    return Source(file.name, file, line=word.line)


def _remote(word: Value) -> Source:
    try:
        parts = urlsplit(word)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme == "http":
        raise ValueError(
            f"http://{host} sends it in clear text: whoever is on the way could block or allow "
            "any name; an https:// URL or a file is right"
        )
    if parts.scheme != "https" or not host:
        raise ValueError(f"{word!r} is neither a file nor a URL such as https://lists.example.org/ads.txt")
    if ":" in host:
        # treq has no way to ask there.
        raise ValueError(
            f"[{host}] is an IPv6 address: in a URL of a list, a name or an IPv4 address is right"
        )
    if parts.username is not None:
        raise ValueError(f"{host}: a URL with a user's name in it is not asked for; leave that out")
    return Source(host if isIP(host) else hostName(host), url=str(word), line=word.line)


def _allowed(word: Value) -> Word | Source:
    if word.startswith(_LIST):
        return _source(Value.at(word[len(_LIST) :], word.folder, word.line))
    if "://" in word or path(word).is_file():
        return _source(word)
    if word.endswith(_FILES) and not word.startswith("/"):
        raise ValueError(f"{path(word)} can't be read: No such file or directory")
    (made,) = match(word).words
    if not isinstance(made, NameWord | ExpressionWord):
        raise ValueError(
            f"{word!r} is neither a name such as example.org, =www.example.org, *.example.org "
            "or /^www[0-9]*\\./, nor a list"
        )
    return made


def _distinct(sources: Iterable[Word | Source]) -> tuple[Source, ...]:
    """Lists of one name with a number behind it, so that what is told of them tells which it is."""
    made: list[Source] = []
    seen: dict[str, int] = {}
    for each in sources:
        assert isinstance(each, Source)
        number = seen[each.name] = seen.get(each.name, 0) + 1
        made.append(each if number == 1 else each._replace(name=f"{each.name} ({number})"))
    return tuple(made)
