"""What has become of the INI file since the daemon was started, which goes on with what it read then.

The files that it includes are parts of it.
"""

from __future__ import annotations

from typing import Any

from .ini import ConfigError
from .load import load
from .source import Source, again


def changed(started: Source, reactor: Any) -> list[str]:
    """
    Look whether a file still is what it was, and check it where it isn't.

    @param started: the file as it was; one without a name is never looked at.
    @return: what an operator who expects a reload of it must know, a line for each error
        behind it; nothing where the file is the same.
    """
    if not started.file:
        return []
    try:
        found = again(started)
        if found == started:
            return []
        load(found, reactor, dry=True)
    except ConfigError as error:
        return ["no daemon would start with it as it is now", *error.lines]
    return [f"{_which(started, found)} changed and is good, but only a restart takes it"]


def _which(before: Source, after: Source) -> str:
    if before.text != after.text:
        return "it has"
    names = sorted({each.name for each in set(before.included) ^ set(after.included)})
    if len(names) > 1:
        return f"{', '.join(names)} have"
    return f"{names[0]} has" if names else "it has"
