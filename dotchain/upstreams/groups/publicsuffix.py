"""The registrable domain of a name: what one organization has registered under a public suffix."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(1)
def _suffixes() -> PublicSuffixList:
    """The public suffix list that comes with the package: 40 ms and 4 MB, once."""
    return PublicSuffixList()


def registrable(name: bytes) -> bytes:
    """
    C{example.co.uk} of C{www.example.co.uk}, in wire form without the root; a public suffix
    is its own. About 6 µs.

    @param name: a name in wire form, in lower case, uncompressed.
    """
    labels, at = [], 0
    while length := name[at]:
        labels.append(name[at + 1 : at + 1 + length])
        at += 1 + length
    found = _suffixes().privatesuffix(tuple(labels))
    return b"".join(bytes((len(label),)) + label for label in (labels if found is None else found))
