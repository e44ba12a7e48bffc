"""What a section is."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..options import Options, upstreams


class Meaning(NamedTuple):
    """
    What a section is.

    @ivar options: the keys that it knows.
    @ivar kind: the class of a stage or an upstream.
    """

    options: Options
    kind: Any = None

    @property
    def asking(self) -> list[str]:
        """The keys whose values name upstreams."""
        return [key for key, option in self.options.items() if option.read is upstreams]
