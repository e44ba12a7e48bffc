"""The addresses of all fronts, opened at the start."""

from __future__ import annotations

from collections.abc import Iterable

from twisted.internet.error import CannotListenError

from ..config.build import Part
from ..config.section import Problem
from ..fronts.listenerror import whyNotListening


class NotBound(Exception):
    """
    An address that can't be had.

    @ivar problem: what to tell.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def bind(fronts: Iterable[Part]) -> None:
    """
    Open all addresses of fronts.

    @raise NotBound: for the first that can't be had.
    """
    for front in fronts:
        try:
            front.thing.bind()
        except CannotListenError as error:
            raise NotBound(_problem(front, error)) from None


def _problem(front: Part, error: CannotListenError) -> Problem:
    # A front opens its addresses in order, and stops at the one that it can't have.
    address = front.thing.listen[len(front.thing.ports)]
    why = whyNotListening(address, error.socketError)
    return front.section.problem("listen", f"cannot listen on {address}: {why}")
