"""Folders that control sockets stand in: where they are, and whether another user may have made them."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path


def folders(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """
    Where sockets stand whose place is left to us. A daemon takes the first; the command,
    which may be run by someone else, looks into all. Within a unit of systemd both have its.
    """
    given = [Path(each) for each in environ.get("RUNTIME_DIRECTORY", "").split(":") if each]
    if given:
        return given
    run = "/run" if Path("/run").is_dir() else "/var/run"
    found = [Path(run, "dotchain")] if os.geteuid() == 0 else []
    found += [Path(environ["XDG_RUNTIME_DIR"], "dotchain")] if environ.get("XDG_RUNTIME_DIR") else []
    return list(dict.fromkeys([*found, temporary(), Path(run, "dotchain")]))


def temporary() -> Path:
    """That of a user who has none of his own: it bears his number, and stands where all may write."""
    return Path(tempfile.gettempdir(), f"dotchain-{os.geteuid()}")


def prepare(folder: Path) -> None:
    """
    Make the folder of a socket, where it isn't there.

    @raise OSError: where it can't be had, or is another user's: whoever owns it could put
        a socket of his own in the place of ours.
    """
    folder.mkdir(0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    if not isSafe(folder):
        raise PermissionError(0, f"{folder} belongs to another user, or others may write there")


def isSafe(folder: Path) -> bool:
    """Whether nobody but its owner, who is this user or root, may write there."""
    # Where everyone may make one, everyone may make one that leads elsewhere.
    return isOf(folder, os.geteuid(), links=folder != temporary())


def isOf(folder: Path, user: int, links: bool = False) -> bool:
    """
    Whether nobody may write to a folder but this user, or root, whose it is.

    @param links: it may be a symbolic link to such a one.
    """
    try:
        found = folder.stat() if links else folder.lstat()
    except OSError:
        return False
    own = found.st_uid in (0, user)
    return stat.S_ISDIR(found.st_mode) and own and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
