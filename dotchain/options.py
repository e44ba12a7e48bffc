"""The keys that a kind knows, and how their values are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import dns.name
import dns.rdatatype
from dns.exception import DNSException

from . import cpus, quoted
from .credentials import located
from .filename import fileIn
from .host import isIP
from .share import Share
from .wire.domains import Domains, nameOf


class Value(str):
    """
    A value as it stands in an INI file.

    @ivar folder: the folder of that file, which relative paths start from.
    @ivar line: the line of its key.
    @ivar lines: the lines that those of the text stand in, where that is known.
    @ivar file: the name of the file, where that is known.
    """

    folder: Path = Path()
    line: int = 0
    lines: tuple[int, ...] = ()
    file: str = ""

    @classmethod
    def at(cls, text: str, folder: Path, line: int, lines: tuple[int, ...] = (), file: str = "") -> Value:
        """A value read from a file."""
        made = cls(text)
        made.folder, made.line, made.lines, made.file = folder, line, lines, file
        return made


class LineError(ValueError):
    """
    What is wrong with one line of a value.

    @ivar line: which line of the file it is; 0 where that is not known.
    @ivar more: what is wrong with others of its lines.
    """

    def __init__(self, text: str, line: int, more: Sequence[LineError] = ()) -> None:
        super().__init__(text)
        self.line = line
        self.more = more


def linesOf(text: str) -> list[Value]:
    """The lines of a value, each with its place in the file; empty ones left out."""
    folder, first = getattr(text, "folder", Path()), getattr(text, "line", 0)
    numbers = getattr(text, "lines", ())
    found = text.split("\n")
    places = numbers if len(numbers) == len(found) else (first,) * len(found)
    return [
        Value.at(line.strip(), folder, place)
        for line, place in zip(found, places, strict=True)
        if line.strip()
    ]


REQUIRED = object()
"""The default of an option that has none."""


class Option(NamedTuple):
    """
    One key that a section knows.

    @ivar read: makes the value of its text; ValueError says what would be right.
    @ivar default: the text used without the key, None for nothing, or L{REQUIRED}.
    @ivar doc: one line for C{dotchain kinds}.
    @ivar share: what of the value each of several workers gets, by default all of it.
    @ivar automatic: without a text a value is found all the same, in a way that C{doc} tells.
    """

    read: Callable[[Value], Any]
    default: str | object | None
    doc: str
    share: Callable[[Share, Any], Any] = Share.whole
    automatic: bool = False


Options = Mapping[str, Option]


_MOST = 1_000_000_000
_MOST_PROCESSES = 256
_LONGEST = 3650 * 86400.0


def defaults(options: Options) -> dict[str, Any]:
    """The values of all keys that need not be given, as a constructor takes them."""
    return {
        key.replace("-", "_"): None if option.default is None else option.read(Value(option.default))
        for key, option in options.items()
        if option.default is not REQUIRED
    }


def whole(text: str) -> int:
    """A whole number from 0 up."""
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{text!r} is not a whole number such as 100")
    # Python reads no number of thousands of digits.
    if len(text) > 20 or int(text) > _MOST:
        raise ValueError(f"{text!r} is as good as no limit; {_MOST} is the most")
    return int(text)


def some(text: str) -> int:
    """A whole number from 1 up."""
    number = whole(text)
    if not number:
        raise ValueError("0 would leave nothing; a whole number from 1 up is right")
    return number


def processes(text: str) -> int:
    """A number of processes, or C{auto}: as many as there are CPUs for this one, by affinity and quota."""
    if text == "auto":
        return min(cpus.available(), _MOST_PROCESSES)
    number = some(text)
    if number > _MOST_PROCESSES:
        raise ValueError(f"{text!r} is too much: one process a CPU is enough, which is what 'auto' makes")
    return number


def atLeast(least: str, reader: Callable[[str], int] = whole) -> Callable[[str], int]:
    """A number from this one up."""

    def read(text: str) -> int:
        number = reader(text)
        if number < reader(least):
            raise ValueError(f"{text!r} is too little; {least} is the least")
        return number

    return read


def octets(text: str) -> int:
    """A number of octets: C{4096}, C{64k}, C{64M}, C{1G}."""
    found = re.fullmatch(r"([0-9]+)\s*([kMG]?)", text)
    if not found:
        raise ValueError(f"{text!r} is not a size such as 4096, 64k, 64M or 1G")
    return int(found[1]) << {"": 0, "k": 10, "M": 20, "G": 30}[found[2]]


def seconds(text: str) -> float:
    """A duration in seconds: C{250ms}, C{4.5s}, C{10m}, C{1h}, C{1d}; a bare number is seconds."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d|)", text)
    if not found:
        raise ValueError(f"{text!r} is not a duration such as 250ms, 4.5s, 10m, 1h or 1d")
    unit = {"ms": 0.001, "": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]
    value = float(found[1]) * unit
    if value > _LONGEST:
        raise ValueError(f"{text!r} is more than ten years")
    return value


