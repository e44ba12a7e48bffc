"""The page C{/metrics}: what the daemon counts, in the formats of Prometheus and OpenMetrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from twisted.web.server import NOT_DONE_YET

from ..clockwork.histogram import BOUNDS
from ..control.metrics.family import COUNTER, GAUGE, HISTOGRAM, Family, Told, Value
from ..control.metrics.metrics import FAMILIES
from .asking import Asking, Said
from .pages import Page, answerWith, send
from .request import Request

Encoder = Callable[[CollectorRegistry], bytes]


class Samples:
    """
    A collector of prometheus_client's, of what the daemon has told at one moment.

    Rendered once for each format that is wanted.
    """

    # What C{Accept} may ask for differs in versions and ways to escape: strangers choose among few.
    FORMATS = 4

    def __init__(self, told: Told) -> None:
        self._told = told
        self._rendered: dict[str, bytes] = {}

    def collect(self) -> Iterator[Metric]:
        """See C{prometheus_client.registry.Collector}; a family without samples is left out."""
        for name, family in FAMILIES.items():
            if samples := self._told.get(name):
                made = _empty(family)
                for labels, value in samples:
                    _add(made, family, labels, value)
                yield made

    def page(self, accept: str) -> Said:
        """
        All metrics in the format that is wanted.

        @param accept: the header of that name.
        """
        encoder, kind = _format(accept)
        if kind not in self._rendered and len(self._rendered) >= self.FORMATS:
            encoder, kind = _format("")
        if kind not in self._rendered:
            self._rendered[kind] = encoder(self._registry())
        return Said(200, self._rendered[kind], kind)

    def _registry(self) -> CollectorRegistry:
        made = CollectorRegistry(auto_describe=False)
        made.register(self)
        return made


def _format(accept: str) -> tuple[Encoder, str]:
    try:
        return choose_encoder(accept)
    except ValueError:
        # A version that is none.
        return choose_encoder("")


_KINDS: dict[str, Callable[..., Any]] = {
    COUNTER: CounterMetricFamily,
    GAUGE: GaugeMetricFamily,
    HISTOGRAM: HistogramMetricFamily,
}


def _empty(family: Family) -> Any:
    return _KINDS.get(family.kind, SummaryMetricFamily)(family.name, family.doc, labels=family.labels)


def _add(made: Any, family: Family, labels: list[str], value: Value) -> None:
    if not isinstance(value, dict):
        made.add_metric(labels, value)
        return
    counts, total = value["counts"], value["sum"]
    if family.kind == HISTOGRAM:
        bounds = [*map(str, BOUNDS), "+Inf"]
        sums = [sum(counts[: place + 1]) for place in range(len(counts))]
        made.add_metric(labels, buckets=list(zip(bounds, sums, strict=True)), sum_value=total)
    else:
        made.add_metric(labels, count_value=sum(counts), sum_value=total)


class MetricsPage(Page):
    """The page."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._kept = asking.kept("metrics", Samples)

    def render_GET(self, request: Request) -> int:
        """See L{Resource}."""
        answerWith(self._kept, lambda found: _page(found, request), request)
        return NOT_DONE_YET


def _page(found: Samples | Said, request: Request) -> None:
    """What the daemon can't tell is told as elsewhere."""
    said = found.page(request.getHeader("accept") or "") if isinstance(found, Samples) else found
    send(said, request)
