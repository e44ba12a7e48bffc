"""What C{dotchain top} shows, as rich draws it: the whole of a daemon in one frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.text import Text

from ..status.finding import ERROR, WARNING
from ..status.snapshot import Snapshot
from ..status.words import lasting, milliseconds, number, octets, percent
from .presentation import clean
from .toptables import tables

_STYLES = {ERROR: "bold red", WARNING: "bold yellow", "well": "bold green"}
_BARS = " ▁▂▃▄▅▆▇█"
_PIPED = 120
# Of the screen what is wrong is to have a third at most, some four lines for each.
_LINES_A_FINDING = 12


class TopView:
    """Frames, one after the other; remembers how many queries there were in the last ones."""

    MOMENTS = 60

    def __init__(self) -> None:
        self._rates: deque[float] = deque(maxlen=self.MOMENTS)

    def remember(self, seen: Snapshot) -> None:
        """One more of them, for the bars."""
        if seen.rate is not None:
            self._rates.append(seen.rate)

    def frame(
        self, seen: Snapshot, width: int, gone: str | None = None, height: int | None = None
    ) -> RenderableType:
        """
        What is to be seen now.

        @param width: of the screen, in columns.
        @param gone: why there is nothing newer than this, where that is so.
        @param height: of the screen, in lines; None where there is no end.
        """
        told = len(seen.sorts) if height is None else max(height // _LINES_A_FINDING, 1)
        parts = [*_head(seen), *_condition(seen, gone, told), self._figures(seen), *tables(seen, width)]
        return Group(*parts)

    def _figures(self, seen: Snapshot) -> Text:
        process = seen.stats["process"]
        parts = [
            ("queries", f"{number(seen.rate)}/s"),
            ("from cache", percent(seen.cacheRatio)),
            ("processor", percent(seen.processorShare)),
            ("memory", octets(_together(process, "memory-octets"))),
            ("open files", f"{_together(process, 'open-files'):.0f}"),
            ("behind", milliseconds(process["loop-lag-ms"])),
        ]
        text = Text("\n")
        for label, value in parts:
            text.append(f"{label}\u00a0".replace(" ", "\u00a0"), "dim").append(
                value.replace(" ", "\u00a0"), "bold"
            ).append("   ")
        if len(self._rates) > 1:
            text.append("\n").append(sparkline(self._rates), "cyan")
            text.append(f"  most {number(max(self._rates))}/s", "dim")
        return text


def printed(seen: Snapshot) -> str:
    """One frame as it goes to a file, or to a terminal that it leaves."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED)
    with console.capture() as drawn:
        console.print(TopView().frame(seen, console.width))
    return "".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines())


def sparkline(values: deque[float]) -> str:
    """A bar for each value, the highest one full; a bar that is there at all stands for something."""
    most = max(values)
    if not most:
        return _BARS[1] * len(values)
    return "".join(_BARS[max(1, round(each / most * (len(_BARS) - 1)))] for each in values)


def _head(seen: Snapshot) -> Iterator[Text]:
    process = seen.stats["process"]
    workers = process.get("workers")
    words = [
        f"with {clean(process['configuration'])}",
        f"up {lasting(process['uptime-seconds'])}",
        f"process {process['pid']}",
        *([f"{len(workers)} workers"] if workers else []),
        seen.at.astimezone().strftime("%H:%M:%S"),
    ]
    yield Text.assemble((f"dotchain {process['version']}", "bold"), ("  " + ", ".join(words), "dim"))


def _condition(seen: Snapshot, gone: str | None, told: int) -> Iterator[Text]:
    """
    All is well, or what is not.

    @param told: so many of the worst things have more than a line.
    """
    if gone is not None:
        words = f"Old, as nobody answers since {seen.at.astimezone():%H:%M:%S}: {gone}; trying again"
        yield Text(words, "bold red reverse")
        return
    if not seen.sorts:
        yield Text(clean(seen.sentence), _STYLES["well"])
    for place, finding in enumerate(seen.sorts):
        text = Text(f"{finding.level.upper()} ", _STYLES[finding.level]).append(clean(str(finding)), "bold")
        if finding.detail and place < told:
            text.append(f"\n  {clean(finding.detail)}", "not bold")
        if finding.remedy and place < told:
            text.append(f"\n  -> {clean(finding.remedy)}", "not bold")
        yield text


def _together(process: dict[str, object], key: str) -> float:
    """The sum of all processes."""
    workers = process.get("workers")
    each = [process, *(workers.values() if isinstance(workers, dict) else ())]
    return float(sum(one.get(key) or 0 for one in each))
