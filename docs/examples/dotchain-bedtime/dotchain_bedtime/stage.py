"""The stage C{bedtime}."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dotchain.api import (
    EDE_PROHIBITED,
    REQUIRED,
    Domains,
    IResolver,
    Match,
    Option,
    OptionError,
    Query,
    Reactor,
    Remark,
    Result,
    Stage,
    domains,
    match,
    path,
)


class Bedtime(Stage):
    """Refuses what some devices ask for at night."""

    kind = "bedtime"
    options = {
        "file": Option(
            path,
            REQUIRED,
            "a line for each device: NAME MATCH, such as: tablet client:10.0.0.7 time:20:00-07:00",
        ),
        "except": Option(domains, "", "names that may be asked for all the same, with all below them"),
    }
    counters = ("refused",)
    file: Path

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        # "except" is no name that an attribute can have.
        self._excepted: Domains = options.pop("except", Domains())
        super().__init__(next, reactor, **options)
        self.refused = 0
        self._devices: list[tuple[str, Match]] = []
        self.reload()

    def reload(self) -> None:
        """Read the file anew: C{dotchain reload}, HUP. What it raises is told, and the old state stays."""
        try:
            self._devices = list(self._read())
        except (OSError, ValueError) as error:
            raise OptionError("file", f"{self.file}: {error}") from None

    def _read(self) -> Iterator[tuple[str, Match]]:
        for number, line in enumerate(self.file.read_text(encoding="utf-8").splitlines(), 1):
            name, _, text = line.partition("#")[0].strip().partition(" ")
            try:
                found = match(text)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
            if name and not found.words:
                raise ValueError(f"line {number}: {name} has no match such as client:10.0.0.7")
            if name:
                yield name, found

    def warnings(self) -> list[Remark]:
        """What C{dotchain check} warns of."""
        if self._devices:
            return []
        return [Remark.of("file", f"{self.file} names no device, and so nothing is refused")]

    def resolve(self, query: Query) -> Result:
        """See L{Stage.resolve}."""
        if not self._who(query):
            return self.next(query)
        self.refused += 1
        return query.refuse(EDE_PROHIBITED, "not at this hour")

    def _who(self, query: Query) -> str:
        """The device that asks and must not; nothing for others."""
        device = next((name for name, found in self._devices if found.holds(query)), "")
        return "" if device and query.within(self._excepted) else device

    def explain(self, query: Query) -> str:
        """What C{dotchain explain} tells."""
        device = self._who(query)
        return f"{device} has to sleep" if device else ""
