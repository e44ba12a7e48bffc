"""Methods of a class that is to be a kind, held against how they are called."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, Signature, getattr_static, iscoroutinefunction, signature
from typing import Any

from twisted.application.service import IService

# The arguments of each call.
_CALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "resolve": (("query",),),
    "attempt": (("query",),),
    "explain": (("query",),),
    "before": (("next",),),
    "through": (("change",),),
    "reload": ((),),
    "warnings": ((),),
    "flush": ((), ("name",)),
    "flushBelow": (("name",),),
}
_SERVICE_CALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "privilegedStartService": ((),),
    "startService": ((),),
    "stopService": ((),),
}

# Whose results are wanted at once.
_PROMPT = frozenset(("attempt", "explain", "before", "through", "warnings", "flush", "flushBelow"))


def isBase(base: type[Any]) -> bool:
    """Whether what a class has of this one came with dotchain or what that is made of."""
    return base.__module__.startswith(("dotchain.", "twisted.", "builtins"))


def misfits(kind: type[Any]) -> Iterator[str]:
    """What is wrong with the methods that a class has of its author, each behind the name of the class."""
    calls = _CALLS | _SERVICE_CALLS if IService.implementedBy(kind) else _CALLS
    for name, ways in calls.items():
        owner = next((base for base in kind.__mro__ if name in vars(base)), None)
        if owner is None or isBase(owner):
            continue
        method = getattr(kind, name)
        if not callable(method):
            yield f": its {name} is {method!r}, which is no method"
        elif name in _PROMPT and iscoroutinefunction(method):
            yield f": its method {name} is an async def, and is called where nobody can wait"
        else:
            yield from _uncallable(kind, name, ways)


def _uncallable(kind: type[Any], name: str, ways: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The first call that the method can't take, if it tells what it takes."""
    method = getattr(kind, name)
    # What a class method or a static one is called with has no self in it.
    itself = () if isinstance(getattr_static(kind, name), classmethod | staticmethod) else ("self",)
    try:
        taken = signature(method)
    except (TypeError, ValueError):
        return
    for way in ways:
        try:
            taken.bind(*itself, *way)
        except TypeError as error:
            written = f"{name}({', '.join(way)})"
            yield f": its method {name}{_bare(taken)} can't be called as {written}: {error}"
            return


def _bare(taken: Signature) -> Signature:
    """The same without types."""
    parameters = [each.replace(annotation=Parameter.empty) for each in taken.parameters.values()]
    return taken.replace(parameters=parameters, return_annotation=Signature.empty)
