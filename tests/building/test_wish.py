"""What is said of compiling."""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from building.wish import VARIABLE, Wish, wish


class WishTests(SynchronousTestCase):
    """L{wish}."""

    def said(self, value: str | None) -> Wish:
        """The wish where the variable has a value, or isn't there."""
        environment = {name: each for name, each in os.environ.items() if name != VARIABLE}
        self.patch(os, "environ", environment if value is None else {**environment, VARIABLE: value})
        return wish()

    def test_values(self) -> None:
        """0 is never, 1 always; nothing, and an empty value, leave it to what is there."""
        self.assertIs(self.said("0"), Wish.NEVER)
        self.assertIs(self.said("1"), Wish.ALWAYS)
        self.assertIs(self.said(None), Wish.WHERE_POSSIBLE)
        self.assertIs(self.said(""), Wish.WHERE_POSSIBLE)

    def test_mistake(self) -> None:
        """Anything else is an error that says what there is, and no guess."""
        for value in ("yes", "2", "true", " 1"):
            ended = self.assertRaises(SystemExit, self.said, value)
            self.assertEqual(ended.code, f"DOTCHAIN_COMPILE is 0, 1 or not set, not {value!r}")
