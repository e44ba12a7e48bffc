"""A parser of command lines that tells what a mistyped word was meant to be."""

from __future__ import annotations

import argparse
from typing import Any

from ..config.hint import close


class Parser(argparse.ArgumentParser):
    """The parser of the command, and of each of its verbs."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            hint = close(str(value), map(str, action.choices or ()))
            raise argparse.ArgumentError(action, f"{error.message}{hint}") from None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """See L{argparse.ArgumentParser}; what a verb does not know is told with its own usage."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            hint = close(rest[0].partition("=")[0], self._option_string_actions)
            self.error(f"unrecognized arguments: {' '.join(rest)}{hint}")
        return found, rest
