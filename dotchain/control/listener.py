"""The control socket itself: made, given to its users, and taken away at the end."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, cast

from twisted.internet import tcp, unix
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from .folder import prepare

_OWNER, _OWNER_AND_GROUP = 0o600, 0o660


class SocketPlaceView(Protocol):
    """Where the socket of one daemon is to be: a L{SocketPlace<dotchain.config.place.SocketPlace>}."""

    @property
    def path(self) -> Path:
        """Its path."""

    @property
    def group(self) -> int | None:
        """The group that may use it, or None."""

    @property
    def demanded(self) -> bool:
        """Whether the operator has named the place, and not left it to us."""


class SocketFactory(Protocol):
    """What answers at such a socket."""

    @property
    def MOST(self) -> int:
        """How many connections there may be."""

    def stop(self) -> None:
        """End all of them."""


class ControlPort(unix.Port):
    """A UNIX socket whose file may be in a folder that the process can't write to any more."""

    def __init__(
        self, path: Path, factory: SocketFactory, reactor: Any, lost: Callable[[Failure], object]
    ) -> None:
        """@param lost: called when it is closed."""
        super().__init__(os.fsencode(path), cast("IProtocolFactory", factory), factory.MOST, _OWNER, reactor)
        self._path = path
        self._lost = lost

    def connectionLost(self, reason: Failure) -> None:
        """See L{IReadDescriptor<twisted.internet.interfaces.IReadDescriptor>}."""
        with suppress(OSError):
            self._path.unlink()
        tcp.Port.connectionLost(self, reason)
        self._lost(reason)


class ControlSocket:
    """The socket of one daemon."""

    _log = Logger()

    def __init__(self, place: SocketPlaceView | None, factory: SocketFactory, reactor: Any) -> None:
        """@param place: where it is to be, or None for no socket."""
        self._place = place
        self._factory = factory
        self._reactor = reactor
        self._port: ControlPort | None = None

    @property
    def path(self) -> Path | None:
        """Where it is; None while it is nowhere."""
        return None if self._place is None or self._port is None else self._place.path

    def bind(self, user: int | None = None) -> None:
        """
        Listen; twistd may still be root.

        @param user: whom root is about to become, who may use it, too.
        @raise OSError: where it can't be had.
        """
        place = self._place
        if place is None:
            return
        if not place.demanded:
            prepare(place.path.parent)
        elif not place.path.parent.is_dir():
            raise FileNotFoundError(0, f"there is no folder {place.path.parent}")
        clear(place.path)
        # Twisted sets the mode before it listens.
        port = ControlPort(place.path, self._factory, self._reactor, self._lost)
        try:
            unix.Port.startListening(port)
        except CannotListenError as error:
            raise error.socketError from None
        self._port = port
        os.chown(place.path, -1 if user is None else user, -1 if place.group is None else place.group)
        if place.group is not None:
            place.path.chmod(_OWNER_AND_GROUP)

    def abandon(self) -> None:
        """Take it away at once, where no reactor is ever going to run."""
        port, self._port = self._port, None
        if port is not None:
            port.connectionLost(connectionDone)

    def _lost(self, reason: Failure) -> None:
        """Where nobody has closed it, it is opened again."""
        if self._port is None:
            return
        self._port = None
        try:
            self.bind()
        except OSError as error:
            why = error.strerror or str(error)
            self._log.error("the control socket is lost, and can't be opened again: {why}", why=why)
        else:
            self._log.error("the control socket was lost, and is opened again: {reason}", reason=reason.value)

    def stop(self) -> Deferred[None] | None:
        """
        Take it away.

        @return: fires when it is gone.
        """
        self._factory.stop()
        port, self._port = self._port, None
        return None if port is None else tcp.Port.stopListening(port)


def clear(path: Path) -> None:
    """
    Remove a socket that a daemon left behind.

    @raise OSError: where something else is there, or a daemon still answers.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(0, f"{path} is there, and is no socket")
    if answers(path):
        raise FileExistsError(0, "another daemon listens there; give each a control of its own")
    path.unlink()


def answers(path: Path) -> bool:
    """
    Whether a daemon listens at a socket.

    @raise OSError: where that can't be found out: no permission, no such file.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except (BlockingIOError, TimeoutError):
            # Its backlog is full, so that somebody is there.
            return True
        return True
