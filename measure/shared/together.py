"""How often machines that share ask for names in use: C{python -m measure.shared.together}."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.interop.daemon import until
from tests.interop.dotchain import Dotchain
from tests.interop.ports import HOST, freePort
from tests.interop.valkeyserver import ValkeyServer

from ..queryloss.report import rows
from .crowd import Crowd
from .slowupstream import SlowUpstream

WAYS = ("claims", "no claims", "not shared")
_STREAM = "dotchain:flushes"
# What twistd runs where machines are to make no claims.
_UNCLAIMED = """
from dotchain.stages.shared.claims import Claims
Claims.begin = lambda self, core, waiting, value: core.ask(waiting)
from twisted.scripts.twistd import run
run()
"""


class Plan(NamedTuple):
    """
    What is asked.

    @ivar names: how many there are, each asked C{rate} times a second of each machine, for C{seconds}.
    @ivar ttl: seconds that an answer lives, and C{delay}, those that the upstream takes for it.
    """

    names: int = 20
    rate: float = 10.0
    ttl: int = 5
    delay: float = 0.03
    seconds: float = 20.5


class Machine(Dotchain):
    """
    A caching forwarder.

    @ivar port: of UDP.
    """

    def __init__(self, folder: Path, way: str, upstream: int, valkey: int) -> None:
        self.port = freePort()
        self._way = way
        # Look-ups have time: it is not the load of this machine that is to be counted.
        shared = (
            f"[stage shared]\nserver = valkey://{HOST}:{valkey}\nsecret = of all machines\ntimeout = 1s\n"
        )
        isShared = way != WAYS[2]
        folder.mkdir()
        super().__init__(
            folder,
            f"""
[front lan]
listen = udp://{HOST}:{self.port}
chain = home

[chain home]
path = cache coalesce {"shared" * isShared} out

{shared * isShared}
[upstream out]
address = udp://{HOST}:{upstream}
""",
        )

    def command(self) -> list[str]:
        """Where it is to make no claims, its C{Claims} are others."""
        python, option, code, *words = super().command()
        return [python, option, _UNCLAIMED if self._way == WAYS[1] else code, *words]


class Seen(NamedTuple):
    """
    What came of it.

    @ivar sent: queries of clients, and C{lost}, those without an answer.
    @ivar asked: queries of the upstream.
    @ivar late: seconds within which 99 of 100 were answered.
    """

    sent: int
    lost: int
    asked: int
    late: float


def run(way: str, machines: int, plan: Plan, folder: Path) -> Seen:
    """So many machines, this way."""
    with ExitStack() as stack:
        upstream = stack.enter_context(SlowUpstream(plan.ttl, plan.delay))
        server = stack.enter_context(ValkeyServer(folder / "valkey"))
        fleet = [
            stack.enter_context(Machine(folder / f"m{each}", way, upstream.port, server.port))
            for each in range(machines)
        ]
        if way != WAYS[2]:
            until(lambda: server.say("PUBSUB", "NUMSUB", _STREAM) == [_STREAM.encode(), machines])
        before = upstream.asked
        crowd = Crowd([each.port for each in fleet], plan.names)
        crowd.ask(plan.rate, plan.seconds)
        took = sorted(crowd.took)
        late = took[int(len(took) * 0.99)] if took else 0.0
        return Seen(crowd.sent, crowd.sent - len(took), upstream.asked - before, late)


def main(given: list[str] | None = None) -> int:
    """
    Run all, and print a table.

    @return: the exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m measure.shared.together", description=__doc__)
    add = parser.add_argument
    add("--machines", type=int, nargs="+", default=[1, 2, 4], metavar="N", help="how many (1 2 4)")
    add("--ways", nargs="+", default=list(WAYS), choices=WAYS, metavar="WAY", help=", ".join(WAYS))
    for name, value in Plan()._asdict().items():
        add(f"--{name}", type=type(value), default=value, metavar="N", help="%(default)s")
    read = parser.parse_args(given)
    plan = Plan(*(getattr(read, name) for name in Plan._fields))
    lines = [["Machines", "Way", "Clients' queries", "Unanswered", "Upstream's queries", "p99 in ms"]]
    for machines in read.machines:
        for way in read.ways:
            with tempfile.TemporaryDirectory() as folder:
                seen = run(way, machines, plan, Path(folder))
            figures = f"{seen.sent}", f"{seen.lost}", f"{seen.asked}", f"{1000 * seen.late:.1f}"
            lines.append([f"{machines}", way, *figures])
            sys.stderr.write(f"{' '.join(lines[-1])}\n")
            sys.stderr.flush()
    sys.stdout.write(rows(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
