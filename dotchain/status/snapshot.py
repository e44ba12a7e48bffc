"""One look at a daemon, and what it says beside the look before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, cast

from .alike import alike
from .certificates import Certificate, certificateFindings, certificates
from .durations import FRONT, NOTHING, STAGE, Durations, durations, sinceStart
from .finding import ERROR, Finding
from .findings import loadFindings, processFindings, reloadFindings, sentence, servingFindings
from .fleetfindings import fleetFindings
from .interval import Interval
from .rows import (
    AddressRow,
    FrontRow,
    MemberRow,
    StageRow,
    addressRows,
    cacheRatio,
    frontRows,
    memberRows,
    stageRows,
)
from .upstreamfindings import upstreamFindings

Figures = Mapping[str, Any]


class Snapshot:
    """
    How a daemon is at one moment.

    @cvar VERBS: the commands of the control socket by which it is made.
    @ivar told: what each of them said.
    @ivar at: the time of day then.
    @ivar interval: from the look before until then.
    """

    VERBS: ClassVar[tuple[str, ...]] = ("stats", "upstreams", "health", "metrics", "fleet")

    def __init__(self, told: Figures, at: datetime, before: Snapshot | None) -> None:
        """@param before: an earlier one, for rates; None where there is none."""
        self.told = told
        self.at = at
        self.interval = Interval(before.stats if before else None, self.stats)
        self._before = before.told.get("metrics") if before and self.interval.seconds else None

    @property
    def stats(self) -> Figures:
        """What C{stats<dotchain.control.stats.stats>} said."""
        return cast("Figures", self.told["stats"])

    @property
    def upstreams(self) -> Figures:
        """What C{upstreams<dotchain.control.upstreams.upstreams>} said."""
        return cast("Figures", self.told["upstreams"])

    @property
    def fleet(self) -> Figures:
        """What C{fleet<dotchain.control.fleet.fleet.fleet>} said: the machines that share answers."""
        return cast("Figures", self.told.get("fleet", {}))

    @cached_property
    def findings(self) -> list[Finding]:
        """What is wrong, the worst first."""
        found = [
            *servingFindings(self.told.get("health", {})),
            *upstreamFindings(self.upstreams),
            *loadFindings(self.stats, self.interval),
            *processFindings(self.stats),
            *reloadFindings(self.stats["process"].get("reload-failures", ()), self.at),
            *certificateFindings(self.certificates),
            *fleetFindings(self.fleet),
        ]
        return sorted(found, key=lambda each: each.level != ERROR)

    @cached_property
    def sorts(self) -> list[Finding]:
        """The same for people: what is said of many things is one."""
        return alike(self.findings)

    @property
    def sentence(self) -> str:
        """How it is, in one sentence."""
        return sentence(self.stats, self.upstreams, self.sorts)

    @cached_property
    def certificates(self) -> list[Certificate]:
        """The certificates of fronts and upstreams, the one first that ends first."""
        return sorted(certificates(self.told.get("metrics", {}), self.at), key=lambda each: each.days)

    @property
    def level(self) -> str:
        """C{well}, or the level of the worst finding."""
        return self.findings[0].level if self.findings else "well"

    @cached_property
    def fronts(self) -> list[FrontRow]:
        """The fronts."""
        return list(frontRows(self.stats, self.interval, self._took(FRONT)))

    @cached_property
    def stages(self) -> list[StageRow]:
        """The stages."""
        # One query in 64 is measured: between two looks there may be none.
        lately, ever = self._took(STAGE), sinceStart(STAGE, self.told.get("metrics", {}))
        took = {
            labels: lately[labels] if lately.get(labels, NOTHING).mean else each
            for labels, each in ever.items()
        }
        return list(stageRows(self.stats, self.interval, took))

    def _took(self, family: str) -> dict[tuple[str, ...], Durations]:
        return durations(family, self._before, self.told.get("metrics", {}))

    @cached_property
    def addresses(self) -> list[AddressRow]:
        """The addresses of upstreams."""
        return list(addressRows(self.upstreams, self.interval, self.at))

    @cached_property
    def members(self) -> list[MemberRow]:
        """The members of groups."""
        return list(memberRows(self.upstreams, self.interval))

    @property
    def rate(self) -> float | None:
        """Queries a second of all fronts; None where not known."""
        known = [each.rate for each in self.fronts if each.rate is not None]
        return sum(known) if known else None

    @property
    def mean(self) -> float | None:
        """Milliseconds until an answer, of all fronts, where the chain was asked."""
        took = list(self._took(FRONT).values())
        number = sum(sum(each.counts) for each in took)
        return sum(each.seconds for each in took) / number * 1000 if number else None

    @property
    def cacheRatio(self) -> float | None:
        """The share of hits of all caches, where one was asked lately."""
        return cacheRatio(self.stages)

    @property
    def processorShare(self) -> float | None:
        """How much of one processor it takes, all its processes together."""
        process = self.stats["process"]
        paths = [("process",), *(("process", "workers", each) for each in process.get("workers", {}))]
        shares = [self.interval.rate(*path, "cpu-seconds") for path in paths]
        known = [each for each in shares if each is not None]
        return sum(known) if known else None

    def asJson(self) -> dict[str, Any]:
        """What L{json} can write, for programs."""
        return {
            "at": self.at.isoformat(timespec="milliseconds"),
            "interval-seconds": round(self.interval.seconds, 3),
            "level": self.level,
            "sentence": self.sentence,
            "findings": [each.asJson() for each in self.findings],
            "rates": _rounded(self.interval.rates()),
            "stats": self.stats,
            "upstreams": self.upstreams,
        }


def _rounded(rates: Any) -> Any:
    if isinstance(rates, dict):
        return {key: _rounded(value) for key, value in rates.items()}
    return None if rates is None else round(rates, 3)
