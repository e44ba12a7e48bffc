"""Why a server of ours gave no reply."""

from __future__ import annotations


class Away(Exception):
    """
    No reply: nobody is connected, it took too long, the connection has ended, or too much is asked already.

    @ivar reason: why, in words for operators.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Away):
    """
    The server has replied with an error.

    @ivar kind: its first word, such as C{OOM} or C{NOPERM}.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.kind = kindOf(text)


def kindOf(text: str) -> str:
    """
    The first word of an error of the server's, by which it is counted; C{other} where that is none: a liar
    must not make us count without end.
    """
    kind = text.partition(" ")[0]
    return kind if kind.isalpha() and kind.isupper() and len(kind) <= 16 else "other"
