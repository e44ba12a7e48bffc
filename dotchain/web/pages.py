"""The pages of the site, as resources of twisted.web."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError
from twisted.web.http import NOT_FOUND
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from .asking import Said
from .kept import Kept
from .request import Request

T = TypeVar("T")


class Page(Resource):
    """One page; below it is nothing."""

    def getChild(self, path: bytes, request: Any) -> Resource:
        """See L{Resource}."""
        return Missing()


class Missing(Page):
    """What is not there."""

    def render(self, request: Request) -> int:
        """See L{Resource}."""
        request.refuse(NOT_FOUND, "there is /, /metrics, /health and /api/")
        return NOT_DONE_YET


class Fixed(Page):
    """One that is always the same."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self._said = said

    def render_GET(self, request: Request) -> int:
        """See L{Resource}."""
        send(self._said, request)
        return NOT_DONE_YET


class KeptPage(Page):
    """One that is a kept answer."""

    def __init__(self, kept: Kept[Said]) -> None:
        super().__init__()
        self._kept = kept

    def render_GET(self, request: Request) -> int:
        """See L{Resource}."""
        answerWith(self._kept, lambda said: send(said, request), request)
        return NOT_DONE_YET


class Folder(Fixed):
    """One with others below it; with a slash at its end it is the same."""

    def __init__(self, said: Said, pages: dict[str, Resource]) -> None:
        super().__init__(said)
        for name, page in {"": Fixed(said), **pages}.items():
            self.putChild(name.encode(), page)


class Root(Page):
    """The pages of the site below the first one."""

    def __init__(self, first: Resource, pages: dict[str, Resource]) -> None:
        super().__init__()
        for name, page in {"": first, **pages}.items():
            self.putChild(name.encode(), page)


def answerWith(kept: Kept[T], answer: Callable[[T], object], request: Request) -> None:
    """
    Answer a request as soon as something is known.

    @param answer: does so.
    """
    found = kept.get()
    found.addCallbacks(answer, lambda failure: failure.trap(CancelledError))
    # Who is gone waits no more.
    request.notifyFinish().addErrback(lambda _: found.cancel())


def send(said: Said, request: Request) -> None:
    """Answer with a page."""
    request.setResponseCode(said.code)
    request.answer(said.octets, said.kind)
