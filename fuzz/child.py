"""
One target under atheris, in a process of its own, which libFuzzer ends.

Run by L{fuzz.run} as C{python -m fuzz.child TARGET LIBFUZZER'S-OPTIONS-AND-FOLDERS}.
"""

from __future__ import annotations

import sys

import atheris


def main() -> None:
    """All that is imported from here on is instrumented."""
    with atheris.instrument_imports(include=["dotchain"]):
        from .targets import TARGETS  # noqa: PLC0415
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name].tries)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
