"""Every kind of stage and upstream, found by the word that stands in the INI file.

A word is the name of a built-in kind, a name that an installed package declares as an
entry point in the group C{dotchain.kinds}, or the dotted path of a class
(C{package.module.Class}); the folder of that package must be on C{PYTHONPATH}.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from twisted.python.reflect import InvalidName, ModuleNotFound, ObjectNotFound, namedAny

from ..contract.faults import BUGS, blame
from ..interfaces import IKind
from .hint import close
from .validity import objection

GROUP = "dotchain.kinds"

BUILT_IN = {
    "answers": "dotchain.stages.answers.stage:Answers",
    "any": "dotchain.stages.any:AnyType",
    "block": "dotchain.stages.block.stage:Block",
    "cache": "dotchain.stages.cache.stage:Cache",
    "coalesce": "dotchain.stages.coalesce:Coalesce",
    "dns64": "dotchain.stages.dns64.stage:DNS64",
    "dnstap": "dotchain.stages.dnstap.stage:Dnstap",
    "ecs": "dotchain.stages.ecs:Ecs",
    "failover": "dotchain.upstreams.groups.failover:Failover",
    "fastest": "dotchain.upstreams.groups.fastest:Fastest",
    "forward": "dotchain.upstreams.forward:Forward",
    "hash": "dotchain.upstreams.groups.hashed:Hash",
    "hedge": "dotchain.upstreams.groups.hedge:Hedge",
    "least": "dotchain.upstreams.groups.least:Least",
    "limit": "dotchain.stages.limit.stage:Limit",
    "local": "dotchain.stages.local.stage:Local",
    "minimal": "dotchain.stages.minimal:Minimal",
    "mirror": "dotchain.stages.mirror.stage:Mirror",
    "querylog": "dotchain.stages.querylog.stage:QueryLog",
    "race": "dotchain.upstreams.groups.race:Race",
    "random": "dotchain.upstreams.groups.lottery:Random",
    "rewrite": "dotchain.stages.rewrite:Rewrite",
    "round-robin": "dotchain.upstreams.groups.roundrobin:RoundRobin",
    "route": "dotchain.stages.route:Route",
    "rpz": "dotchain.stages.rpz.stage:Rpz",
    "shared": "dotchain.stages.shared.stage:Shared",
    "special": "dotchain.stages.special:Special",
    "spread": "dotchain.upstreams.groups.spread:Spread",
    "types": "dotchain.stages.types:Types",
    "zone": "dotchain.upstreams.zone:Zone",
}
"""What comes with dotchain: known in a checkout that is not installed, too."""


def isOf(thing: object, kind: str) -> bool:
    """
    Whether something is of a built-in kind, which this does not import: of one whose module nobody
    has needed by now there is nothing.
    """
    module, _, name = BUILT_IN[kind].partition(":")
    return module in sys.modules and isinstance(thing, getattr(sys.modules[module], name))


class KindError(ValueError):
    """No kind is found under a word, or what is found there is none."""


class Kinds:
    """
    The registry.

    @ivar refused: one sentence for each declaration that is not used.
    """

    def __init__(self, declared: Iterable[EntryPoint] | None = None) -> None:
        """
        @param declared: the entry points of installed packages; by default those that
            are found in the group C{dotchain.kinds}.
        """
        self.refused: list[str] = []
        self._values = dict(BUILT_IN)
        self._doubtful: dict[str, str] = {}
        for point in entry_points(group=GROUP) if declared is None else declared:
            self._declare(point)

    def _declare(self, point: EntryPoint) -> None:
        known = self._values.setdefault(point.name, point.value)
        if known == point.value:
            return
        if point.name in BUILT_IN:
            self.refused.append(
                f"kind {point.name!r} of {_package(point)} ({point.value}) is not used: "
                "it has the name of a built-in kind; name the class by its dotted path"
            )
            return
        self._doubtful[point.name] = (
            f"kind {point.name!r} is declared twice, as {known} and as {point.value}; "
            "name the class by its dotted path"
        )
        self.refused.append(self._doubtful[point.name])

    @property
    def names(self) -> list[str]:
        """Every word but dotted paths."""
        return sorted(self._values)

    def find(self, word: str, role: str = "") -> Any:
        """
        The class that a word means.

        @param role: that of the kinds to speak of where there is none.
        @raise KindError: where there is none, or it can't be imported, or is no kind.
        """
        if word in self._doubtful:
            raise KindError(self._doubtful[word])
        value = self._values.get(word)
        if value is None and "." not in word:
            known = ", ".join(each for each in self.names if self._isOf(each, role))
            hint = close(word, self.names, lambda each: self._isOf(each, role))
            raise KindError(f"there is no kind {word!r}{hint} (known are: {known})")
        found = _imported(word, (value or word).replace(":", "."))
        try:
            return _checked(word, found)
        except KindError:
            raise
        except BUGS as error:
            raise KindError(f"kind {word!r} can't be used: {blame(error)}") from None

    def _isOf(self, word: str, role: str) -> bool:
        """Whether it is a kind, and of that role, if it is not empty."""
        try:
            return self.find(word).role == role or not role
        except KindError:
            return False


def _package(point: EntryPoint) -> str:
    dist = getattr(point, "dist", None)
    return cast("str", dist.name) if dist else "an installed package"


def _imported(word: str, place: str) -> Any:
    try:
        return namedAny(place)
    except (ModuleNotFound, ObjectNotFound):
        top = place.partition(".")[0]
        why = f"there is no module {top!r}; PYTHONPATH must name the folder that it is in"
    except InvalidName:
        why = "it is no dotted path such as package.module.Class"
    except BUGS as error:
        why = blame(error)
    raise KindError(f"kind {word!r} can't be imported: {why}")


def _checked(word: str, found: Any) -> Any:
    """The class, if it is a kind: what C{IKind} asks for, from itself or from a base such as Stage."""
    if not isinstance(found, type) or not any(IKind.providedBy(base) for base in found.__mro__):
        raise KindError(
            f"kind {word!r} is {found!r}, which is no kind; derive a class from dotchain.api.Stage, "
            "or let it provide dotchain.api.IKind"
        )
    if why := objection(found):
        raise KindError(f"kind {word!r}{why}")
    return found
