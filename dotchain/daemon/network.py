"""The parts of a daemon are told what becomes of its network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger

from ..config.tree import Tree
from ..upstreams.networkattachment import NetworkAttachment
from ..upstreams.routewatch import RouteWatch


class NetworkWatch(RouteWatch):
    """
    Whoever has connections is told of each change, whoever keeps answers of another network.

    C{networkChanged} and C{enterNetwork} of a part are called, where it has them.
    """

    _log = Logger()

    def __init__(
        self,
        tree: Tree,
        reactor: Any,
        notices: Callable[[], Any],
        attachment: NetworkAttachment | None = None,
    ) -> None:
        """
        @param notices: opens the socket that tells of changes of the network, or None.
        @param attachment: tells the network that this host is in.
        """
        super().__init__(reactor, self._tellParts, notices)
        self._tree = tree
        self._attachment = attachment or NetworkAttachment()

    def startService(self) -> None:
        """Tell the parts, which may not have begun, where they are; and listen."""
        self._attachment.moved()
        self._enter(False)
        super().startService()

    def _tellParts(self) -> None:
        self._toParts("networkChanged")
        if self._attachment.moved():
            self._enter(True)

    def _enter(self, moved: bool) -> None:
        """What fronts remember of the last network goes, too."""
        self._toParts("enterNetwork", self._attachment.mark, moved)
        if moved:
            for front in self._tree.fronts:
                front.thing.forget()

    def _toParts(self, what: str, *arguments: Any) -> None:
        for part in self._tree.parts:
            if hasattr(part.thing, what):
                # The others must still be told.
                with self._log.failuresHandled("{part} does not cope with it", part=part.section.title):
                    getattr(part.thing, what)(*arguments)
