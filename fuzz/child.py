"""
One target under atheris, in a process of its own, which libFuzzer ends.

Run by L{fuzz.run} as C{python -m fuzz.child MODULE TARGET LIBFUZZER'S-OPTIONS-AND-FOLDERS}.
"""

from __future__ import annotations

import sys
from importlib import import_module

import atheris


def main() -> None:
    """All that is imported from here on is instrumented, and so it is no more than the target needs."""
    module, name, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["dotchain"]):
        targets = import_module(module).TARGETS
    (tries,) = [each.tries for each in targets if each.name == name]
    atheris.Setup([sys.argv[0], *options], tries)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
