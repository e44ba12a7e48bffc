"""Which answers say of their own name that it doesn't exist."""

from __future__ import annotations


class DeniedNames:
    """
    The keys of answers that deny their own name, by name, class, DO and CD: a key without
    its type (RFC 2308 section 5), so that those who want DNSSEC records, or want them
    unchecked, find only what was asked for alike.

    @ivar known: the keys; where there is none there is nothing to look for.
    """

    def __init__(self) -> None:
        self.known: dict[bytes, bytes] = {}

    def add(self, key: bytes) -> None:
        """Know one more; of two types of a name it is the later one."""
        self.known[typeless(key)] = key

    def discard(self, key: bytes) -> None:
        """Know it no more."""
        found = typeless(key)
        if self.known.get(found) == key:
            del self.known[found]


def typeless(key: bytes) -> bytes:
    """A key without its QTYPE."""
    return key[:-6] + key[-4:]
