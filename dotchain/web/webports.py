"""The addresses that the site is at: opened, and closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from ..control.listener import ControlSocket
from .webaddress import WebAddress

if TYPE_CHECKING:
    from .site import WebSite


class UnixPlace(NamedTuple):
    """
    Where a UNIX socket is to be: see L{SocketPlaceView<dotchain.control.listener.SocketPlaceView>}.

    @ivar group: the group that may use it besides the daemon's user, or None.
    """

    path: Path
    group: int | None
    demanded: bool = True


class WebPorts:
    """
    The site of one daemon.

    @ivar open: where it is, with the ports that were free where any would do.
    """

    _log = Logger("dotchain")

    def __init__(
        self,
        addresses: Sequence[WebAddress],
        group: int | None,
        carryOut: Callable[[bytes], Any],
        reactor: Any,
    ) -> None:
        """
        @param group: the group that may use UNIX sockets besides the daemon's user, or None.
        @param carryOut: does what a line of the control socket wants.
        """
        self._addresses = addresses
        self._group = group
        self._carryOut = carryOut
        self._reactor = reactor
        self._site: WebSite | None = None
        self._ports: list[Any] = []
        self._sockets: list[ControlSocket] = []
        self.open: list[WebAddress] = []

    def bind(self, user: int | None = None) -> None:
        """
        Listen; twistd may still be root.

        @param user: whom root is about to become, who may use UNIX sockets, too.
        @raise WebError: where one can't be had.
        """
        if not self._addresses:
            return
        made = self._site = self._made()
        for address in self._addresses:
            try:
                self._bind(address, made, user)
            except OSError as error:
                raise WebError(address, error) from None
            except CannotListenError as error:
                raise WebError(address, error.socketError) from None

    def _made(self) -> WebSite:
        """Whoever has no site must not pay for what it is made of."""
        from .asking import Asking  # noqa: PLC0415
        from .root import root  # noqa: PLC0415
        from .site import WebSite  # noqa: PLC0415

        return WebSite(root(Asking(self._carryOut, self._reactor.seconds)), self._reactor)

    def _bind(self, address: WebAddress, site: WebSite, user: int | None) -> None:
        if address.path is None:
            port = self._reactor.listenTCP(address.port, site, site.MOST, address.host)
            self._ports.append(port)
            self.open.append(address._replace(port=port.getHost().port))
            return
        made = ControlSocket(UnixPlace(address.path, self._group), site, self._reactor)
        made.bind(user)
        self._sockets.append(made)
        self.open.append(address)

    @property
    def files(self) -> list[Path]:
        """The UNIX sockets that are there."""
        return [each.path for each in self._sockets if each.path is not None]

    def abandon(self) -> None:
        """Take UNIX sockets away at once, where no reactor is ever going to run."""
        for each in self._sockets:
            each.abandon()

    def stop(self) -> Deferred[Any]:
        """
        Close all.

        @return: fires when that is done.
        """
        if self._site is not None:
            self._site.stop()
        closing = [maybeDeferred(each.stopListening) for each in self._ports]
        closing += [maybeDeferred(each.stop) for each in self._sockets]
        return DeferredList(closing, consumeErrors=True)


class WebError(Exception):
    """An address that can't be listened on."""

    def __init__(self, address: WebAddress, error: OSError) -> None:
        super().__init__(f"cannot listen on {address}: {error.strerror or error}")
