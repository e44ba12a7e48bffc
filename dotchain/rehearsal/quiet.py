"""Copies of resolvers that answer as those do, and neither count nor write anything."""

from __future__ import annotations

from typing import Any

from ..contract.guard import Guard
from ..coroutine import AwaitingResolver, CoroutineGuard
from ..explain.tracing import namesOthers
from ..stages.behind import following


class QuietCopies:
    """
    Copies as C{dotchain explain} makes them, of whole chains, with nothing in between.

    What stands in several chains is copied once.
    """

    def __init__(self) -> None:
        # With the originals, which so keep their identities.
        self._made: dict[int, tuple[Any, Any]] = {}

    def of(self, resolver: Any) -> Any:
        """The copy of a resolver, and of all that it asks; groups and ends of paths are as they are."""
        if id(resolver) not in self._made:
            self._made[id(resolver)] = resolver, self._copied(resolver)
        return self._made[id(resolver)][1]

    def _copied(self, resolver: Any) -> Any:
        part = resolver.stage if isinstance(resolver, Guard) else resolver
        leading = part.through(self.of) if namesOthers(part) else part
        behind = following(part)
        if behind is not None:
            before = self.of(behind)
            leading = leading.before(
                AwaitingResolver(before) if isinstance(resolver, CoroutineGuard) else before
            )
        return resolver.around(leading) if isinstance(resolver, Guard) else leading
