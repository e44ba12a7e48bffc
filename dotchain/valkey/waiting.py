"""Who waits for a reply of the server's."""

from __future__ import annotations

from ..compiled import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
class Waiting:
    """One command that is on its way; one of the three is called, once."""

    def reply(self, value: object) -> bool:
        """
        The reply has come.

        @return: whether it is one that this command can have.
        """
        return True

    def refused(self, text: str) -> None:
        """The server has replied with an error."""
        self.missed(text)

    def missed(self, why: str) -> None:
        """There was none in time, or the connection has ended."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Looking(Waiting):
    """Who looks for a value: to be inherited from."""

    def found(self, value: bytes | None) -> None:
        """
        Be told once.

        @param value: None where there is none, or none has come in time.
        """
        raise NotImplementedError

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        if value is None or isinstance(value, bytes):
            self.found(value)
            return True
        return False

    def missed(self, why: str) -> None:
        """See L{Waiting.missed}."""
        self.found(None)


class Putting(Waiting):
    """Nobody waits for what becomes of a value that was put."""

    def reply(self, value: object) -> bool:
        """See L{Waiting.reply}."""
        return value == b"OK"
