"""Files that sections name, and that others write: certificates, keys, secrets, lists and zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .ini import Section

_READ = (
    "certificate",
    "key",
    "ca_file",
    "client_ca",
    "cookie_secret",
    "password",
    "secret",
    "zone",
    "lists",
    "allow",
)
"""Keys that name such files, or have some in their values; any key may have matches with C{list:}."""


def namedFiles(section: Section, values: Mapping[str, Any]) -> tuple[Path, ...]:
    """
    Those of a section that has these values.

    A stage C{local} looks after its files itself, and those that the daemon writes are no matter of a reload.
    """
    if section.kind == "local":
        return ()
    read = (*_READ, "file") if section.kind == "zone" else _READ
    found = [file for key in read for file in _paths(values.get(key))]
    found += [file for value in values.values() for file in _lists(value)]
    return tuple(dict.fromkeys(found))


def _paths(value: Any) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _paths(each)
    elif sources := getattr(value, "sources", ()):
        yield from _paths(sources)
    elif isinstance(path := getattr(value, "file", None), Path):
        yield path


def _lists(value: Any) -> Iterator[Path]:
    for word in getattr(value, "lists", ()):
        yield word.file.path
