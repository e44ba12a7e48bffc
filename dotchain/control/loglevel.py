"""C{log-level}: how much the log tells, until the next reload."""

from __future__ import annotations

from .running import CommandError, Running

LEVELS = ("debug", "info", "warn", "error")


def logLevel(running: Running, level: str = "") -> dict[str, str]:
    """
    Let the log have nothing below a level.

    Results of several workers become one by L{merged<dotchain.control.merge.merged>}: all say the same.

    @param level: its name; without one, only tell which it is.
    @return: the level that holds now.
    @raise CommandError: for a level that is none, and where the log is none of ours.
    """
    threshold = running.threshold()
    if threshold is None:
        raise CommandError("twistd was told --syslog or --logger, which log all that there is")
    if level:
        if level not in LEVELS:
            raise CommandError(f"level is none of {', '.join(LEVELS)}")
        threshold.set(level)
    return {"level": threshold.level}
