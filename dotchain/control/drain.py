"""C{drain} and C{undrain}: leave an upstream for a while, as its server is about to stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..contract.containment import Containment
from ..contract.guard import Guard
from ..upstreams.forward import Forward
from ..upstreams.groups.condition import condition
from ..upstreams.groups.group import Group
from ..upstreams.groups.health import DOWN, DRAINED
from ..upstreams.groups.member import Member
from .figures import Figures, upstream
from .running import CommandError, Running, TreeView

_REFUSING = "it is drained"


def drain(running: Running, name: str = "", force: bool = False) -> Figures:
    """
    Give an upstream no new queries while another one can take them, and leave its connections.

    It is so until L{undrain} or the next start. Results of several workers become one by
    L{merged<dotchain.control.merge.merged>}.

    @param name: that of its section.
    @param force: do it even where nobody else is there to be asked: such queries fail then.
    @return: the queries that are still on their way, and the connections.
    @raise CommandError: for a name that is none, and where nobody else is there to be asked.
    """
    tree = running.tree
    thing = _upstream(tree, name)
    alone = sorted(set(_dependent(tree, thing, name)))
    if alone and not force:
        who = f"{name} is all that {' and '.join(alone)} can ask now"
        raise CommandError(f"{who}; --force drains it all the same, and these queries fail")
    if alone and not isinstance(thing, Forward):
        raise CommandError(
            f"{name} is no forward upstream: nobody else can be asked, and nothing can be closed"
        )
    _drain(tree, thing, name, bool(alone))
    return {"name": name, "drained": True, **_left(thing)}


def undrain(running: Running, name: str = "") -> Figures:
    """
    Give an upstream queries as before.

    @param name: that of its section.
    @return: whether it is drained, which it is not.
    @raise CommandError: for a name that is none.
    """
    thing = _upstream(running.tree, name)
    for member in _memberships(running.tree, name):
        member.health.undrain()
    if isinstance(thing, Forward):
        thing.undrain()
    return {"name": name, "drained": False}


def carryOver(before: TreeView, after: TreeView) -> None:
    """What was drained stays so in another tree, where it is still there."""
    for name, refusing in drained(before).items():
        thing = next((each for key, each in _upstreams(after) if key == name), None)
        if thing is not None:
            _drain(after, thing, name, refusing)


def drained(tree: TreeView) -> dict[str, bool]:
    """The upstreams that are drained, by name, and whether they refuse what comes all the same."""
    return {name: _refuses(thing) for name, thing in _upstreams(tree) if isDrained(tree, thing, name)}


def isDrained(tree: TreeView, thing: Any, name: str) -> bool:
    """Whether an upstream is."""
    if isinstance(thing, Forward):
        return thing.drained
    return any(member.state == DRAINED for member in _memberships(tree, name))


def _drain(tree: TreeView, thing: Any, name: str, refusing: bool) -> None:
    for member in _memberships(tree, name):
        member.health.drain()
    if isinstance(thing, Forward):
        thing.drain(_REFUSING if refusing else "")


def _refuses(thing: Any) -> bool:
    return isinstance(thing, Forward) and thing.core.refusing == _REFUSING


def _upstreams(tree: TreeView) -> Iterator[tuple[str, Any]]:
    return ((section.name, thing) for section, thing in tree.parts if section.role == "upstream")


def _upstream(tree: TreeView, name: str) -> Any:
    known = dict(_upstreams(tree))
    if name not in known:
        raise CommandError(f"there is no upstream {name!r}; there are {', '.join(sorted(known))}")
    return known[name]


def _memberships(tree: TreeView, name: str) -> Iterator[Member]:
    """It as a member of each group."""
    for _, group in _upstreams(tree):
        if isinstance(group, Group):
            yield from (each for each in group.members if each.name == name)


def _dependent(tree: TreeView, thing: Any, name: str) -> Iterator[str]:
    """Who has nobody else to ask."""
    titles = {id(part): section.title for section, part in tree.parts}
    for chain, first in tree.chains.items():
        if _inside(first) is thing:
            yield f"[chain {chain}]"
    for asker, asked in tree.behind.items():
        own = _inside(asker)
        if any(_inside(each) is thing for each in asked) and not (
            isinstance(own, Group) and any(_takes(each, name) for each in own.members)
        ):
            yield f"[{titles.get(id(own), 'a stage')}]"


def _takes(member: Member, name: str) -> bool:
    """Whether queries can go to this member in the place of the one of that name."""
    return member.name != name and condition(member) not in (DRAINED, DOWN)


def _inside(resolver: Any) -> Any:
    """What stands behind its guards."""
    return resolver.part if isinstance(resolver, Guard | Containment) else resolver


def _left(thing: Any) -> Figures:
    """What it still has to do."""
    addresses = upstream(thing).get("addresses", {}).values()
    return {
        "in-flight": sum(each["in-flight"] for each in addresses),
        "connections": sum(each.get("connections", {"open": 0})["open"] for each in addresses),
    }
