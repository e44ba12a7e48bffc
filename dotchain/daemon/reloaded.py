"""A reload of all parts: what each makes of it, and how that is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..config.build import Part
from ..config.tree import Tree
from ..control.reloads import Reloaded

_log = Logger("dotchain")


# Seconds; those who ask for a reload wait somewhat longer.
_PATIENCE = 20.0


def reloadParts(everyone: Sequence[Part], tree: Tree, reactor: Any) -> Deferred[Reloaded]:
    """
    Have parts read anew what can be; no client gets any more what a front remembers of the old state.

    @param everyone: these.
    @param tree: what runs.
    @return: fires with the outcome of each, that of one that takes too long being just that.
    """
    reloaded = gatherResults(_reload(part, reactor) for part in everyone if _reloads(part.thing))
    return reloaded.addCallback(_forget, tree)


def _reloads(thing: Any) -> bool:
    """Whether there is something to be read anew: a stage of ours with no list in its matches has nothing."""
    return hasattr(thing, "reload") and bool(getattr(thing, "reloadable", True))


def _reload(part: Part, reactor: Any) -> Deferred[tuple[str, str | None]]:
    def failed(failure: Failure) -> str:
        return failure.getErrorMessage().replace("\n", " ")

    running = maybeDeferred(part.thing.reload).addCallbacks(lambda _: None, failed)
    outcome = running if running.called else _inTime(running, part, reactor)
    return outcome.addCallback(lambda why: (part.section.title, why))


def _inTime(running: Deferred[str | None], part: Part, reactor: Any) -> Deferred[str | None]:
    """The same, unless it takes too long: then it may go on, and the log hears how it ends."""
    told: Deferred[str | None] = Deferred()
    late = reactor.callLater(_PATIENCE, told.callback, f"has not ended within {_PATIENCE:g} s")

    def ended(why: str | None) -> None:
        if late.active():
            late.cancel()
            told.callback(why)
        else:
            _log.info(
                "[{section}] has ended its reload: {why}", section=part.section.title, why=why or "done"
            )

    running.addCallback(ended)
    return told


def _forget(outcomes: Reloaded, tree: Tree) -> Reloaded:
    for front in tree.fronts:
        front.thing.forget()
    return outcomes


def tell(tree: Tree, parts: Reloaded, files: Reloaded) -> None:
    """
    Log how it went.

    @param files: files that are no part's, and why they keep their old state; of several lines
        the first is the reason, and each of the others an error of its own.
    """
    sections = {part.section.title: part.section for part in [*tree.fronts, *tree.parts]}
    # The INI file is not a part, either.
    others = [each for each in parts if each[0] not in sections]
    files = [(name, why) for name, why in (*files, *others) if why is not None]
    parts = [each for each in parts if each[0] in sections]
    wrong = [(sections[title], error) for title, error in parts if error is not None]
    for section, why in wrong:
        line = section.problem("", f"keeps the old state: {why}").at(tree.file)
        _log.error("{line}", line=line, section=section.title)
    for name, error in files:
        first, *more = (error or "").splitlines()
        for line in (*more, f"{name}: keeps the old state: {first}"):
            _log.error("{line}", line=line)
    if files and not parts:
        # Nothing was.
        return
    kept = f" of {len(parts)}; {len(wrong)} kept the old state" if wrong else ""
    _log.info("dotchain reloaded: {count} parts{kept}", count=len(parts) - len(wrong), kept=kept)
