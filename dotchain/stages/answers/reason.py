"""Why an answer is denied."""

from __future__ import annotations


class Reason:
    """
    Why an answer is denied, or why an address is not.

    @ivar word: what the operator has written.
    @ivar fine: it is an exception: what has it is not denied.
    """

    __slots__ = ("fine", "word")

    def __init__(self, word: str, fine: bool = False) -> None:
        self.word = word
        self.fine = fine
