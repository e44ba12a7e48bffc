"""What a policy zone has done to a query or an answer."""

from __future__ import annotations

from typing import Final

from ...wire.codes import CNAME

NXDOMAIN_ACTION: Final = 0
NODATA_ACTION: Final = 1
PASSTHRU: Final = 2
DROPPED: Final = 3
TCP_ONLY: Final = 4
LOCAL_DATA: Final = 5
REDIRECT: Final = 6

WORDS: Final = ("NXDOMAIN", "NODATA", "PASSTHRU", "DROP", "TCP-ONLY", "local data", "CNAME")
"""What operators read, by kind."""

_WILD: Final = b"\1*"


class Action:
    """
    What is done.

    @ivar kind: one of the numbers of this module.
    @ivar records: of L{LOCAL_DATA} and L{REDIRECT}, type, TTL and RDATA each, no name in it compressed.
    @ivar shared: whether many names have this one object.
    """

    __slots__ = ("kind", "records", "shared")

    def __init__(
        self, kind: int, records: tuple[tuple[int, int, bytes], ...] = (), shared: bool = True
    ) -> None:
        self.kind = kind
        self.records = records
        self.shared = shared

    def target(self, name: bytes) -> bytes | None:
        """
        Where a L{REDIRECT} leads from a name: C{*.garden.example} takes all of it as a prefix.

        @return: None where that would be longer than a name can be.
        """
        target = self.records[0][2]
        if target[:2] != _WILD:
            return target
        made = name[:-1] + target[2:]
        return made if len(made) <= 255 else None


_SIMPLE: Final = {
    b"\0": Action(NXDOMAIN_ACTION),
    b"\1*\0": Action(NODATA_ACTION),
    b"\x0crpz-passthru\0": Action(PASSTHRU),
    b"\x08rpz-drop\0": Action(DROPPED),
    b"\x0crpz-tcp-only\0": Action(TCP_ONLY),
}


def given(target: bytes, owner: bytes, ttl: int) -> Action | None:
    """
    The action that a CNAME stands for.

    @param target: in wire form, in the case that the zone has.
    @param owner: the trigger as if it were a name below the root; to lead to itself is PASSTHRU, as once was.
    @return: None for one that no version of the format knows.
    """
    folded = target.lower()
    simple = _SIMPLE.get(folded)
    if simple is not None:
        return simple
    if folded == owner:
        return _SIMPLE[b"\x0crpz-passthru\0"]
    if _lastLabel(folded)[:4] == b"rpz-":
        return None
    return Action(REDIRECT, ((CNAME, ttl, target),))


def _lastLabel(name: bytes) -> bytes:
    offset = last = 0
    while name[offset]:
        last = offset
        offset += name[offset] + 1
    return name[last + 1 : offset]
