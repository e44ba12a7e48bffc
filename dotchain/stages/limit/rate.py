"""How fast a client may ask, as operators write it."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...api import Rule, Rules, Share, items, rules

_SPELT = re.compile(r"([0-9]{1,9})/(s|m)")
# Of a rate by the second, so many seconds' worth may come at once: who opens a page asks for a hundred names.
_AT_ONCE = 5


class Rate(NamedTuple):
    """
    So many queries in the long run, and some more at once.

    @ivar interval: seconds for one query; 0 where there is no limit.
    @ivar burst: queries at once after a rest.
    """

    interval: float
    burst: int

    def bursting(self, burst: int | None, of: Rate) -> Rate:
        """The same with as much more or less at once as C{burst} is to what another rate has."""
        if burst is None:
            return self
        return self._replace(burst=max(round(self.burst * burst / of.burst), 1))

    @property
    def amounts(self) -> tuple[float, int]:
        """The same as a plain tuple, as what is compiled wants it."""
        return self.interval, self.burst

    def part(self, of: int) -> Rate:
        """One of so many equal parts."""
        return Rate(self.interval * of, max(self.burst // of, 1))


UNLIMITED = Rate(0.0, 1)
"""No limit."""


def rate(text: str) -> Rate:
    """C{50/s}, C{20/m} or C{unlimited}."""
    if text == "unlimited":
        return UNLIMITED
    found = _SPELT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no rate such as 50/s, 20/m or unlimited")
    number = int(found[1])
    if not number:
        raise ValueError(f"{text!r} would answer nobody; 1/m is the least")
    return Rate(1 / number, number * _AT_ONCE) if found[2] == "s" else Rate(60 / number, number)


def ratesBy(text: str) -> Rules:
    """Lines of C{MATCH -> RATE}."""
    return rules(text, rate)


class Per(NamedTuple):
    """
    By what clients are told apart.

    @ivar four: the length of a prefix of IPv4.
    @ivar six: the same of IPv6.
    @ivar identity: whether who has shown a certificate with a name is told by that, wherever he is.
    """

    four: int
    six: int
    identity: bool = False


def per(text: str) -> Per:
    """Two lengths, and perhaps a word: C{/32 /56} or C{/32 /56 identity}."""
    given = items(text)
    found = [re.fullmatch(r"/([0-9]{1,3})", each) for each in given[:2]]
    if len(found) != 2 or not all(found) or given[2:] not in ([], ["identity"]):
        right = "a length for IPv4 and one for IPv6 such as /32 /56, and perhaps identity behind them"
        raise ValueError(f"{text!r} is not {right}")
    four, six = (int(each[1]) for each in found if each)
    if not (1 <= four <= 32 and 1 <= six <= 128):
        raise ValueError(f"{text!r}: IPv4 has /1 to /32, and then comes IPv6 with /1 to /128")
    return Per(four, six, len(given) > 2)


def part(share: Share, total: Rate) -> Rate:
    """What one of several workers lets pass."""
    return total.part(share.of)


def partOfBurst(share: Share, total: int | None) -> int | None:
    """The same of what may come at once."""
    return None if total is None else share.part(total)


def parts(share: Share, totals: Rules) -> Rules:
    """The same of each rule."""
    found = [(each, each.what) for each in totals.rules]
    return Rules(
        [
            Rule(each.match, what.part(share.of), each.text, each.line)
            for each, what in found
            if isinstance(what, Rate)
        ]
    )
