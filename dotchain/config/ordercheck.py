"""Stages of a path that spoil, before they ever see it, what one behind them does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

from ..match.names import nameText
from . import graph
from .kinds import isOf

if TYPE_CHECKING:
    from ..stages.answers.stage import Answers
    from ..stages.block.stage import Block
    from ..stages.dns64.stage import DNS64
    from ..stages.local.stage import Local
    from ..stages.rpz.stage import Rpz
    from ..stages.special import Special
    from .build import Part
    from .ini import Problem, Section
    from .plan import Plan

# One of the Internet and one that is private.
_SAMPLES = tuple(ip_address(each).packed for each in ("198.41.0.4", "10.0.0.1"))


class _Order(NamedTuple):
    """
    Two built-in kinds that do not go together in this order.

    @ivar before: the one that comes first.
    @ivar behind: the one whose work is spoiled.
    @ivar spoils: what of these two is lost; nothing where they do go together.
    """

    before: str
    behind: str
    spoils: Callable[[Any, Any], str]


def spoiled(plan: Plan, parts: Sequence[Part]) -> list[Problem]:
    """One warning for each stage that must not stand before another one, in the line of its path."""
    things = dict(parts)
    found: dict[Problem, None] = {}
    for chain, path in plan.paths.items():
        for at, before in enumerate(path):
            for behind in _following(plan, path[at + 1 :]):
                for why in _reasons(things.get(before), things.get(behind)):
                    text = f"[{before.title}] stands before [{behind.title}]: {why}; put it behind"
                    found[plan.blame(chain, "path", before.name, text)] = None
    return [*found]


def _following(plan: Plan, path: Sequence[Section]) -> list[Section]:
    """All that the rest of a path leads to, in the order of the file."""
    reached = set().union(*(graph.leadsTo(plan, each) for each in path))
    return [each for each in plan.meanings if each in reached]


def _reasons(before: object, behind: object) -> Iterator[str]:
    for order in _ORDERS:
        if isOf(before, order.before) and isOf(behind, order.behind):
            yield from filter(None, [order.spoils(before, behind)])


def _deniesOwn(answers: Answers, stage: Block | Local) -> str:
    denied = [each for each in sorted(stage.addresses) if answers.denies(each)]
    return f"it denies what that answers, such as {ip_address(denied[0])}" if denied else ""


def _deniesPolicy(answers: Answers, _: Rpz) -> str:
    denied = any(answers.denies(each) for each in _SAMPLES)
    return "it denies addresses that the policy zone answers" if denied else ""


def _misjudges(answers: Answers, dns64: DNS64) -> str:
    """An address that is made is to be denied where the one that it stands for is, and only there."""
    for each in _SAMPLES:
        made = dns64.made(each)
        if made is not None and answers.denies(made) != answers.denies(each):
            does = "denies" if answers.denies(made) else "does not deny"
            return f"it {does} {ip_address(made)}, which that makes of {ip_address(each)}"
    return ""


def _answersFirst(special: Special, local: Local) -> str:
    taken = [each for each in local.names if special.takes(each)]
    return f"it answers {nameText(taken[0])}, which that has" if taken else ""


def _makesNothing(local: Local, dns64: DNS64) -> str:
    fours = [each for each in sorted(local.addresses) if len(each) == len(_SAMPLES[0])]
    found = next(((each, made) for each in fours if (made := dns64.made(each))), None)
    return f"no name gets {ip_address(found[1])} for its {ip_address(found[0])}" if found else ""


_ORDERS = (
    _Order("answers", "block", _deniesOwn),
    _Order("answers", "local", _deniesOwn),
    _Order("answers", "rpz", _deniesPolicy),
    _Order("answers", "dns64", _misjudges),
    _Order("special", "local", _answersFirst),
    _Order("local", "dns64", _makesNothing),
)
