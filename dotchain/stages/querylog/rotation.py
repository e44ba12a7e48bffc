"""When a log file makes place for a new one, and how many are kept."""

from __future__ import annotations

from typing import NamedTuple

from ...options import octets, seconds, whole

_KEPT = 7


class Rotation(NamedTuple):
    """
    When, and how many.

    @ivar size: octets at which a new file begins; 0 for any number.
    @ivar period: seconds, of which each since 1970 has a file of its own; 0 for any number.
    @ivar kept: how many files are kept beside the one that is written.
    """

    size: int = 0
    period: float = 0.0
    kept: int = _KEPT

    def due(self, size: int, last: float, now: float) -> bool:
        """
        Whether a new file is to begin.

        @param size: octets of the file.
        @param last: when it was last written, in seconds since 1970.
        @param now: the time by the same clock.
        """
        if not size:
            return False
        if self.size and size >= self.size:
            return True
        return self.period > 0 and int(last / self.period) != int(now / self.period)


def rotation(text: str) -> Rotation:
    """
    A size with its unit, a duration with its unit, and a number of files, in any order: C{64M 1d 14}.

    @raise ValueError: for a word that is none of these, or comes twice, or where there is neither size nor
        duration.
    """
    found: dict[str, float] = {}
    for word in text.split():
        key, value = _read(word)
        if key in found:
            raise ValueError(f"{word!r}: there is a {key} already")
        found[key] = value
    if found and not found.keys() & {"size", "duration"}:
        raise ValueError(f"{text!r} does not say when a new file begins; say 64M or 1d, too")
    return Rotation(
        int(found.get("size", 0)), found.get("duration", 0.0), int(found.get("number of files", _KEPT))
    )


def _read(word: str) -> tuple[str, float]:
    if word.isdigit():
        return "number of files", whole(word)
    if word[-1] in "kMG":
        size = octets(word)
        if not size:
            raise ValueError(f"{word!r} leaves no room for a line")
        return "size", size
    try:
        length = seconds(word)
    except ValueError:
        raise ValueError(
            f"{word!r} is neither a size such as 64M, a duration such as 1d nor a number of files"
        ) from None
    if length < 1:
        raise ValueError(f"{word!r} is too short; a duration such as 1h or 1d is right")
    return "duration", length
