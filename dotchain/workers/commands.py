"""Commands of the control socket where there are several workers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from twisted.internet.defer import DeferredList

from ..control.loglevel import logLevel
from ..control.merge import merged
from ..control.process import process
from ..control.reload import reload
from ..control.running import CommandError, Running
from ..control.stats import lag
from ..control.verbs import understood
from .standing import StandingOrders
from .worker import Worker


async def carryOut(line: bytes, parent: Running, workers: Sequence[Worker], standing: StandingOrders) -> Any:
    """
    Have all workers carry out a line, or one where one is as good as another, and merge what they say.

    @param parent: the parent as the commands see it.
    @param standing: takes those lines that hold for later workers, too.
    @return: what L{json} can write.
    @raise CommandError: where the line makes no sense, or the command can't be carried out.
    """
    verb, said = understood(line)
    if verb == "reload":
        # The same as HUP does, and told in the log, too.
        return await reload(parent)
    if verb == "log-level":
        logLevel(parent, **said)
        if said:
            standing.note(verb, line)
    serving = [worker for worker in workers if worker.serving]
    results = await _ask(line, serving[:1] if verb == "explain" else serving)
    found = reduce(merged, results.values())
    if verb == "stats":
        each = {str(number): result["process"] for number, result in results.items()}
        found["process"] = {**process(parent), "loop-lag-ms": await lag(parent), "workers": each}
    return found


async def _ask(line: bytes, workers: Sequence[Worker]) -> dict[int, Any]:
    """The results of those that have one, by their number."""
    asked = [worker.ask("control", line=line.decode()) for worker in workers]
    outcomes = await DeferredList(asked, consumeErrors=True)
    found = {
        worker.number: result for worker, (right, result) in zip(workers, outcomes, strict=True) if right
    }
    if found:
        return found
    for _, failure in outcomes:
        raise CommandError(failure.getErrorMessage() or "the worker has ended")
    raise CommandError("no worker serves now")
