"""Why something failed: for the operator, and for whoever asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from errno import ECONNREFUSED, ETIMEDOUT

from twisted.internet import error as errors
from twisted.python.failure import Failure

# What Twisted raises without an error of the system, and whose text says it twice.
_WORDS = (
    (errors.ConnectionRefusedError, os.strerror(ECONNREFUSED)),
    (errors.TCPTimedOutError, os.strerror(ETIMEDOUT)),
    (errors.TimeoutError, "timeout"),
    (errors.DNSLookupError, "the name has no address"),
    (errors.UserError, "given up"),
    (errors.ConnectionAborted, "broken off here"),
    (errors.ConnectionDone, "the peer closed the connection"),
    (errors.ConnectionLost, "the peer closed the connection"),
)


class Reason(str):
    """
    The whole reason, for logs and commands. Of another one, as part of a sentence, use L{phrase}.

    @ivar told: the same for clients, who learn no path, name or address of the inside.
    """

    __slots__ = ("told",)

    told: str

    def __new__(cls, text: str, told: str) -> Reason:
        """See the class."""
        made = super().__new__(cls, text)
        made.told = told
        return made


def told(text: str) -> str:
    """What a client may read of a reason; one without a L{Reason.told} is of plain words."""
    return text.told if isinstance(text, Reason) else text


def phrase(template: str, *reasons: str) -> Reason:
    """A sentence with reasons in place of each C{{}}, whole and as clients may read it."""
    return Reason(template.format(*reasons), template.format(*map(told, reasons)))


def joined(separator: str, reasons: Iterable[str]) -> Reason:
    """Several reasons in one; of those that are the same to clients, they read one."""
    whole = list(reasons)
    return Reason(separator.join(whole), separator.join(dict.fromkeys(map(told, whole))))


def inWords(reason: Failure | BaseException) -> str:
    """What the system, or Twisted, says of a connection, in a few words and once."""
    error = reason.value if isinstance(reason, Failure) else reason
    number = getattr(error, "osError", None)
    if isinstance(number, int):
        return os.strerror(number)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    text = str(error).rstrip(".")
    return Reason(text, "no connection") if text else type(error).__name__
