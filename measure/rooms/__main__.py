"""C{python -m measure.rooms}: who imports whom, as the import linter sees it."""

from __future__ import annotations

import argparse
import sys

import grimp

from .drawing import drawing
from .house import House


def main() -> int:
    """
    Draw.

    @return: the exit status: 0; 1 where there is a circle.
    """
    parser = argparse.ArgumentParser(
        prog="python -m measure.rooms",
        description="The rooms of a package, floor by floor, with how often each imports which others.",
    )
    parser.add_argument("package", nargs="?", default="dotchain", help="(%(default)s)")
    package = parser.parse_args().package
    graph = grimp.build_graph(package.partition(".")[0], cache_dir=None)
    if package not in graph.modules:
        parser.error(f"there is no package {package!r}")
    house = House(graph, package)
    sys.stdout.write(drawing(house))
    return 1 if house.circles else 0


if __name__ == "__main__":
    sys.exit(main())
