"""What authors give for the parts of an answer, held to what a message has room for."""

from __future__ import annotations

from typing import Any

from .codes import AA, AD, RA, TC

LONGEST_TTL = 2**31 - 1
"""RFC 2181 section 8."""

_FLAGS = AA | AD | RA | TC


def ttl(given: Any) -> int:
    """
    A TTL in seconds.

    @raise TypeError: for what is no whole number, as in all functions here.
    @raise ValueError: for one that is too much or too little, as in all functions here.
    """
    return _number(given, LONGEST_TTL, "TTL", "a number of seconds")


def rcode(given: Any) -> int:
    """An RCODE of twelve bits (RFC 6891 section 6.1.3)."""
    return _number(given, 0xFFF, "RCODE", "a number")


def kind(given: Any) -> int:
    """A type of records."""
    return _number(given, 0xFFFF, "type of records", "a number")


def code(given: Any) -> int:
    """The code of an extended DNS error (RFC 8914 section 2)."""
    return _number(given, 0xFFFF, "extended DNS error", "a number")


def header(given: Any) -> int:
    """The second word of a query's header."""
    return _number(given, 0xFFFF, "word of a header", "a number")


def flags(given: Any) -> int:
    """The flags of an answer."""
    if type(given) is int and not given & ~_FLAGS:
        return given
    if _number(given, 0xFFFF, "set of flags", "a number") & ~_FLAGS:
        raise ValueError(f"{given:#06x} has more than the flags of an answer: AA, AD, RA and TC are right")
    return int(given)


def text(given: Any, what: str) -> str:
    """A text."""
    if not isinstance(given, str):
        raise TypeError(f"{_kind(given)} is no {what}: a text is right")
    return given


def extraText(given: Any) -> str:
    """The EXTRA-TEXT of an extended DNS error, which is UTF-8 (RFC 8914 section 2)."""
    made = text(given, "text of an extended DNS error")
    try:
        made.encode()
    except UnicodeEncodeError:
        raise ValueError("the text of an extended DNS error has a character that UTF-8 has not") from None
    return made


def octets(given: Any, what: str) -> bytes:
    """Octets."""
    if not isinstance(given, bytes):
        raise TypeError(f"{_kind(given)} is no {what}: bytes are right")
    return given


def errors(given: Any) -> tuple[tuple[int, str], ...]:
    """Extended DNS errors, each a code and a text."""
    try:
        pairs = tuple([(number, said) for number, said in given])
    except (TypeError, ValueError):
        raise TypeError("extended DNS errors are pairs, each of a code and a text, in a tuple") from None
    for number, said in pairs:
        if type(number) is not int or not 0 <= number <= 0xFFFF:
            code(number)
        if type(said) is not str or not said.isascii():
            extraText(said)
    return pairs


def _number(given: Any, most: int, what: str, right: str) -> int:
    if not isinstance(given, int):
        raise TypeError(f"{_kind(given)} is no {what}: {right} from 0 to {most} is right")
    if not 0 <= given <= most:
        raise ValueError(f"{given} is no {what}: {right} from 0 to {most} is right")
    return given


def _kind(given: object) -> str:
    """What it is, without its value, which may be a name."""
    return "None" if given is None else f"a value of type {type(given).__name__}"
