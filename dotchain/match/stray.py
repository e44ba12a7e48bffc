"""Words that could be read as names, and are hardly meant so: a match with one of them would never hold."""

from __future__ import annotations

import dns.rdataclass
import dns.rdatatype
from dns.exception import DNSException

from ..networks import networks

TRANSPORTS = ("udp", "tcp", "tls")
"""What a query may come by."""

_ALTOGETHER = "words beside each other must all hold, without a word between them"
_WORDS = {
    **dict.fromkeys(("and", "&", "&&"), _ALTOGETHER),
    **dict.fromkeys(("or", "|", "||"), "commas behind a colon separate what may hold, as in type:A,AAAA"),
    "not": "'!' right before a word is for one that must not hold, as in !type:A",
    **dict.fromkeys(("*", "all", "every", "everyone"), "'.' is every name"),
    **dict.fromkeys(("night", "weekend"), "a time is written like time:22:00-06:00 or time:sat-sun"),
    "->": "an arrow stands in rules, and a match has none",
    **dict.fromkeys(TRANSPORTS, "a transport is written like transport:tls"),
}

# Top-level domains that are known beside other words, too, since networks have them for themselves.
_OWN = (
    *("arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain"),
    *("localhost", "onion", "private", "test"),
)


def refuse(word: str, alone: bool) -> None:
    """
    Refuse a word without a colon that is hardly meant as a name.

    A single label is one where it stands alone, as C{example}, unless it is a word of the language, a type or
    a class; beside other words, where it is one that networks have for themselves, as C{lan}; with C{=},
    C{*.} or a final dot always.

    @param word: without the C{!} before it.
    @param alone: whether it is the only word of its match.
    @raise ValueError: saying what would be right.
    """
    if "," in (word[:1], word[-1:]):
        raise ValueError(f"{word!r} is no name; no blank stands before or behind a comma, as in type:A,AAAA")
    plain = word.removeprefix("*.").lstrip("=")
    if _isClient(plain):
        what = "network" if "/" in plain else "client"
        raise ValueError(f"{word!r} is no name; a {what} is written client:{plain}")
    if not any(each in word for each in ".=/:"):
        _refuseLabel(word, alone)


def _refuseLabel(word: str, alone: bool) -> None:
    meant = _WORDS.get(word.lower()) or _numbered(word)
    if meant is not None:
        name = f"; the name is written '{word}.'" if word.isalpha() else ""
        raise ValueError(f"{word!r} is no word of a match: {meant}{name}")
    if not alone and word.lower() not in _OWN:
        raise ValueError(
            f"{word!r} beside other words is no word of a match; if it is a name, write '{word}.'"
        )


def refuseEmpty(word: str, listed: str) -> None:
    """
    Refuse nothing between, before or behind commas.

    @param listed: what stands behind the colon.
    @raise ValueError: saying what would be right.
    """
    items = listed.split(",")
    if not all(items):
        found = ",".join(each for each in items if each) or "..."
        right = f"{word.partition(':')[0]}:{found},..."
        raise ValueError(
            f"{word!r}: nothing stands beside a comma; several are written without a blank: {right}"
        )


def _isClient(text: str) -> bool:
    try:
        return bool(networks(" ".join(text.split(","))))
    except ValueError:
        return False


def _numbered(word: str) -> str | None:
    """How a type or a class is written; None where it is neither."""
    for subject, read in (("type", dns.rdatatype.from_text), ("class", dns.rdataclass.from_text)):
        try:
            read(word)
        except (DNSException, ValueError):
            continue
        return f"a {subject} is written {subject}:{word.upper()}, several with commas between them"
    return None
