"""Lists of domain names that a question's name may be in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import dns.name
from dns.exception import DNSException

from . import given as _given

Name = dns.name.Name | str
"""A domain name; as text it is absolute whether or not it ends in a dot."""


class Domains(tuple[dns.name.Name, ...]):
    """
    Some domain names, such that whether a name is in one of them takes no longer for many than for one.

    @ivar folded: the same in wire form, in lower case.
    """

    folded: frozenset[bytes]

    def __new__(cls, names: Iterable[Name] = ()) -> Domains:
        """
        @param names: a text is the names in it, separated by blanks or new lines.
        @raise ValueError: where one is no domain name: see L{nameOf}.
        """
        words = names.split() if isinstance(names, str) else names
        made = super().__new__(cls, map(absolute, words))
        made.folded = frozenset([each.to_digestable() for each in made])
        return made

    def above(self, name: bytes) -> bool:
        """Whether a name is one of these or below one: in wire form, in lower case."""
        folded = self.folded
        offset = 0
        # Octets within a label may look like a name: only where labels begin is looked.
        while name[offset:] not in folded:
            length = name[offset]
            if not length:
                return False
            offset += length + 1
        return True


def domainsOf(names: Iterable[Name] | dns.name.Name) -> Domains:
    """The same names; other collections are turned into L{Domains} once, as long as they stay equal."""
    if isinstance(names, Domains):
        return names
    if isinstance(names, str | dns.name.Name):
        return _remembered((names,) if isinstance(names, dns.name.Name) else tuple(names.split()))
    return _remembered(tuple(names))


_remembered = lru_cache(256)(Domains)


def absolute(name: Name) -> dns.name.Name:
    """
    A domain name as dnspython's.

    @raise TypeError: for what is neither text nor such a name.
    @raise ValueError: where a text is none.
    """
    if isinstance(name, dns.name.Name):
        return name.derelativize(dns.name.root)
    return nameOf(_given.text(name, "domain name"))


def nameOf(text: str) -> dns.name.Name:
    """
    A domain name, absolute whether or not it ends in a dot; blanks at the ends of the text count for nothing.

    @raise ValueError: where it is none. An empty text is none, and a blank within a name is written C{\\032}.
    """
    words = text.split()
    try:
        if len(words) == 1:
            return dns.name.from_text(words[0])
        why = "there is a blank in it" if words else "it is empty, and the root is written '.'"
    except (DNSException, ValueError) as error:
        why = str(error)
    raise ValueError(f"{text!r} is not a domain name such as example.org: {why}")
