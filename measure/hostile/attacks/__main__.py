"""C{python -m measure.hostile.attacks NAME EFFORT TARGET}: one attack, as a process of its own."""

from __future__ import annotations

import json
import os
import sys

from .attack import Effort, Target
from .catalogue import ATTACKS

# What the attackers take of the processors is nothing that a server far away would lack.
_BEHIND = 10


def main(name: str, effort: str, target: str) -> None:
    """Attack, and print what was done."""
    os.setpriority(os.PRIO_PROCESS, 0, min(os.getpriority(os.PRIO_PROCESS, 0) + _BEHIND, 19))
    done = ATTACKS[name].run(Target(*json.loads(target)), Effort(*json.loads(effort)))
    sys.stdout.write(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
