"""What was meant by a line that no INI file has."""

from __future__ import annotations

import re

INCLUDE = "another file is read where [dotchain] has a key 'include = FILE'"

KEYS = {
    "include": f"unknown key: {INCLUDE}",
    "ticket-secret": "can't be had: Python's ssl has no way to set the keys of session tickets; a balancer "
    "that gives a client the same machine each time has sessions resumed (docs/fronts.rst)",
}
"""What to say of keys that no section has, and that somebody will look for all the same."""

_INCLUDE = re.compile(r"[@!%$]?include\b.*", re.IGNORECASE)
_PAIR = re.compile(r"([a-z][a-z0-9-]*)(?:\s*:\s*|\s+)(\S.*)")
_KEY = re.compile(r"([a-z][a-z0-9-]*)\s*=\s*(.*)")


def isInclude(line: str) -> bool:
    """Whether another program would read another file there."""
    return bool(_INCLUDE.fullmatch(line))


def pair(line: str) -> tuple[str, str] | None:
    """The key and the value of a line that has no C{=} between them."""
    found = _PAIR.fullmatch(line)
    return (found[1], found[2]) if found and "=" not in found[2] else None


def key(line: str) -> tuple[str, str] | None:
    """The key and the value of a line that looks like both, and continues a value."""
    found = _KEY.fullmatch(line)
    return (found[1], found[2]) if found else None


def header(line: str, roles: tuple[str, ...]) -> tuple[str, str] | None:
    """The role and the name of a line that is almost a header, where there is such a role."""
    words = re.findall(r"[A-Za-z0-9._-]+", line)
    if not words or words[0] not in roles:
        return None
    if words[0] == "dotchain":
        return words[0], ""
    return (words[0], "-".join(words[1:])) if words[1:] else None
