"""dotchain beside names that are never answered, in little time."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from measure.bench.methods.figures import FAILED, LOST, TO_ALONE
from measure.bench.methods.silence import RATE, Silence
from measure.bench.plan import QUICK, Plan
from measure.bench.roles import FORWARDING
from measure.bench.scenarios import silent
from measure.bench.site import Site


def test_measured(tmp_path: Path) -> None:
    """Beside names that are not answered all others are, and their p99 is told with and without them."""
    with ExitStack() as stack:
        site = Site(tmp_path, stack)
        silent(site, stack)
        candidate = stack.enter_context(site.running(FORWARDING["dotchain"](site)))
        figures = Silence(QUICK, tmp_path).measure(candidate).figures
    assert set(figures) == {figure.name for figure in Silence.figures}
    assert figures[LOST.name] == figures[FAILED.name] == 0
    assert figures[TO_ALONE.name] == figures["p99 µs"] / figures["p99 µs alone"]


def test_rate(tmp_path: Path) -> None:
    """1,000 a second, or as many as the option says; none waits for another's answer."""
    made = [Silence(Plan(rate=rate), tmp_path) for rate in (0, 50)]
    assert [one.rate for one in made] == [RATE, 50]
    assert made[0].load.flight > 2 * RATE
