"""Clients that wait for a connection of their own to an upstream that is told who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..pendingquery import PendingQuery


class Crowd:
    """
    Those who found no room, let in one site after the other.

    A site that comes with many at a time keeps its own waiting, and nobody else's.
    """

    def __init__(self) -> None:
        # By site and by header, in the order in which they are let in.
        self._sites: dict[str, dict[bytes, list[PendingQuery]]] = {}

    def __len__(self) -> int:
        """How many connections are waited for."""
        return sum(map(len, self._sites.values()))

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._sites)

    def add(self, site: str, header: bytes, pending: PendingQuery) -> None:
        """A query waits for the connection of its client."""
        self._sites.setdefault(site, {}).setdefault(header, []).append(pending)

    def next(self, mayEnter: Callable[[str], bool]) -> tuple[str, bytes, list[PendingQuery]] | None:
        """
        Who is let in next, and for what; None where nobody is.

        @param mayEnter: whether one more may be of a site.
        """
        site = next((each for each in self._sites if mayEnter(each)), None)
        if site is None:
            return None
        waiting = self._sites.pop(site)
        header = next(iter(waiting))
        found = waiting.pop(header)
        if waiting:
            # Behind all others.
            self._sites[site] = waiting
        return site, header, found

    def sweep(self) -> None:
        """Forget queries that nobody waits for any more."""
        for site, waiting in list(self._sites.items()):
            for header, pendings in list(waiting.items()):
                left = [pending for pending in pendings if not pending.done]
                if left:
                    waiting[header] = left
                else:
                    del waiting[header]
            if not waiting:
                del self._sites[site]

    def leave(self) -> list[PendingQuery]:
        """All of them, who wait here no more."""
        gone, self._sites = self._sites, {}
        return [
            pending
            for waiting in gone.values()
            for each in waiting.values()
            for pending in each
            if not pending.done
        ]
