"""Commands of the control socket where there are several workers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import reduce
from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.defer import TimeoutError as TookTooLong

from ..control.health import together
from ..control.loglevel import logLevel
from ..control.merge import merged
from ..control.metrics.metrics import ofWorkers
from ..control.metrics.tally import Tally
from ..control.process import process
from ..control.reload import reload
from ..control.running import CommandError, Running
from ..control.stats import lag
from ..control.verbs import understood
from .standing import StandingOrders
from .worker import Worker

# Of these one worker's result is as good as another's.
_ONE = ("chain", "explain", "fleet")

# Seconds that a worker has for its result: one that hangs must not keep the others' from who has asked. To
# explain takes as long as the upstreams do.
_WITHIN = 2.0
_PATIENT = ("explain",)


async def carryOut(
    line: bytes, parent: Running, workers: Sequence[Worker], standing: StandingOrders, tally: Tally
) -> Any:
    """
    Have all workers carry out a line, or one where one is as good as another, and merge what they say.

    @param parent: the parent as the commands see it.
    @param standing: takes those lines that hold for later workers, too.
    @param tally: keeps what workers have counted.
    @return: what L{json} can write.
    @raise CommandError: where the line makes no sense, or the command can't be carried out.
    """
    verb, said = understood(line)
    if verb == "reload":
        # The same as HUP does, and told in the log, too.
        return await reload(parent, **said)
    if verb == "log-level":
        logLevel(parent, **said)
    serving = [worker for worker in workers if worker.serving]
    startedAt = {worker.number: worker.startedAt for worker in serving}
    asked = serving[:1] if verb in _ONE or said.get("everywhere") else serving
    results, failures = await _ask(line, asked, None if verb in _PATIENT else parent.reactor)
    if said.get("everywhere") and results:
        # One has told all machines; the others forget what they have themselves.
        others = json.dumps({"verb": verb, **said, "everywhere": False}).encode()
        results.update((await _ask(others, serving[1:], parent.reactor))[0])
    if verb == "health":
        return together(parent, [results.get(worker.number) for worker in serving])
    if verb == "metrics":
        return ofWorkers(parent, results, startedAt, len(workers), tally)
    if not results:
        raise CommandError(next(iter(failures), "no worker serves now"))
    standing.obey(verb, said, line)
    found = reduce(merged, results.values())
    if verb == "chain":
        # Workers leave to their parent what is the same of all.
        found["warnings"] = list(dict.fromkeys([*parent.warnings(), *found["warnings"]]))
    if verb == "stats":
        each = {str(number): result["process"] for number, result in results.items()}
        found["process"] = {**process(parent), "loop-lag-ms": await lag(parent), "workers": each}
    return found


async def _ask(line: bytes, workers: Sequence[Worker], clock: Any) -> tuple[dict[int, Any], list[str]]:
    """
    The results of those that have one, by their number; and why the others have none.

    @param clock: what the time is taken by that they have; None for no end.
    """
    asked: list[Deferred[Any]] = [worker.ask("control", line=line.decode()) for worker in workers]
    for each in asked if clock is not None else ():
        each.addTimeout(_WITHIN, clock)
    outcomes = await DeferredList(asked, consumeErrors=True)
    pairs = list(zip(workers, outcomes, strict=True))
    found = {worker.number: result for worker, (right, result) in pairs if right}
    return found, [_why(failure) for right, failure in outcomes if not right]


def _why(failure: Any) -> str:
    if failure.check(TookTooLong):
        return f"no worker has answered within {_WITHIN:g} s"
    text: str = failure.getErrorMessage()
    return text or "the worker has ended"
