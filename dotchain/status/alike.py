"""Findings that say the same of many things, as one: a server that many upstreams ask fails once."""

from __future__ import annotations

from collections.abc import Iterable

from .finding import Finding

_FEW = 2
"""So many of a sort stand for themselves."""


def alike(found: Iterable[Finding]) -> list[Finding]:
    """The same, but more than two that differ only in what they are about are one; details name them."""
    sorts: dict[tuple[str, str, str], list[Finding]] = {}
    for each in found:
        sorts.setdefault((each.level, each.text, each.remedy), []).append(each)
    return [each for sort in sorts.values() for each in (sort if len(sort) <= _FEW else [_together(sort)])]


def _together(sort: list[Finding]) -> Finding:
    first, *others = sort
    details = [f"{each.subject}: {each.detail}" if each.detail else each.subject for each in others]
    subject = f"{first.subject} and {len(others)} more"
    return first._replace(subject=subject, detail="; ".join(filter(None, [first.detail, *details])))
