"""Whose fault an error is, noted on the error itself."""

from __future__ import annotations

from contextlib import suppress

_NOTED = "_dotchainCulprit"


def note(error: BaseException, who: str) -> None:
    """
    Note whose fault it is, unless that is known: of those that pass it on, the last who could.

    @param who: a section's title, such as C{stage quiet}; nothing where nobody knows.
    """
    if who and noted(error) is None:
        with suppress(Exception):
            setattr(error, _NOTED, who)


def noted(error: BaseException | None) -> str | None:
    """Whose fault it is, as far as that was noted."""
    return getattr(error, _NOTED, None)
