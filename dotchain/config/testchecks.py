"""The names in C{[test NAME]} sections, held against what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .expectation import BY, TO, Expectation
from .graph import Values
from .hint import close
from .ini import Problem, Section
from .plan import Plan


def unknown(plan: Plan, values: Values) -> list[Problem]:
    """Fronts, stages, upstreams and chains that a test names and that are not there."""
    return [each for test in plan.role("test") for each in _unknown(plan, test, values.get(test, {}))]


def _unknown(plan: Plan, test: Section, found: Mapping[str, object]) -> Iterator[Problem]:
    front = found.get("front")
    fronts = [each.name for each in plan.role("front")]
    if front is not None and front not in fronts:
        yield test.problem("front", f"there is no [front {front}]{close(str(front), fronts)}")
    expected = found.get("expect")
    for each in expected if isinstance(expected, tuple) else ():
        why = _misnamed(plan, each)
        if why:
            yield test.problem("expect", f"{each.text!r}: {why}")._replace(line=each.line)


def _misnamed(plan: Plan, expected: Expectation) -> str:
    if expected.subject == BY:
        return _missing(plan, expected.value, ("stage", "upstream", "front"), "decide")
    return (
        _missing(plan, expected.value, ("upstream", "chain"), "are asked") if expected.subject == TO else ""
    )


def _missing(plan: Plan, name: str, roles: tuple[str, ...], what: str) -> str:
    known = [section.name for role in roles for section in plan.role(role)]
    if name in known:
        return ""
    return f"no such name; {', '.join(f'{role}s' for role in roles[:2])} {what}{close(name, known)}"
