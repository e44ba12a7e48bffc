"""The status that the process ends with."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import atexit
from dotchain.daemon.exiting import exitWith
atexit.register(print, "others are not called")
exitWith(1)
print("told", end="")
"""


def test_status() -> None:
    """Who has asked for a status gets it, though the program ends well, and what was printed is not lost."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "told")
