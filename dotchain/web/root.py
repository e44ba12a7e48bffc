"""Which page is where."""

from __future__ import annotations

from typing import Any

from twisted.web.resource import Resource

from .asking import Asking, Said, asJson
from .metrics import MetricsPage
from .pages import Folder, KeptPage, Root
from .status.page import StatusPage

TOLD = ("chain", "fleet", "health", "stats", "upstreams")
"""The verbs of the control socket that only tell: C{/api/stats} is what C{stats} says."""


def root(asking: Asking) -> Resource:
    """All pages."""
    told: dict[str, Resource] = {verb: KeptPage(asking.kept(verb, asJson)) for verb in TOLD}
    listed = asJson({"api": [f"/api/{verb}" for verb in TOLD]})
    pages: dict[str, Resource] = {
        "api": Folder(listed, told),
        "health": KeptPage(asking.kept("health", health)),
        "metrics": MetricsPage(asking),
    }
    return Root(StatusPage(asking), pages)


def health(found: Any) -> Said:
    """The state of all fronts, with the status that an orchestrator goes by."""
    return asJson(found, 200 if found["serving"] else 503)
