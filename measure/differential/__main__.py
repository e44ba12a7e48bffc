"""C{python -m measure.differential}: see docs/transparency.rst."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.interop.certificates import authority, leaf
from tests.interop.conftest import Credentials

from .report import told
from .run import SERVERS, run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m measure.differential",
        description="The same queries to a nameserver directly and through dotchain, and what differs.",
    )
    parser.add_argument("--queries", type=int, default=20_000, metavar="N", help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 31), metavar="N")
    parser.add_argument("--server", choices=SERVERS, action="append", help="(both)")
    return parser.parse_args()


def main() -> int:
    """
    Compare and print.

    @return: the exit status: 0; 1 where a difference has no rule or a program is missing.
    """
    given = _arguments()
    status = 0
    # As on Ctrl-C, all daemons are ended before we end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ca = authority()
        server = leaf(ca, addresses=["127.0.0.1"])
        files = Credentials(ca, server, ca.write(folder, "ca").certificate, server.write(folder, "dns"))
        for name in given.server or SERVERS:
            began = time.monotonic()
            try:
                tally = run(folder, name, given.seed, given.queries, files)
            except (pytest.skip.Exception, pytest.fail.Exception) as why:
                sys.stderr.write(f"{why}\n")
                return 1
            sys.stdout.write(f"{name}, seed {given.seed}, {given.queries} queries, ")
            sys.stdout.write(f"{time.monotonic() - began:.0f} s\n{told(tally)}\n")
            status |= bool(tally.faults)
    return status


if __name__ == "__main__":
    sys.exit(main())
