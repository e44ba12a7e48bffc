"""What has become of the INI file since the daemon was started, which goes on with what it read then."""

from __future__ import annotations

from typing import Any

from . import ini
from .ini import ConfigError, Source
from .load import load


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
        found = ini.again(started)
        if found.text == started.text:
            return []
        load(found, reactor, dry=True)
    except ConfigError as error:
        return ["no daemon would start with it as it is now", *error.lines]
    return ["it has changed and is good, but only a restart takes it"]
