"""Where heartbeats stand in the server that machines share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...stages.shared.signature import Signature
from .beat import WORKERS

if TYPE_CHECKING:
    from ...contract.sectionview import Parts
    from ...stages.shared.stage import Shared

HEARTBEATS = b"heartbeats"

_MEMBER = re.compile(rb"([0-9a-f]{16})/([1-9][0-9]{0,2})")


class Place(NamedTuple):
    """
    The heartbeats of those who share one prefix and one secret.

    All keys have the hash tag C{fleet}: a cluster has them together.

    @ivar register: the key of a sorted set: who has told something, by when in seconds since 1970. Its
        members are C{ID/WORKERS}, the same of all processes of a machine.
    """

    register: bytes
    signature: Signature

    @classmethod
    def of(cls, stage: Shared) -> Place:
        """That of a stage."""
        return cls(stage.prefix + b"{fleet}", stage.keys.of(HEARTBEATS))

    def key(self, id: str, worker: int) -> bytes:
        """What the heartbeat of one process is found by."""
        return b"%b:%b/%d" % (self.register, id.encode(), worker)

    def keys(self, members: Iterable[object], most: int) -> list[bytes]:
        """
        The keys of all who may have told something.

        @param members: what the register has.
        @param most: how many there may be.
        """
        found: list[bytes] = []
        for key in self._keys(members):
            if len(found) >= most:
                break
            found.append(key)
        return found

    def _keys(self, members: Iterable[object]) -> Iterator[bytes]:
        for member in members:
            read = _MEMBER.fullmatch(member) if isinstance(member, bytes) else None
            if read and int(read[2]) <= WORKERS:
                yield from (self.key(read[1].decode(), number + 1) for number in range(int(read[2])))


def sharing(parts: Parts) -> Iterator[tuple[str, Shared]]:
    """
    The stages that share, each with the name of its section.

    They are known by their kind: who shares nothing need not load what that takes.
    """
    return ((section.name, thing) for section, thing in parts if getattr(thing, "kind", "") == _KIND)


_KIND = "shared"
