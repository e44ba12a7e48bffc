"""What twistd itself is told, looked over while there is somebody to complain to.

In the background it can tell whoever started it no more than 100 octets of an exception, and
nothing at all where it ends without one.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Told = Mapping[str, Any]
"""twistd's own options, by their long names; another runner of plugins has others."""


def daemonizes(told: Told) -> bool:
    """Whether it is going to the background, where there is no standard error."""
    return "nodaemon" in told and not told["nodaemon"]


def log(told: Told) -> str:
    """The file that the log goes to, or nothing."""
    if told.get("syslog") or told.get("logger") or told.get("logfile") == "-":
        return ""
    return told.get("logfile") or ("twistd.log" if daemonizes(told) else "")


def user(told: Told) -> int | None:
    """The user that root gives up its rights for, or None."""
    wanted = told.get("uid")
    return None if wanted in (None, 0) or os.geteuid() != 0 else int(wanted)


def objections(told: Told) -> Iterator[str]:
    """Each reason for which twistd would fail, in one line."""
    yield from _rights(told)
    if told.get("chroot") is not None:
        # Another tree of files: only from inside can be told what is there.
        return
    if told.get("rundir") and not Path(told["rundir"]).is_dir():
        yield f"twistd --rundir: there is no folder {told['rundir']}"
    for option, name in (("pidfile", told.get("pidfile")), ("logfile", log(told))):
        if name and (why := _unwritable(Path(name).absolute())):
            yield f"twistd --{option} {name}: {why}"


def _rights(told: Told) -> Iterator[str]:
    uid, gid = told.get("uid"), told.get("gid")
    if os.geteuid() != 0:
        for option, wanted, own in (("uid", uid, os.getuid()), ("gid", gid, os.getgid())):
            if wanted not in (None, own):
                yield f"twistd --{option} {wanted}: only root can give up its rights for others'"
    if uid is not None and gid is None and not _isUser(uid):
        yield f"twistd --uid {uid}: there is no such user on this system; name a --gid too"


def _isUser(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _unwritable(file: Path) -> str:
    """Why a file can't be written, or nothing."""
    if file.is_dir():
        return "is a folder"
    if file.exists():
        return "" if os.access(file, os.W_OK) else "this user may not write to it"
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}"
    return "" if os.access(file.parent, os.W_OK | os.X_OK) else f"this user may make no file in {file.parent}"
