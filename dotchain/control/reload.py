"""C{reload}: what SIGHUP does, and how it went."""

from __future__ import annotations

from .running import CommandError, Running


async def reload(running: Running) -> dict[str, dict[str, str | None]]:
    """
    Read certificates, CAs, zones and lists anew.

    Each worker's result has the same parts; merged, an error of any is the one that counts.

    @return: C{parts}: each that can be read anew, by its section, with None or why it kept its old state.
    @raise CommandError: during the drain.
    """
    outcomes = await running.reload()
    if not outcomes:
        raise CommandError("the daemon is about to end")
    return {"parts": dict(sorted(outcomes, key=lambda outcome: outcome[1] or ""))}
