"""Where operators and their programs ask the daemon: the control socket and the web site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, DeferredList, maybeDeferred

from ..config.ini import Problem
from ..config.tree import Tree
from ..control.listener import ControlSocket
from ..control.protocol import ControlFactory
from ..web.webports import WebError, WebPorts


class NoOperatorSocket(Exception):
    """
    An address that the operator has demanded, and that can't be had.

    @ivar problem: what to tell.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class OperatorSockets:
    """Those of one daemon."""

    def __init__(self, tree: Tree, carryOut: Callable[[bytes], Any], reactor: Any) -> None:
        """@param carryOut: does what a line of the control socket wants."""
        self._tree = tree
        self._control = ControlSocket(tree.control, ControlFactory(carryOut, reactor), reactor)
        site = tree.web
        self._web = WebPorts(site.addresses if site else (), site and site.group, carryOut, reactor)

    @property
    def files(self) -> list[Path]:
        """The UNIX sockets that are there."""
        control = self._control.path
        return [*([] if control is None else [control]), *self._web.files]

    @property
    def web(self) -> list[str]:
        """Where the web site is."""
        return [str(each) for each in self._web.open]

    def bind(self, user: int | None) -> None:
        """
        Listen.

        @param user: whom root is about to become, who may use UNIX sockets, too.
        @raise NoOperatorSocket: where one can't be had. Without the control socket, where the operator left
            its place to us, the daemon can do, which is a warning of the tree.
        """
        place = self._tree.control
        try:
            self._control.bind(user)
        except OSError as error:
            assert place is not None
            text = f"cannot listen on {place.path}: {error.strerror or error}"
            if place.demanded:
                raise NoOperatorSocket(place.section.problem("control", text)) from None
            problem = place.section.problem("", f"no control socket: {text}")
            self._tree.warnings.append(problem)
        try:
            self._web.bind(user)
        except WebError as error:
            assert self._tree.web is not None
            raise NoOperatorSocket(self._tree.web.section.problem("web", str(error))) from None

    def abandon(self) -> None:
        """Take them away at once, where no reactor is ever going to run."""
        self._control.abandon()
        self._web.abandon()

    def stop(self) -> Deferred[Any]:
        """
        Close them.

        @return: fires when that is done.
        """
        return DeferredList([maybeDeferred(self._control.stop), self._web.stop()], consumeErrors=True)
