"""Where the control socket is: the daemon and the command look for it in the same way."""

from __future__ import annotations

import grp
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from ..control.folder import folders, isOf, isSafe, temporary
from ..options import Value, path
from .ini import Section
from .source import sectionsOf

NONE = "none"
"""The value of C{control} that wants no socket."""

# A folder for each user who is logged in or whose services run.
_USERS = Path("/run/user")

# Octets of a UNIX socket's path on every system, the final NUL among them.
_LONGEST = 104


def named(text: Value) -> Path | str:
    """A path that a UNIX socket can have, or C{none}."""
    if text == NONE:
        return NONE
    found = path(text)
    if len(os.fsencode(found)) >= _LONGEST:
        raise ValueError(f"{str(found)!r} is too long: a socket's path has {_LONGEST - 1} octets at the most")
    return found


def group(text: str) -> int:
    """A group of this system, by its name or number."""
    try:
        return int(text) if text.isdigit() else grp.getgrnam(text).gr_gid
    except KeyError:
        raise ValueError(f"there is no group {text!r} on this system") from None


class SocketPlace(NamedTuple):
    """
    Where one daemon's socket is to be.

    @ivar group: the group that may use it, or None.
    @ivar section: C{[dotchain]}, to blame.
    """

    path: Path
    group: int | None
    section: Section

    @property
    def demanded(self) -> bool:
        """Whether the operator has named the place, and not left it to us."""
        return "control" in self.section.values


def planned(file: str, section: Section, values: Mapping[str, Any]) -> SocketPlace | None:
    """
    The place for a daemon that is started here, or None for no socket.

    @param values: those of the section.
    """
    wanted = values.get("control")
    if wanted == NONE:
        return None
    return SocketPlace(wanted or folders()[0] / _name(file), values.get("control_group"), section)


def _name(file: str) -> str:
    """C{agg-1f2e3d4c.sock}: several daemons, and files of one name in several folders, are told apart."""
    whole = os.fsencode(Path(file).resolve())
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", Path(file).stem)[:32]
    return f"{stem}-{blake2b(whole, digest_size=4).hexdigest()}.sock"


def _looked() -> list[Path]:
    """Where the command looks: in a folder that anyone may have made only if it is safe."""
    return [each for each in folders() if each != temporary() or isSafe(each)]


def others(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """
    Where root finds the sockets of other users' daemons; nobody else may use them.

    A user may have a socket there that is no daemon's, so these come after root's own.
    """
    if os.geteuid() != 0 or environ.get("RUNTIME_DIRECTORY"):
        return []
    temporary = Path(tempfile.gettempdir())
    found = [(each, each.parent.name) for each in sorted(_USERS.glob("*/dotchain"))]
    found += [(each, each.name.rpartition("-")[2]) for each in sorted(temporary.glob("dotchain-*"))]
    return [each for each, user in found if user.isdigit() and user != "0" and isOf(each, int(user))]


def ofFile(file: str) -> list[Path]:
    """
    Where the socket of the daemon that runs an INI file may be; nothing where it has none.

    @raise ConfigError: where the file can't be read.
    @raise ValueError: where its C{control} is wrong.
    """
    text = next((each.values.get("control") for each in sectionsOf(file) if each.title == "dotchain"), None)
    if text is None:
        elsewhere = [folder / _name(file) for folder in others()]
        return [folder / _name(file) for folder in _looked()] + [each for each in elsewhere if each.exists()]
    found = named(text)
    return [found] if isinstance(found, Path) else []


def everywhere() -> list[Path]:
    """The sockets of all daemons whose place was left to us, dead ones among them; not other users'."""
    return _sockets(_looked())


def elsewhere() -> list[Path]:
    """For root, those of other users' daemons."""
    return _sockets(others())


def _sockets(folders: Iterable[Path]) -> list[Path]:
    return sorted(each for folder in folders for each in folder.glob("*.sock"))
