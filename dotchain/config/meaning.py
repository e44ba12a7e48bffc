"""What a section is."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..naming import Naming
from ..options import Options


class Meaning(NamedTuple):
    """
    What a section is.

    @ivar options: the keys that it knows.
    @ivar kind: the class of a stage or an upstream.
    """

    options: Options
    kind: Any = None

    @property
    def asking(self) -> dict[str, Naming]:
        """The keys whose values name resolvers, each with its reader."""
        return {key: option.read for key, option in self.options.items() if isinstance(option.read, Naming)}
