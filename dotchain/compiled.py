"""The compiled build (docs/install.rst): whether this is one, and what mypyc is told of a class."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, client

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
else:

    def mypyc_attr(**_):
        """
        How a class is compiled, with nothing to do once it is, or isn't.

        C{allow_interpreted_subclasses}: classes that are not compiled may inherit from it.
        """
        return lambda made: made


__all__ = ["COMPILED", "VERSION", "mypyc_attr"]

COMPILED = not client.__file__.endswith(".py")
"""Whether what every query goes through is compiled."""


def told(file: Path) -> str:
    """
    What operators are told behind the version's number.

    @param file: where installing without compiling leaves the reason; in a checkout there is none.
    """
    if COMPILED:
        return " (compiled)"
    with suppress(OSError):
        return f" (interpreted: {file.read_text('utf-8').strip()})"
    return ""


VERSION = f"{__version__}{told(Path(__file__).with_name('interpreted.txt'))}"
"""What operators are told."""
