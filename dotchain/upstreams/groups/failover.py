"""The group C{failover}: the first that works, and back to it as soon as it works again."""

from __future__ import annotations

from typing import ClassVar

from .group import Group


class Failover(Group):
    """
    Ask the first upstream, and the next ones where it fails or is silent.

    One that has failed several times in a row is asked last until it has answered probes.
    """

    kind: ClassVar[str] = "failover"
