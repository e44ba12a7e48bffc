"""C{chain}: what the daemon runs, as somebody would draw it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..contract.containment import Containment
from ..contract.guard import Guard
from ..contract.sectionview import Parts
from ..upstreams.introduction import Introducing
from .running import Running, TreeView


def chain(running: Running) -> dict[str, Any]:
    """
    Fronts, stages in the order that a query meets them, and upstreams; each with whom it may ask.

    A section that stands before several others is made several times: C{id} tells its uses apart, C{name} is
    that of the section, by which L{stats<dotchain.control.stats.stats>} counts. C{asks} has such ids.
    C{warnings} is what C{dotchain check} warns of.
    """
    tree = running.tree
    ids = _ids(tree.parts)
    asked = _Asked(tree, ids)
    parts = [
        {
            "id": ids[id(thing)],
            "role": section.role,
            "name": section.name,
            "kind": section.kind,
            "asks": asked.by(thing),
            **_addresses(thing),
            **_told(thing),
        }
        for section, thing in reversed(tree.parts)
    ]
    return {
        "fronts": [
            {
                "name": section.name,
                "listen": [str(address) for address in thing.listen],
                "balancers": any(each.believes for each in thing.introductions.values()),
                "asks": asked.first(next(iter(thing.responders.values())).resolver),
            }
            for section, thing in tree.fronts
        ],
        "stages": [each for each in parts if each["role"] == "stage"],
        "upstreams": [each for each in parts if each["role"] == "upstream"],
        "warnings": [*running.warnings()],
    }


def _ids(parts: Parts) -> dict[int, str]:
    """A name for each part, such as C{stage cache}, and C{stage cache 2} for its second use."""
    found: dict[int, str] = {}
    uses: dict[str, int] = {}
    for section, thing in reversed(parts):
        use = uses[section.title] = uses.get(section.title, 0) + 1
        found[id(thing)] = section.title if use == 1 else f"{section.title} {use}"
    return found


def _addresses(thing: Any) -> dict[str, list[str]]:
    """Where an upstream over the network is asked, as its section says."""
    given = getattr(thing, "addresses", None)
    return {"addresses": [str(each) for each in given]} if isinstance(given, tuple) else {}


def _told(thing: Any) -> dict[str, str]:
    """Where an upstream is told who asks: C{inside} of TLS, if it is spoken, or C{outside}."""
    introduces = getattr(thing, "introduces", None)
    return {"proxy-protocol": introduces.place} if isinstance(introduces, Introducing) else {}


class _Asked:
    """Whom each part asks, seen through what stands before stages that are guarded or contained."""

    def __init__(self, tree: TreeView, ids: dict[int, str]) -> None:
        self._ids = ids
        self._behind = {id(each): following for each, following in tree.behind.items()}
        self._seen = {
            id(each.part): each for each in tree.behind if isinstance(each, Guard) and id(each.part) in ids
        }

    def by(self, thing: Any) -> list[str]:
        """The ids of those that a part asks."""
        seen = self._seen.get(id(thing), thing)
        return [name for each in self._behind.get(id(seen), ()) for name in self.first(each)]

    def first(self, resolver: Any) -> list[str]:
        """The id of a part, or of the one that a stand-in stands before."""
        return list(dict.fromkeys(self._through(resolver)))

    def _through(self, resolver: Any) -> Iterator[str]:
        part = resolver.part if isinstance(resolver, (Guard, Containment)) else resolver
        name = self._ids.get(id(part))
        if name is not None:
            yield name
