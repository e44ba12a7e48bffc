"""Tests of a stage block whose lists are files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dotchain.stages.block.stage import Block
from dotchain.testing import StageCase
from dotchain.wire.codes import EDE_BLOCKED

from ...folders import folder

GOOD = "www.example.org. 300 IN A 192.0.2.1"
"""What the next resolver says of every name."""


class BlockCase(StageCase):
    """
    Stages whose lists are files.

    @ivar folder: where these are.
    """

    def setUp(self) -> None:
        self.folder = folder(self)

    def file(self, name: str, *lines: str) -> Path:
        """Write a list."""
        file = self.folder / name
        file.write_text("".join(f"{line}\n" for line in lines))
        return file

    def block(self, *lines: str, script: Any = (GOOD,), **options: str) -> Block:
        """A stage with one list, C{ads.txt}."""
        return self.made(Block, *script, lists=str(self.file("ads.txt", *lines)), **options)

    def passed(self, stage: Block, name: str) -> bool:
        """Whether a query is passed on; else it must be answered as blocked."""
        before = len(self.next.asked)
        answer = self.answered(stage, f"{name} A")
        if len(self.next.asked) == before:
            self.assertEqual([code for code, _ in answer.errors], [EDE_BLOCKED])
            return False
        self.assertEqual(answer.errors, ())
        return True
