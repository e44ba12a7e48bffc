"""C{flush}: forget answers that are kept, here or on all machines that share them."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TookTooLong

from ..valkey.away import Away
from .forgetting import disregard, forget, sharing
from .running import CommandError, Running

_WITHIN = 1.5
"""Seconds that a server of theirs has: a worker has not much more for the whole."""


def flush(running: Running, name: str = "", below: bool = False, everywhere: bool = False) -> Any:
    """
    Forget: see L{forget}. What is shared with other machines stays where it is, and is not found from here.

    Results of several workers become one by L{merged<dotchain.control.merge.merged>}: each
    counts what it has forgotten.

    @param everywhere: have all machines do so that share answers with this one, or with others that it
        shares some with.
    @return: how many answers each stage has forgotten, by its name; with C{everywhere} a Deferred of it. Of
        stages that share answers there is a mapping: C{told}, how many processes were told, or
        C{error}, why none was: then this one has forgotten alone.
    @raise CommandError: see L{forget}; where no stage shares anything.
    """
    if not everywhere:
        disregard(running, name, below)
        return forget(running, name, below)
    return Deferred.fromCoroutine(_everywhere(running, name, below))


async def _everywhere(running: Running, name: str, below: bool) -> dict[str, Any]:
    found = sharing(running)
    if not found:
        raise CommandError(
            "no stage here shares answers with other machines, so that none is told: --everywhere wants a"
            " stage of kind 'shared'"
        )
    # First of all: or a cache that has forgotten would find there what it has to forget.
    disregard(running, name, below)
    told = {each: await _told(thing, name, below, running.reactor) for each, thing in found.items()}
    return {**forget(running, name, below), **told}


async def _told(thing: Any, name: str, below: bool, reactor: Any) -> dict[str, Any]:
    telling: Deferred[int] = Deferred.fromCoroutine(thing.flushEverywhere(name, below))
    try:
        return {"told": await telling.addTimeout(_WITHIN, reactor)}
    except TookTooLong:
        return {"error": f"its server has not answered within {_WITHIN:g} s"}
    except Away as error:
        return {"error": error.reason}
