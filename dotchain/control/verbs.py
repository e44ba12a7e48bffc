"""The commands that the control socket knows, and what may be said with each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .audit import audit
from .chain import chain
from .drain import drain, undrain
from .explain import explain
from .fleet.fleet import fleet
from .flush import flush
from .health import health
from .loglevel import logLevel
from .metrics.metrics import metrics
from .reload import reload
from .running import CommandError, Running
from .stats import stats
from .upstreams import upstreams


class Verb(NamedTuple):
    """
    One command.

    @ivar run: from the running daemon to what L{json} can write, now or as a Deferred.
    @ivar arguments: the types of its named arguments; each may be left out.
    """

    run: Callable[..., Any]
    arguments: Mapping[str, type] = {}


VERBS = {
    "audit": Verb(audit),
    "chain": Verb(chain),
    "drain": Verb(drain, {"name": str, "force": bool}),
    "explain": Verb(
        explain,
        {
            **dict.fromkeys(("name", "type", "client", "front", "transport", "sni", "identity"), str),
            **dict.fromkeys(("dnssec", "dry"), bool),
        },
    ),
    "fleet": Verb(fleet),
    "flush": Verb(flush, {"name": str, "below": bool, "everywhere": bool}),
    "health": Verb(health),
    "log-level": Verb(logLevel, {"level": str}),
    "metrics": Verb(metrics),
    "reload": Verb(reload, {"plan": bool}),
    "stats": Verb(stats),
    "undrain": Verb(undrain, {"name": str}),
    "upstreams": Verb(upstreams),
}


_TYPES = {str: "a text", bool: "true or false"}


def run(running: Running, line: bytes) -> Any:
    """
    Carry out one line: a JSON object with C{verb} and its arguments.

    @return: what L{json} can write, or a Deferred of it.
    @raise CommandError: where the line makes no sense, or the command can't be carried out.
    """
    name, arguments = understood(line)
    return VERBS[name].run(running, **arguments)


def understood(line: bytes) -> tuple[str, dict[str, Any]]:
    """
    The verb of a line, and its arguments.

    @raise CommandError: where the line makes no sense.
    """
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise CommandError("a line is one JSON object") from None
    if not isinstance(said, dict):
        raise CommandError("a line is one JSON object")
    name = said.pop("verb", None)
    verb = VERBS.get(name) if isinstance(name, str) else None
    if verb is None:
        raise CommandError(f"verb is none of {', '.join(VERBS)}")
    for key, value in said.items():
        wanted = verb.arguments.get(key)
        if wanted is None:
            known = ", ".join(verb.arguments)
            raise CommandError(
                f"{name} takes no {key}; {f'it takes {known}' if known else 'it takes nothing'}"
            )
        if type(value) is not wanted:
            raise CommandError(f"{key} is to be {_TYPES[wanted]}")
    return name, said
