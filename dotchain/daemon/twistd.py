"""What twistd itself is told, looked over while there is somebody to complain to.

In the background it can tell whoever started it no more than 100 octets of an exception, and
nothing at all where it ends without one.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from twisted.logger import ILogObserver, Logger, textFileLogObserver

from ..contract.faults import unusable
from ..control.reloads import Reloaded
from .jsonlog import jsonLogObserver
from .logfile import Log
from .logthreshold import LogThreshold
from .rootcleanup import RootCleanup

_log = Logger("dotchain")

Told = Mapping[str, Any]
"""twistd's own options, by their long names; another runner of plugins has others."""


class Twistd(NamedTuple):
    """
    What a daemon has of the twistd that runs it.

    @ivar terminal: standard error of who has started it, where twistd takes it away before the start
        is over; None where it stays what it is.
    @ivar log: the file that is logged to, or None.
    @ivar threshold: what it holds back; None where twistd was told of a log that is none of ours.
    @ivar user: the user that root gives up its rights for, or None.
    @ivar pidfile: the file with the process's number, or None.
    """

    terminal: TextIO | None = None
    log: Log | None = None
    threshold: LogThreshold | None = None
    user: int | None = None
    pidfile: Path | None = None

    def install(self, application: Any, form: str) -> None:
        """
        Have the log go to the file that is open, and not to one that twistd opens.

        @param form: C{text} or C{json}.
        """
        if self.threshold is not None:
            file: Any = self.log or sys.stdout
            observer = jsonLogObserver(file) if form == "json" else textFileLogObserver(file)
            application.setComponent(ILogObserver, self.threshold.before(observer))

    def letGo(self) -> None:
        """The start is over: leave the terminal alone."""
        if self.terminal is not None:
            self.terminal.close()

    def reopenLog(self) -> Reloaded:
        """
        Find the log again where it was moved.

        @return: what stands for it among the outcomes of a reload: nothing where all is well.
        """
        if self.log is not None:
            try:
                self.log.reopen()
            except OSError as error:
                return [(str(self.log.path), unusable(error))]
        return []

    def rotateLog(self) -> None:
        """Begin a new file of the log; where it has none, there is nothing to do."""
        if self.log is not None:
            try:
                self.log.rotate()
            except OSError as error:
                _log.error("the log keeps its old file: {why}", why=unusable(error))

    def keepTidy(self, sockets: Sequence[Path]) -> None:
        """
        Have the files of this process removed at its end: the user that it becomes may not be able to.

        @param sockets: UNIX sockets of operators.
        """
        files = [str(file) for file in (self.pidfile, *sockets) if file is not None]
        if self.user is not None and files:
            try:
                RootCleanup(files)
            except OSError as error:
                _log.warn("{files} will stay at the end: {why}", files=" ".join(files), why=unusable(error))


def taken(told: Told) -> Twistd:
    """
    What there is to be had.

    @raise OSError: where the log can't be opened.
    """
    who, name, pidfile = user(told), log(told), told.get("pidfile")
    opened = Log(Path(name)) if name else None
    if opened is not None and who is not None:
        opened.give(who)
    terminal = _terminal() if daemonizes(told) else None
    threshold = LogThreshold() if opened is not None or _logsHere(told) else None
    return Twistd(terminal, opened, threshold, who, Path(pidfile).absolute() if pidfile else None)


def _logsHere(told: Told) -> bool:
    """Whether the log goes to standard output, be it that nobody has said anything."""
    return "nodaemon" in told and not (told.get("syslog") or told.get("logger"))


def _terminal() -> TextIO | None:
    try:
        return os.fdopen(os.dup(2), "w", errors="backslashreplace")
    except OSError:
        return None


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
