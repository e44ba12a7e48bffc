"""What operators write of answers: C{private}, networks, names and lists of names."""

from __future__ import annotations

from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path

from ...api import Value, items, match, networks
from ...host import isIP
from ...match.listed import ListWord
from ...match.names import NameWord
from ...networks import Network

PRIVATE_WORD = "private"

PRIVATE = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/128",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
    )
)
"""Addresses of this host and of networks that are not the Internet (RFC 6890, RFC 3879): no name of the
public DNS has a reason to lead there."""


class Words:
    """
    What was written, in its order, by what it is.

    @ivar networks: each with the word that it comes from.
    @ivar names: the same of names.
    @ivar lists: lists of names in files.
    """

    def __init__(self) -> None:
        self.networks: list[tuple[Network, str]] = []
        self.names: list[tuple[NameWord, str]] = []
        self.lists: list[ListWord] = []


def denials(text: str) -> Words:
    """
    Networks and addresses, C{private}, and names and lists as in a match.

    A name of one label has a final dot: without it, it is the word C{private} misspelled as a rule, and a
    daemon would start that protects nobody.

    @raise ValueError: for a word that is none of these.
    """
    made = Words()
    for word in _words(text):
        if word == PRIVATE_WORD:
            made.networks += [(each, str(word)) for each in PRIVATE]
        elif _isLabel(word):
            raise ValueError(f"{str(word)!r} is neither '{PRIVATE_WORD}' nor a network; {_meant(word)}")
        else:
            _take(word, made, f"is neither '{PRIVATE_WORD}' nor a network nor a name")
    if not made.networks and not made.names and not made.lists:
        raise ValueError("is empty: nothing would be denied; leave the stage out of the path")
    return made


def _isLabel(word: str) -> bool:
    """Whether it is nothing but one label, without a final dot."""
    return word.replace("-", "").replace("_", "").isalnum()


def _meant(word: str) -> str:
    """What is right in the place of a single label."""
    if get_close_matches(word.lower(), [PRIVATE_WORD]):
        return f"did you mean {PRIVATE_WORD!r}?"
    return f"write '{word}.' if a top-level domain is meant"


def allowances(text: str) -> Words:
    """
    Names and lists of names, and networks and addresses.

    @raise ValueError: for a word that is none of these.
    """
    made = Words()
    for word in _words(text):
        _take(word, made, "is neither a name nor a network")
    return made


def _words(text: str) -> list[Value]:
    """Each with the folder that files are relative to."""
    folder, line = getattr(text, "folder", Path()), getattr(text, "line", 0)
    return [Value.at(word, folder, line) for word in items(text)]


def _take(word: Value, made: Words, otherwise: str) -> None:
    if isIP(word.partition("/")[0]):
        made.networks += [(each, str(word)) for each in networks(word)]
        return
    found = match(word).words[0]
    if isinstance(found, ListWord):
        made.lists.append(found)
    elif isinstance(found, NameWord):
        made.names.append((found, str(word)))
    else:
        raise ValueError(f"{str(word)!r} {otherwise} such as example.org, =www.example.org or list:FILE")
