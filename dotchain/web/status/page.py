"""The status page, as a resource: at most twice a second made anew, however many look at it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from twisted.web.server import NOT_DONE_YET

from ...status.snapshot import Snapshot
from ..asking import Asking, Said
from ..pages import Page, answerWith, send
from ..request import Request
from .view import FORMATS, view

HTML = "text/html; charset=utf-8"

_FOLDER = Path(__file__).parent


class StatusPage(Page):
    """The page itself; nothing of it comes from elsewhere, and each text in it is escaped."""

    def __init__(
        self, asking: Asking, now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    ) -> None:
        """@param now: the time of day."""
        super().__init__()
        style, script = _read("style.css"), _read("script.js")
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        environment.filters.update(FORMATS)
        environment.globals.update(style=Markup(style), script=Markup(script))  # noqa: S704 - files of ours
        self._template = environment.from_string(_read("page.html"))
        self._silent = environment.from_string(_read("silent.html"))
        self._policy = _policy(style, script)
        self._now = now
        self._looks: list[Snapshot] = []
        self._kept = asking.together((*Snapshot.VERBS, "chain"), self._made)

    def render_GET(self, request: Request) -> int:
        """See L{Page}."""
        request.setHeader("Content-Security-Policy", self._policy)
        answerWith(self._kept, lambda said: send(self._forPeople(said), request), request)
        return NOT_DONE_YET

    def _forPeople(self, said: Said) -> Said:
        """Where the daemon could not be asked, a page that says why and asks again, instead of an object."""
        if said.kind == HTML:
            return said
        text = self._silent.render(error=json.loads(said.octets)["error"])
        return Said(said.code, text.encode(), HTML)

    def _made(self, told: Mapping[str, Any]) -> Said:
        seen = self._look(told)
        return Said(200, self._template.render(view(seen)).encode(), HTML)

    # Seconds from which on rates of two looks tell something, and after which they tell of no now.
    SHORT, LONG = 0.9, 30.0

    def _look(self, told: Mapping[str, Any]) -> Snapshot:
        """Beside an earlier look that is neither too young nor too old."""
        at = self._now()
        kept = [each for each in self._looks if (at - each.at).total_seconds() <= self.LONG]
        before = [each for each in kept if (at - each.at).total_seconds() >= self.SHORT]
        seen = Snapshot(told, at, before[-1] if before else None)
        # Those between are for who asks again soon.
        self._looks = [*before[-1:], *(each for each in kept if each not in before), seen]
        return seen


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """What this page may do: its own script and style, by what is in them, and to ask its own site again."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
