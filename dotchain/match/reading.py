"""From what operators write to matches and rules."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.rdataclass
import dns.rdatatype
from dns.exception import DNSException

from ..lists.listfile import ListFile
from ..networks import networks
from ..options import LineError, Value, linesOf, path
from ..wire.domains import nameOf
from .asked import FrontWord, IdentityWord, NumberWord, ServerNameWord, TransportWord
from .clients import ClientWord
from .hiding import Earlier
from .listed import ListWord
from .match import Match
from .names import BELOW, EXACTLY, WITHIN, ExpressionWord, NameWord
from .ruleline import sides
from .rules import Rule, Rules
from .stray import TRANSPORTS, refuse, refuseEmpty
from .times import DAYS, TimeWord
from .word import Not, Word

# Words of a match, each of which is looked at beside each other one.
_MOST = 500
_HOURS = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])")


def match(text: str) -> Match:
    """
    Words that must all hold; an empty text holds always.

    @raise ValueError: for a word that is none, and for words that never hold together.
    """
    found = text.split()
    if len(found) > _MOST:
        raise ValueError(f"{len(found)} words must hold, and {_MOST} are the most; of many names a list:FILE")
    made = Match(tuple(_word(each, text, alone=len(found) == 1) for each in found))
    never = made.contradiction()
    if never is not None:
        raise ValueError(f"never holds: {never[0].text!r} and {never[1].text!r} exclude each other")
    return made


def matches(text: str) -> Rules:
    """
    Lines of matches, of which any may hold.

    @raise LineError: with the line that is wrong, or that an earlier one has in it.
    """
    made: list[Rule] = []
    for line in linesOf(text):
        try:
            rule = Rule(match(line), None, str(line), line.line)
            within = next((each for each in made if rule.match.implies(each.match)), None)
            if within is not None:
                raise ValueError(
                    f"{line!r} adds nothing: {within.text!r} in line {within.line} holds there, too"
                )
            made.append(rule)
        except LineError:
            raise
        except ValueError as error:
            hint = "; several names are a line each" if "exclude" in str(error) else ""
            raise LineError(f"{error}{hint}", line.line) from None
    return Rules(made)


def rules(text: str, what: Callable[[Value], Any] = str) -> Rules:
    """
    Lines of C{MATCH -> WHAT}.

    @param what: reads what stands behind the arrow; ValueError says what would be right.
    @raise LineError: with the line that is wrong, or that an earlier one hides.
    """
    made = Earlier()
    for line in linesOf(text):
        try:
            rule = _rule(line, what)
            hiding = made.hiding(rule)
            if hiding is not None:
                raise ValueError(f"{line!r} never decides: {hiding.text!r} in line {hiding.line} hides it")
            made.add(rule)
        except LineError:
            raise
        except ValueError as error:
            raise LineError(str(error), line.line) from None
    return Rules(made.rules)


def _rule(line: Value, what: Callable[[Value], Any]) -> Rule:
    before, behind = sides(line)
    found = match(Value.at(before, line.folder, line.line))
    return Rule(found, what(Value.at(behind, line.folder, line.line)), str(line), line.line)


def _word(text: str, within: str, alone: bool) -> Word:
    if text.startswith("!"):
        if text[1:2] in ("", "!"):
            raise ValueError(f"{text!r} is no word: '!' stands before one that must not hold")
        word = _word(text[1:], within, alone)
        if word.always:
            raise ValueError(f"{text!r} never holds, since {word.text!r} always does")
        return Not(word)
    if text.startswith("/"):
        return _expression(text)
    subject, colon, rest = text.partition(":")
    if subject not in _SUBJECTS:
        refuse(text, alone)
    if not colon:
        return _name(text)
    if subject not in _SUBJECTS:
        known, small = ", ".join(f"{each}:" for each in _SUBJECTS), subject.lower()
        meant = f"; write {small}:{rest}" if small in _SUBJECTS else f" (known are {known})"
        raise ValueError(f"{text!r} is no word of a match: nothing begins with {subject + ':'!r}{meant}")
    if not rest:
        raise ValueError(f"{text!r} has nothing behind the colon")
    if subject != "list":
        refuseEmpty(text, rest)
    return _SUBJECTS[subject](text, Value.at(rest, getattr(within, "folder", Path()), 0))


def _name(text: str) -> Word:
    way = next(way for way in (EXACTLY, BELOW, WITHIN) if text.startswith(way))
    plain = text[len(way) :]
    if "*" in plain or "," in plain or "/" in plain or "=" in plain:
        raise ValueError(
            f"{text!r} is no name such as example.org, =www.example.org or *.example.org{_meant(plain)}"
        )
    return NameWord(text, nameOf(plain).to_digestable(), way)


def _meant(text: str) -> str:
    if "," in text:
        return "; a rule is of one name, several are a rule each or a list:FILE"
    return "; a network is written client:192.0.2.0/24" if "/" in text else ""


def _expression(text: str) -> Word:
    if len(text) < 3 or not text.endswith("/"):
        raise ValueError(f"{text!r} is no regular expression such as /^ads[0-9]*\\./")
    try:
        with warnings.catch_warnings():
            # Of what another version of Python may read otherwise.
            warnings.simplefilter("ignore")
            return ExpressionWord(text, re.compile(text[1:-1]))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None


def _numbers(text: str, rest: str) -> Word:
    subject = text.partition(":")[0]
    read: Any = dns.rdatatype.from_text if subject == "type" else dns.rdataclass.from_text
    example = "type:AAAA" if subject == "type" else "class:CH"
    found = set()
    for word in rest.split(","):
        try:
            found.add(int(read(word)))
        except (DNSException, ValueError):
            raise ValueError(f"{text!r}: {word!r} is no {subject} such as {example}") from None
    return NumberWord(text, subject, frozenset(found))


def _networks(text: str, rest: str) -> Word:
    try:
        return ClientWord(text, networks(" ".join(rest.split(","))))
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


def _front(text: str, rest: str) -> Word:
    return FrontWord(text, "front", _choices(rest))


def _transport(text: str, rest: str) -> Word:
    found = _choices(rest)
    strange = sorted(found.difference(TRANSPORTS))
    if strange:
        raise ValueError(f"{text!r}: {strange[0]!r} is none of {', '.join(TRANSPORTS)}")
    return TransportWord(text, "transport", found)


def _serverName(text: str, rest: str) -> Word:
    return ServerNameWord(text, "sni", _hostNames(rest), ofClient=True)


def _identity(text: str, rest: str) -> Word:
    found = frozenset(each.lower().removesuffix(".") for each in _choices(rest))
    return IdentityWord(text, "identity", found, ofClient=True)


def _choices(rest: str) -> frozenset[str]:
    return frozenset(rest.split(","))


def _hostNames(rest: str) -> frozenset[str]:
    return frozenset(nameOf(each).to_text(omit_final_dot=True).lower() for each in _choices(rest))


def _time(text: str, rest: str) -> Word:
    days: set[int] = set()
    hours: list[tuple[int, int]] = []
    for part in rest.lower().split(","):
        found = _HOURS.fullmatch(part)
        if found:
            hours.append(_minutes(text, *(int(each) for each in found.groups())))
        else:
            days |= _days(text, part)
    return TimeWord(text, frozenset(days or range(7)), tuple(hours or [(0, 1440)]))


def _minutes(text: str, hour: int, minute: int, endHour: int, endMinute: int) -> tuple[int, int]:
    begin, end = hour * 60 + minute, endHour * 60 + endMinute
    if max(begin, end) > 1440:
        raise ValueError(f"{text!r}: no hour is after 24:00")
    if begin == end:
        raise ValueError(
            f"{text!r}: no time is between {hour:02}:{minute:02} and itself; 00:00-24:00 is all day"
        )
    return begin, end


def _days(text: str, part: str) -> set[int]:
    first, dash, last = part.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(
            f"{text!r}: {part!r} is neither days such as mon-fri or sat nor hours such as 08:00-18:00"
        )
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return {each % 7 for each in range(begin, end + 1 if end >= begin else end + 8)}


def _list(text: str, rest: str) -> Word:
    file = ListFile(path(rest))
    try:
        return ListWord(text, file, file.read())
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


_SUBJECTS: dict[str, Callable[[str, str], Word]] = {
    "type": _numbers,
    "class": _numbers,
    "client": _networks,
    "front": _front,
    "transport": _transport,
    "sni": _serverName,
    "identity": _identity,
    "time": _time,
    "list": _list,
}
