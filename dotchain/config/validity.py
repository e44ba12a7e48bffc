"""What is wrong with a class that is to be a kind, and with what was made of it, before a query meets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from inspect import signature
from typing import Any

from twisted.application.service import IService

from ..contract.faults import BUGS
from ..contract.terms import CONTRACT
from ..options import REQUIRED, Option
from ..resolver import Stage, Upstream
from .calls import isBase, misfits

ROLES = ("stage", "upstream")

# What the base classes keep, beside their methods.
_OURS = frozenset(("counters", "kind", "next", "options", "reactor", "relay", "replays", "role", "section"))
_SERVICES = frozenset(("name", "parent", "running"))


def objection(kind: type[Any]) -> str:
    """What is wrong with a class, behind its name; nothing where all is well."""
    return next(_objections(kind), "")


def _objections(kind: type[Any]) -> Iterator[str]:
    role = getattr(kind, "role", None)
    if role not in ROLES:
        yield f": its role is {role!r}, which is neither stage nor upstream"
    options = getattr(kind, "options", None)
    if not isinstance(options, Mapping):
        yield ": its options are no mapping of names to dotchain.api.Option"
        return
    for key, option in options.items():
        if why := _wrong(key, option):
            yield f": its option {key!r} {why}"
    yield from _collisions(kind, options)
    yield from _miscounted(kind, options)
    yield from _idle(kind)
    yield from misfits(kind)


def _wrong(key: Any, option: Any) -> str:
    """What is wrong with one of the options that a kind declares."""
    if not isinstance(key, str):
        return "has a name that is no text"
    if not key or len(key.split()) != 1 or key != key.strip() or "=" in key:
        return "has a name that no line of an INI file can begin with"
    if not isinstance(option, Option):
        return f"is {option!r}, which is no dotchain.api.Option"
    read: Any = option.read
    if not callable(read):
        return f"has {read!r} in place of what reads its values"
    default: Any = option.default
    if not (default is None or default is REQUIRED or isinstance(default, str)):
        return f"has the default {default!r}: write it as text, {str(default)!r}, as in the file"
    doc: Any = option.doc
    if not isinstance(doc, str):
        return f"has {doc!r} in place of a line that explains it"
    share: Any = option.share
    return "" if callable(share) else f"has {share!r} in place of what shares its value among workers"


def _collisions(kind: type[Any], options: Mapping[str, Option]) -> Iterator[str]:
    """Options that would stand in the place of something else."""
    if "kind" in options:
        yield ": its option 'kind' is the key that names the kind of a section"
    for key in options if kind.role == "stage" else ():
        if key in CONTRACT:
            yield f": its option {key!r} is a key that every stage has; call it otherwise"
    names = {key: key.replace("-", "_") for key in options}
    for name, count in Counter(names.values()).items():
        if count > 1:
            both = " and ".join(repr(key) for key in names if names[key] == name)
            yield f": its options {both} are one attribute, {name!r}"
    if issubclass(kind, (Stage, Upstream)):
        own = _parameters(kind)
        for key, name in names.items():
            if name not in own and _taken(kind, name):
                yield f": its option {key!r} takes the place of its attribute {name!r}; call it otherwise"


def _taken(kind: type[Any], name: str) -> bool:
    if name in _OURS or (name in _SERVICES and IService.implementedBy(kind)):
        return True
    found = getattr(kind, name, None)
    return callable(found) or isinstance(found, property)


def _parameters(kind: type[Any]) -> set[str]:
    """What the constructor takes by itself, and so may keep under another name."""
    try:
        return {each.name for each in signature(kind.__init__).parameters.values()} - {"next", "reactor"}
    except (TypeError, ValueError):
        return set()


def _miscounted(kind: type[Any], options: Mapping[str, Option]) -> Iterator[str]:
    counters = getattr(kind, "counters", ())
    if isinstance(counters, str) or not isinstance(counters, Sequence | frozenset | set):
        yield f": its counters are {counters!r}, no list of names of attributes"
        return
    for name in counters:
        if not isinstance(name, str) or not name.isidentifier():
            yield f": its counter {name!r} is no name of an attribute"
        elif name in {key.replace("-", "_") for key in options}:
            yield f": its counter {name!r} is an option, too"


def _idle(kind: type[Any]) -> Iterator[str]:
    resolve = getattr(kind, "resolve", None)
    if resolve is not None and resolve not in (Stage.resolve, Upstream.resolve):
        return
    named = {name for base in kind.__mro__ if not isBase(base) for name in vars(base) if name[:1] != "_"}
    own = sorted(name for name in named if callable(getattr(kind, name)))
    meant = "".join(f"; is {name!r} meant to be it?" for name in get_close_matches("resolve", own, 1))
    yield f" has no method resolve of its own, and so does nothing{meant}"


def unmade(made: Any) -> str:
    """What is wrong with a stage or upstream that was made just now and lacks what its base class sets."""
    if not isinstance(made, Stage | Upstream):
        return ""
    given = ("next", "reactor") if isinstance(made, Stage) else ("reactor",)
    if all(hasattr(made, name) for name in given):
        return ""
    return f"its constructor does not call super().__init__({', '.join(given)}, **options)"


def uncounted(made: Any) -> Iterator[str]:
    """
    What is wrong with the counters of something that was made just now.

    What raises when it is read is told where they are read.
    """
    for name in getattr(made, "counters", ()):
        try:
            value = getattr(made, name)
        except AttributeError:
            yield f"its counter {name!r} is no attribute; set it to 0 in the class or in the constructor"
        except BUGS:
            continue
        else:
            if not isinstance(value, int | float):
                yield f"its counter {name!r} is {value!r}, which is no number"
