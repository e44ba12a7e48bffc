"""C{dotchain audit}."""

from __future__ import annotations

import json
from typing import Any

from dotchain.commands.grading import grade, marks

from .daemon import DaemonCase

NONE: dict[str, Any] = {
    "queries": 10,
    **dict.fromkeys(("clear", "private", "local", "bare", "handshakes", "unauthenticated", "downgraded"), 0),
    "encrypted": 10,
    "versions": {"TLSv1.3": 2},
    "ecs": False,
}


class AuditTests(DaemonCase):
    """Grades."""

    def test_grades(self) -> None:
        """Each thing that was seen costs something; the worst counts."""
        for seen, wanted in (
            ({}, "A"),
            ({"local": 5}, "A"),
            ({"clear": 5}, "F"),
            ({"clear": 5, "downgraded": 5}, "D"),
            ({"unauthenticated": 1, "bare": 1}, "C"),
            ({"private": 1}, "B"),
            ({"bare": 1}, "B"),
            ({"ecs": True}, "B"),
            ({"versions": {"TLSv1.3": 1, "TLSv1.2": 1}}, "B"),
        ):
            self.assertEqual(grade(marks({**NONE, **seen})), wanted, seen)

    def test_printed(self) -> None:
        """Grades, what was seen, and what to do; an upstream that was not asked has none."""
        found = {
            "quad9": NONE,
            "other": {**NONE, "unauthenticated": 2, "handshakes": 2},
            "idle": {**NONE, "queries": 0},
        }
        self.assertEqual(
            self.printed("audit", found),
            "A  quad9: 10 queries; handshakes: TLSv1.3 2\n"
            "C  other: 10 queries; handshakes: TLSv1.3 2\n"
            "   2 of 2 TLS handshakes with nobody knows whom\n"
            "     -> name or pin-sha256, and profile = strict\n"
            "-  idle: 0 queries; handshakes: TLSv1.3 2\n"
            "\n"
            "C  in all\n",
        )

    def test_bad(self) -> None:
        """Clear text on the Internet is a negative result; programs get it all."""
        self.answering({"result": {"plain": {**NONE, "clear": 3}}})
        status, stdout, _ = self.call("audit", "--json", "--socket", str(self.path))
        found = json.loads(stdout)
        self.assertEqual(
            (status, found["grade"], found["upstreams"]["plain"]["marks"][0]["grade"]), (1, "F", "F")
        )

    def test_nothing(self) -> None:
        """Before the first query there is nothing to tell."""
        self.assertIn("nothing was asked yet", self.printed("audit", {"a": {**NONE, "queries": 0}}))
