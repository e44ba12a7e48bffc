"""Tests in the file: what C{[test NAME]} sections come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import dns.rcode

from ..config.expectation import (
    ADDRESS,
    BLOCKED,
    BY,
    DROPPED,
    EDE,
    RCODE,
    TO,
    TRUNCATED,
    Expectation,
)
from ..config.ini import Problem, Section
from ..config.scriptreading import NODATA
from ..wire import DROP, ask
from ..wire.codes import NOERROR, TC
from .course import Course
from .rehearsal import Rehearsal


class Tried(NamedTuple):
    """
    What one test came to.

    @ivar section: the test.
    @ivar course: what became of its query.
    @ivar failures: what was expected and did not come.
    """

    section: Section
    course: Course
    failures: list[Problem]


def tried(rehearsal: Rehearsal) -> Iterator[Tried]:
    """Run all tests of a file, in its order."""
    for section, values in rehearsal.tree.tests:
        front = values["front"] or next(iter(rehearsal.fronts))
        wire = ask(values["query"].name, values["query"].type).wire
        rehearsal.begin(values["answer"])
        rehearsal.wall.at = values["time"]
        query = rehearsal.query(
            wire, front, values["client"], values["sni"].lower(), values["identity"].lower()
        )
        course = rehearsal.course(query)
        found = _Found(rehearsal, course)
        failed = [each for each in values["expect"] if not found.holds(each)]
        yield Tried(section, course, list(_failures(section, course, failed)))


def _failures(section: Section, course: Course, failed: Iterable[Expectation]) -> Iterator[Problem]:
    """A line for each; what came, and on which way, stands in the first."""
    came = f", but came {course.outcome}; {course.path}"
    for each in failed:
        problem = section.problem("expect", f"{each.text!r}{came}")
        yield problem._replace(line=each.line or section.line)
        came = " does not hold either"


class _Found:
    """What came, asked for what was expected."""

    def __init__(self, rehearsal: Rehearsal, course: Course) -> None:
        self._chains = rehearsal.tree.chains
        self._course = course
        self._answer = course.answer
        self._records = [
            (kind, [word.lower().removesuffix(".") for word in data.split()]) for kind, data in course.records
        ]

    def holds(self, expected: Expectation) -> bool:
        """Whether it is so, or is not where it must not be."""
        return self._has(expected.subject, expected.value) != expected.negated

    def _has(self, subject: str, value: str) -> bool:
        course, answer = self._course, self._answer
        if subject in (BLOCKED, DROPPED):
            return course.blocked if subject == BLOCKED else answer is DROP
        if subject == BY:
            return value in course.decidedBy
        if subject == TO:
            return self._wasAsked(value)
        return answer is not DROP and self._says(subject, value)

    def _wasAsked(self, name: str) -> bool:
        chain = self._chains.get(name)
        calls = self._course.calls
        upstream = any(
            each.step["name"] == name and getattr(each.part, "role", "") == "upstream" for each in calls
        )
        return upstream or any(each.resolver is chain for each in calls)

    def _says(self, subject: str, value: str) -> bool:
        answer = self._answer
        if subject == NODATA:
            return answer.rcode == NOERROR and answer.negative
        if subject == TRUNCATED:
            return bool(answer.flags & TC)
        if subject == RCODE:
            return dns.rcode.to_text(dns.rcode.Rcode.make(answer.rcode)) == value
        if subject == EDE:
            return any(str(code) == value for code, _ in answer.errors)
        kinds = ("A", "AAAA") if subject == ADDRESS else None
        return any(value in words for kind, words in self._records if kinds is None or kind in kinds)
