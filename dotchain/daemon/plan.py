"""What a reload would change, for C{dotchain reload --plan}."""

from __future__ import annotations

from typing import Any

from ..config.ini import ConfigError
from ..config.source import again
from ..config.tree import Tree
from .beside import beside

KEPT, CHANGED, NEW, GONE = "kept", "changed", "new", "gone"


async def planned(tree: Tree, reactor: Any) -> dict[str, Any]:
    """
    Compare a tree with its file as it is now; nothing changes.

    @return: C{plan}, with C{fate} and the C{keys} that differ for each section, in the order of the new file;
        or, where that can't be taken, C{parts} with the reason, as a reload would have it.
    """
    try:
        found = again(tree.source) if tree.source.file else tree.source
        new = tree
        if found != tree.source:
            new = await beside(tree, found, reactor, dry=True)
    except ConfigError as error:
        return {"parts": {tree.file: untakeable(error)}}
    return {"plan": {title: _fate(title, tree, new) for title in {**new.identities, **tree.identities}}}


def _fate(title: str, tree: Tree, new: Tree) -> dict[str, Any]:
    before, after = tree.identities.get(title), new.identities.get(title)
    if before is None or after is None:
        return {"fate": NEW if before is None else GONE, "keys": []}
    keys = after.rewritten(before)
    return {"fate": CHANGED if keys else KEPT, "keys": keys}


def untakeable(error: ConfigError) -> str:
    """What an operator who expects a reload must know, a line for each error behind the first."""
    return "\n".join(["it can't be taken as it is now", *error.lines])
