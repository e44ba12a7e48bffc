"""The group C{hedge}: a second upstream is asked where the first is slower than it usually is."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ...options import Option, OptionError, Options, whole
from .group import Group
from .groupcore import GroupCore

if TYPE_CHECKING:
    from ...wire.query import Query
    from .member import Member


class Latencies:
    """
    How long a member's last answers took.

    @ivar late: seconds within which 95 of 100 came, or None where too few are known.
    """

    # Answers that are remembered, known at least, and new ones between two looks.
    _WINDOW, _LEAST, _EVERY = 128, 20, 16

    def __init__(self) -> None:
        self.late: float | None = None
        self._seconds: deque[float] = deque(maxlen=self._WINDOW)
        self._new = 0

    def add(self, seconds: float) -> None:
        """An answer took so long."""
        self._seconds.append(seconds)
        self._new += 1
        if self._new >= (self._LEAST if self.late is None else self._EVERY):
            self._new = 0
            self.late = sorted(self._seconds)[len(self._seconds) * 95 // 100]


class HedgeCore(GroupCore):
    """
    Asks the second member early where the first is late, as long as that is allowed.

    @ivar hedged: how often it did.
    """

    # Hedged queries that may come in a row.
    _BURST = 10.0

    def __init__(self, *rules: Any) -> None:
        super().__init__(*rules)
        self.hedged = 0
        self._share = self._allowance = 0.0
        self._latencies = {member: Latencies() for member in self.members}

    def allow(self, share: int) -> None:
        """@param share: queries in a hundred that may be hedged."""
        self._share = share / 100
        self._allowance = min(self._BURST, share)

    def order(self, query: Query) -> Sequence[Member]:
        """As C{over} has them; each query adds its share to what may be hedged."""
        self._allowance = min(self._allowance + self._share, self._BURST)
        return super().order(query)

    def patienceWith(self, member: Member) -> float:
        """What 95 of 100 of its answers took; L{patience} until that is known."""
        late = self._latencies[member].late
        return self.patience if late is None else min(late, self.patience)

    def mayHurry(self) -> bool:
        """Whether one more may be hedged."""
        if self._allowance < 1:
            return False
        self._allowance -= 1
        self.hedged += 1
        return True

    def learn(self, member: Member, took: float | None) -> None:
        """An answer's time; failures are no matter of latency."""
        super().learn(member, took)
        if took is not None:
            self._latencies[member].add(took)


class Hedge(Group):
    """
    Ask the first upstream, and the next as well when the answer is unusually late.

    Unusual is what takes longer than 95 of 100 answers of late did. Only so many queries
    in a hundred are hedged, so that an upstream's overload doesn't become everyone's.
    """

    kind: ClassVar[str] = "hedge"
    options: ClassVar[Options] = {
        **Group.options,
        "share": Option(whole, "10", "queries in a hundred that may be hedged"),
    }

    counters: ClassVar[Sequence[str]] = ("hedged",)

    core: HedgeCore

    def __init__(self, reactor: Any, *, share: int, **options: Any) -> None:
        """@raise OptionError: see L{Group}; and where more than all are to be hedged."""
        super().__init__(reactor, **options)
        if share > 100:
            raise OptionError("share", "is in percent, so 100 at the most")
        self.core.allow(share)

    def makeCore(self, *rules: Any) -> GroupCore:
        """See L{Group.makeCore}."""
        return HedgeCore(*rules)

    @property
    def hedged(self) -> int:
        """How many queries were hedged."""
        return self.core.hedged
