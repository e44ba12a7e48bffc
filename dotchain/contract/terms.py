"""What the section of every stage may say of it: how long it may take, and what becomes of what it fails."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..options import Option, Options, moment, one

SERVFAIL, PASS, REFUSE = "servfail", "pass", "refuse"

CONTRACT: Options = {
    "budget": Option(
        moment,
        None,
        "how long the stage may take for a query by itself; what it asks of others does not count",
    ),
    "on-error": Option(
        one(SERVFAIL, PASS, REFUSE),
        SERVFAIL,
        "what a query gets that the stage fails: SERVFAIL, the answer of the next in the path, or REFUSED",
    ),
}
"""The keys that every stage has besides those of its kind."""

# Seconds: clients ask again after five, and the next one wants some of them.
_NEVER = 2.0


class Terms(NamedTuple):
    """
    The values of L{CONTRACT} in one section.

    @ivar budget: in seconds, or None.
    """

    budget: float | None = None
    onError: str = SERVFAIL

    @classmethod
    def of(cls, values: dict[str, Any]) -> Terms:
        """Those among the values of a section."""
        return cls(values.get("budget"), values.get("on_error", SERVFAIL))

    @property
    def limit(self) -> float:
        """Seconds that count as never; meaningless where nothing is L{given}."""
        return _NEVER if self.budget is None else self.budget

    @property
    def given(self) -> bool:
        """Whether they are any but the defaults, for which the chain sees to it without a node more."""
        return self != Terms()
