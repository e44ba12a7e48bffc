"""One attack on one server: before it, during it and after it, twice."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ..bench.daemons.silent import SilentServer
from ..bench.site import Site, deaf
from .attackers import attackers
from .attacks.attack import NONE, Attack, Done, Effort, Target
from .attacks.catalogue import ATTACKS
from .polite import Client, polite
from .queries import Heard, heard
from .subjects import Behind, Make, Subject
from .upstream import LargeLocal
from .watch import NOTHING, Held, held, lines, watching

# Seconds until what was done last is no longer in the way, and in which there is no attack.
_REST, _BEFORE, _AFTER = 0.5, 1.5, 2.0


@dataclass
class Outcome:
    """
    What an attack did.

    @ivar polite: what became of the polite clients' queries before, during and after, by how they ask.
    @ivar before: what the server held.
    @ivar most: the most that it held while it was attacked.
    @ivar after: what it held after each attack.
    @ivar done: what the attackers got done, both times together.
    @ivar lines: of its log since the attack began.
    @ivar alive: it still runs.
    @ivar caches: it keeps answers.
    """

    polite: dict[str, tuple[Heard, Heard, Heard]] = field(default_factory=dict)
    before: Held = NOTHING
    most: Held = NOTHING
    after: tuple[Held, ...] = ()
    done: Done = NONE
    lines: int = 0
    alive: bool = True
    caches: bool = True

    @property
    def told(self) -> str:
        """In short."""
        during = (f"{way} {1000 * each[1].late:.1f}" for way, each in self.polite.items())
        return f"{', '.join(during)} ms; {self.done.tried} tried, {self.done.got} got"


class AttackRun:
    """One server, started anew."""

    def __init__(
        self, name: str, subject: Subject, other: int, effort: Effort, patience: float = 1.0
    ) -> None:
        """
        @param other: the port of a server of TLS that is not attacked.
        @param patience: the share of the usual time in which there is no attack.
        """
        self._name, self._subject, self._effort, self._patience = name, subject, effort, patience
        self._target = Target(subject.plain, subject.tls, other)
        self._spans: list[tuple[float, float]] = []

    def run(self) -> Outcome:
        """
        All of it.

        @raise LoadError: where the attack can't be done.
        """
        daemon, outcome = self._subject.daemon, Outcome(caches=self._subject.caches)
        with polite(self._subject) as clients:
            time.sleep(_REST * self._patience)
            self._span(_BEFORE)
            outcome.before, begun = held(daemon), lines(daemon)
            for _ in range(2):
                self._attack(outcome)
                time.sleep(_REST * self._patience)
                self._span(_AFTER)
                outcome.after += (held(daemon),)
        outcome.lines = lines(daemon) - begun
        outcome.alive = daemon.process.poll() is None
        outcome.polite = {way: self._heard(client) for way, client in clients.items()}
        return outcome

    def _span(self, seconds: float) -> None:
        begin = time.monotonic()
        time.sleep(seconds * self._patience)
        self._spans.append((begin, time.monotonic()))

    def _attack(self, outcome: Outcome) -> None:
        with (
            watching(self._subject.daemon) as most,
            attackers(self._name, self._target, self._effort) as attacking,
        ):
            done = attacking.done()
        # They take a moment to start.
        end = time.monotonic()
        self._spans.append((end - self._effort.seconds, end))
        outcome.done = Done(outcome.done.tried + done.tried, outcome.done.got + done.got)
        outcome.most = Held(*map(max, outcome.most, most.held))

    def _heard(self, client: Client) -> tuple[Heard, Heard, Heard]:
        """Before the first attack, during it, and after it."""
        before, during, after = (heard(client.queries, *span) for span in self._spans[:3])
        return before, during, after


def run(
    name: str, make: Make, seconds: float, compiled: Path | None = None, patience: float = 1.0
) -> Outcome | None:
    """
    Start everyone, attack, and end everyone.

    @param compiled: where dotchain is compiled.
    @param patience: see L{AttackRun}.
    @return: None where the server has nothing that could be attacked so.
    @raise LoadError: where the attack can't be done.
    @raise AssertionError: where dotchain's end or its log is not in order.
    """
    attack = ATTACKS[name]
    with TemporaryDirectory(prefix="dotchain-hostile-") as folder, ExitStack() as stack:
        site = Site(Path(folder), stack, compiled=compiled)
        behind, other = _upstream(attack, site, stack)
        subject = make(site, behind)
        if not attack.needs <= subject.ways:
            return None
        stack.enter_context(deaf(subject.daemon))
        effort = Effort(seconds * attack.lasts, attack.connections)
        return AttackRun(name, subject, other, effort, patience).run()


def _upstream(attack: Attack, site: Site, stack: ExitStack) -> tuple[Behind, int]:
    """Who is asked, and another server of TLS."""
    if attack.silent:
        silent = stack.enter_context(deaf(SilentServer(site.place("silent"), site.credentials)))
        return Behind(0, silent.tlsPort), site.backend.tlsPort
    server = stack.enter_context(deaf(LargeLocal(site.place("server"), site.credentials, site.room)))
    return Behind(server.port, server.tlsPort), site.backend.tlsPort
