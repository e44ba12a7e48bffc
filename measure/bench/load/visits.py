"""C{python -m measure.bench.load.visits PORT SECONDS COUNT RESUMES}: TLS clients that come and go.

dnsperf never resumes a session. This prints a JSON object: how many visits there were, how many
of them resumed a session, how many failed, how many there were a second.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from .visit import Visitor

CLIENTS = 16
"""Clients at a time. One alone would tell how long a visit takes, not how many can be served."""


@dataclass
class Visits:
    """
    @ivar done: visits whose question was answered.
    @ivar resumed: those of them that resumed a session.
    @ivar failed: visits without an answer.
    @ivar rate: visits a second that were done.
    """

    done: int = 0
    resumed: int = 0
    failed: int = 0
    rate: float = 0.0

    def add(self, other: Visits) -> None:
        """Count another's visits as well, which were made at the same time."""
        self.done += other.done
        self.resumed += other.resumed
        self.failed += other.failed
        self.rate += other.rate

    def one(self, visitor: Visitor) -> None:
        """Go there and count."""
        try:
            self.resumed += visitor.visit()
            self.done += 1
        except OSError:
            self.failed += 1
            # Whoever refuses connections would be asked a hundred thousand times.
            time.sleep(0.01)


def visit(port: int, seconds: float, count: int, resumes: bool) -> Visits:
    """
    One client comes and goes for so long.

    @param count: as often as this, at a steady pace; 0 for as often as it goes.
    """
    visitor, made = Visitor(port, resumes), Visits()
    begin = time.monotonic()
    while (now := time.monotonic() - begin) < seconds:
        tried = made.done + made.failed
        if count and tried >= count:
            break
        due = tried * seconds / count if count else 0.0
        if now < due:
            time.sleep(due - now)
        made.one(visitor)
    made.rate = made.done / max(time.monotonic() - begin, 0.001)
    return made


def visitAll(port: int, seconds: float, count: int, resumes: bool) -> Visits:
    """The same for all clients, which share the count."""
    shares = [count // CLIENTS + (number < count % CLIENTS) for number in range(CLIENTS)]
    clients = [share for share in shares if share or not count]
    made = Visits()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for visits in pool.map(lambda share: visit(port, seconds, share, resumes), clients):
            made.add(visits)
    return made


def main(port: str, seconds: str, count: str, resumes: str) -> None:
    """Visit and print."""
    made = visitAll(int(port), float(seconds), int(count), resumes == "yes")
    sys.stdout.write(json.dumps(asdict(made)))


if __name__ == "__main__":
    main(*sys.argv[1:])
