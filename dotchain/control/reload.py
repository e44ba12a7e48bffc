"""C{reload}: what SIGHUP does, and how it went."""

from __future__ import annotations

from typing import Any

from .running import Running

DONE = "reloaded"
"""What is told of a part that was read anew."""


async def reload(running: Running, plan: bool = False) -> dict[str, Any]:
    """
    Take the INI file as it is now, and read certificates, CAs, zones and lists anew.

    Each worker's result has the same parts; merged, an error of any is the one that counts.

    @param plan: only tell what the INI file as it is now would change.
    @return: C{plan}, with what becomes of each section; or C{parts}: each that can be read anew, by its
        section, with L{DONE} or why it kept its old state; and the INI file, by its name, where it can't be
        taken. C{warnings}, where there are any: a line for each that there was none of before.
    """
    if plan:
        return await running.plan()
    outcomes = await running.reload()
    # Of several parts of one section the last counts, so those that failed come last.
    parts = {title: why or DONE for title, why in sorted(outcomes, key=lambda each: each[1] or "")}
    warnings = running.newWarnings()
    return {"parts": parts, "warnings": [*warnings]} if warnings else {"parts": parts}
