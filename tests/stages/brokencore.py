"""A core with a bug."""

from __future__ import annotations

from dotchain.node import Later, Node
from dotchain.wire import Answer, Query


class BrokenCore(Node):
    """Raises whatever it is asked."""

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        raise ZeroDivisionError