def moment(text: str) -> float:
    """A duration above nothing."""
    value = seconds(text)
    if value < 0.001:
        raise ValueError(f"{text!r} leaves no time at all; a duration such as 250ms or 4.5s is right")
    return value


def flag(text: str) -> bool:
    """C{yes} or C{no}."""
    if text.lower() in ("yes", "on", "true"):
        return True
    if text.lower() in ("no", "off", "false"):
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


def words(text: str) -> tuple[str, ...]:
    """A list, separated by blanks or new lines; what is in between is any text, but ends in no comma."""
    found = text.split()
    return tuple(found if all(word == word.strip(",;") for word in found) else items(text))


def items(text: str) -> list[str]:
    """
    The words of a list whose items have neither commas nor semicolons in them.

    @raise ValueError: where somebody has separated them so.
    """
    found = text.split()
    parted = text.replace(",", " ").replace(";", " ").split()
    if found != parted:
        raise ValueError(f"blanks alone separate a list, no commas: write {' '.join(parted)}")
    return found


def domain(text: str) -> dns.name.Name:
    """A domain name, absolute whether or not it ends in a dot."""
    return nameOf(text)


def domains(text: str) -> Domains:
    """A list of domain names, separated by blanks or new lines; the root is none of them."""
    found = Domains(_name(word) for word in items(text))
    if dns.name.root in found:
        raise ValueError("the root is above every name, which is too much for a list")
    return found


def _name(word: str) -> dns.name.Name:
    if isIP(word) or "://" in word:
        raise ValueError(f"{word!r} is an address, and no domain name such as example.org")
    return domain(word)


def types(text: str) -> frozenset[int]:
    """Types of records, such as C{AAAA HTTPS}."""
    return frozenset(_type(word) for word in items(text))


def _type(word: str) -> int:
    try:
        return int(dns.rdatatype.from_text(word))
    except (DNSException, ValueError):
        raise ValueError(f"{word!r} is no type of record such as AAAA or HTTPS") from None


def path(text: str) -> Path:
    """A file, relative to the folder of the INI file, without C{..} where that is the same."""
    return fileIn(getattr(text, "folder", Path()), located(quoted.name(text)))


def paths(text: str) -> tuple[Path, ...]:
    """Files, each as L{path} has it, between blanks or new lines; in double quotes where they have blanks."""
    folder, line = getattr(text, "folder", Path()), getattr(text, "line", 0)
    return tuple(path(Value.at(word, folder, line)) for word in quoted.names(text, items))


def one(*choices: str) -> Callable[[str], str]:
    """One of these words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"{text!r} is none of {', '.join(choices)}")
        return text

    return read


def several(*choices: str) -> Callable[[str], frozenset[str]]:
    """Any of these words, separated by blanks or new lines."""

    def read(text: str) -> frozenset[str]:
        return frozenset(one(*choices)(word) for word in items(text))

    return read


class Remark(str):
    """
    A warning about one key, as the C{warnings} of a front, a stage or an upstream tell them.

    @ivar key: the key, whose line the message names.
    """

    key: str = ""

    @classmethod
    def of(cls, key: str, text: str) -> Remark:
        """A warning about this key."""
        made = cls(text)
        made.key = key
        return made


class OptionError(ValueError):
    """
    Values that are each right but don't go together; raised by constructors.

    @ivar key: the key to blame, whose line the message names.
    @ivar line: the line of the file, where it is another one of that key's; else 0.
    """

    def __init__(self, key: str, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.key = key
        self.line = line
