"""The compiled build (docs/install.rst): whether this is one, and what mypyc is told of a class."""

from __future__ import annotations

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

VERSION = f"{__version__} (compiled)" if COMPILED else __version__
"""What operators are told."""
