"""The policy stages as a site has them: routes, a list, private addresses denied, a limit that is far off."""

from __future__ import annotations

from pathlib import Path

PATH = "route block answers limit"
"""All of them, in the order in which they stand before the cache."""

LISTED = 100_000
"""Names on the list of a site."""

_ROUTES = 12


def sections(path: str, folder: Path, listed: int = LISTED) -> str:
    """
    The sections of those that stand in a path, with what they need.

    @param folder: where the list is written.
    @param listed: how many names are on it; none is asked for.
    """
    wanted = path.split()
    found = [text(folder, listed) for stage, text in _SECTIONS.items() if stage in wanted]
    return "\n".join(found)


def _route(folder: Path, listed: int) -> str:
    branches = "\n        ".join(f"corp{number}.example -> office" for number in range(_ROUTES))
    return f"[stage route]\nrules = {branches}\n\n[upstream office]\naddress = tcp://127.0.0.1:5302\n"


def _block(folder: Path, listed: int) -> str:
    file = folder / "ads.txt"
    file.write_text("".join([f"ads{number}.tracker{number % 1000}.example\n" for number in range(listed)]))
    return f"[stage block]\nlists = {file}\n"


def _answers(folder: Path, listed: int) -> str:
    return "[stage answers]\ndeny = private\n"


def _limit(folder: Path, listed: int) -> str:
    return "[stage limit]\nrate = 1000000/s\n"


_SECTIONS = {"route": _route, "block": _block, "answers": _answers, "limit": _limit}
