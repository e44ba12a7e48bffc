"""A reload of all parts: what each makes of it, and how that is told."""

from __future__ import annotations

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..config.build import Part
from ..config.load import Tree
from ..control.running import Reloaded

_log = Logger("dotchain")


def reloadParts(tree: Tree) -> Deferred[Reloaded]:
    """
    Have all parts read anew what can be; no client gets any more what a front remembers of the old state.

    @return: fires with the outcome of each.
    """
    everyone = [*tree.fronts, *tree.parts]
    reloaded = gatherResults(_reload(part) for part in everyone if hasattr(part.thing, "reload"))
    return reloaded.addCallback(_forget, tree)


def _reload(part: Part) -> Deferred[tuple[str, str | None]]:
    def failed(failure: Failure) -> tuple[str, str]:
        return part.section.title, failure.getErrorMessage().replace("\n", " ")

    return maybeDeferred(part.thing.reload).addCallbacks(lambda _: (part.section.title, None), failed)


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
    wrong = [(sections[title], error) for title, error in parts if error is not None]
    for section, why in wrong:
        _log.error("{line}", line=section.problem("", f"keeps the old state: {why}").at(tree.file))
    for name, error in files:
        first, *others = (error or "").splitlines()
        for line in (*others, f"{name}: keeps the old state: {first}"):
            _log.error("{line}", line=line)
    kept = f" of {len(parts)}; {len(wrong)} kept the old state" if wrong else ""
    _log.info("dotchain reloaded: {count} parts{kept}", count=len(parts) - len(wrong), kept=kept)
