"""Commands as servers read them."""

from __future__ import annotations

Word = bytes | str | int


def encoded(*words: Word) -> bytes:
    """A command as an array of bulk strings (RESP, the protocol of Redis, version 2)."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        octets = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(octets), octets))
    return b"".join(parts)
