"""From an INI file to a tree of resolvers and fronts, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..activation import Passed
from ..contract.faults import BUGS, fault
from ..contract.queryholders import QueryHolders
from ..fronts.front import Front
from ..fronts.queryslots import TotalSlots
from ..fronts.streams.backlog import Backlog
from ..options import Options
from ..share import Share
from . import (
    clientcheck,
    ddrcheck,
    graph,
    interfacechecks,
    leakcheck,
    matchchecks,
    ordercheck,
    passedsockets,
    place,
    selfsigned,
    sharedcheck,
    specialcheck,
    testchecks,
    webplace,
)
from .build import Builder, Part
from .ini import ConfigError, Problem, Section
from .kinds import Kinds
from .namedfiles import namedFiles
from .plan import Plan
from .readings import Readings
from .reuse import Identity, Reuse
from .source import Source
from .source import source as read
from .told import shared, toldOfClients
from .tree import Tree

# Seconds beyond the longest time of an upstream, in which that tells of its failure itself.
_BEYOND = 0.25


def load(
    file: str | Source,
    reactor: Any,
    *,
    dry: bool = False,
    share: Share | None = None,
    passed: Passed | None = None,
    kinds: Kinds | None = None,
    makeFront: Callable[..., Any] | None = None,
    instead: Tree | None = None,
) -> Tree:
    """
    Build all that a file describes; no socket is bound.

    @param dry: make no file: what a self-signed front lacks is made in a folder that
        goes away, and the tree is only good to be looked at.
    @param share: the worker that the tree is for; by default the first of those that the file wants.
    @param passed: the sockets that systemd has opened; None where that is not known.
    @param makeFront: a class with C{options}, made as C{makeFront(name, resolver, reactor, **options)}, where
        C{total}, C{backlog}, C{share} and C{queryHolders} are what all fronts share.
    @param instead: a tree that runs, whose place it is to take: what is the same in both is in both, and
        not made twice.
    @raise ConfigError: with all that is wrong with the file.
    """
    kinds = kinds or Kinds()
    makeFront = makeFront or Front
    source = read(file) if isinstance(file, str) else file
    sections, problems = source.sections()
    plan = Plan(sections, kinds, getattr(makeFront, "options", {}), source.name)
    problems = [plan.instead.get(problem, problem) for problem in problems] + plan.problems
    # Where a name or a path is wrong, what nothing leads to is probably meant to be found there.
    astray = [] if _misleads(plan, problems) else graph.unreachable(plan)
    with ExitStack() as stack:
        # What is not going to start must leave no files behind.
        scratch = Path(stack.enter_context(TemporaryDirectory())) if dry or problems or astray else None
        problems += selfsigned.provide(plan, scratch)
        tree, more = _build(source, plan, reactor, makeFront, share, passed, instead)
        # So it is where what names others, as the rules of a route, can't be read.
        problems += [] if _misnames(plan, more) else astray
        if problems or more:
            raise ConfigError(source.file, problems + more)
        tree.ways = {front.title: graph.way(plan, front) for front in plan.role("front")}
        refused = [Problem(1, "", "", text) for text in kinds.refused]
        told = [*source.doubts, *refused, *tree.warnings, *warningsOf(tree)]
        tree.warnings = sorted(told, key=lambda problem: problem.order(source.file))
    return tree


def _misleads(plan: Plan, problems: list[Problem]) -> bool:
    """Whether a line that can't be read, or one of who names whom, may be why nothing leads somewhere."""
    blamed = {problem.key for problem in problems}.union(*plan.meant.values())
    return not blamed.isdisjoint({"", "kind", "include"} | plan.naming)


def _misnames(plan: Plan, problems: list[Problem]) -> bool:
    asking = {(section.title, key) for section, each in plan.meanings.items() for key in each.asking}
    return any((problem.section, problem.key) in asking for problem in problems)


def _build(
    source: Source,
    plan: Plan,
    reactor: Any,
    makeFront: Callable[..., Any],
    share: Share | None,
    passed: Passed | None,
    instead: Tree | None,
) -> tuple[Tree, list[Problem]]:
    """The tree, and what is wrong with the sections' values, alone and together."""
    found: dict[Section, dict[str, Any]] = {}
    problems: list[Problem] = []
    readings = Readings(instead.readings if instead else None)
    for section, meaning in plan.meanings.items():
        found[section], wrong = readings.values(section, meaning)
        problems += wrong
    problems += passedsockets.resolve(plan, found, passed)
    problems += graph.Loops(plan, found).problems + graph.clashes(plan, found)
    problems += matchchecks.impossible(plan, found) + testchecks.unknown(plan, found)
    # A worker that takes another one's place must not stumble over an interface that is gone for a while.
    problems += interfacechecks.astray(found) if share is None else []
    complete = {
        each: found[each]
        for each in found
        if len(found[each]) == len(plan.meanings[each].options) and each not in plan.meant
    }
    process = plan.role("dotchain")[0]
    own = found[process]
    share = share or Share(of=own.get("workers", 1))
    for section, meaning in plan.meanings.items():
        problems += _shareOut(section, found[section], meaning.options, share)
    reuse = Reuse(instead.made if instead else ())
    builder = Builder(plan, complete, reactor, reuse)
    # A value is missing only where the tree is not going to be used.
    total, backlog = TotalSlots(own.get("max_in_flight", 1)), Backlog(own.get("max_backlog", 1))
    queryHolders = QueryHolders(
        builder.guards, builder.parts, behind=builder.behind, violations=builder.violations
    )
    make = partial(makeFront, total=total, backlog=backlog, share=share, queryHolders=queryHolders)
    for section in plan.role("front"):
        _bound(found[section], graph.patience(plan, found, section))
    for section in matchchecks.nameReaders(plan, found):
        found[section]["server_names"] = True
    if any(toldOfClients(found[each]) for each in plan.role("upstream")):
        for section in plan.role("front"):
            found[section]["origins"] = True
    fronts = [builder.front(section, make) for section in plan.role("front")]
    builder.rest()
    tree = Tree(source.file, [front for front in fronts if front], builder.parts, share=share, source=source)
    tree.passed = passed
    tree.drain, tree.openFiles = own.get("drain", tree.drain), own.get("open_files")
    tree.log, tree.dumpable = own.get("log", tree.log), own.get("dumpable", False)
    tree.behind, tree.standIns = builder.behind, builder.standIns
    tree.control, tree.web = place.planned(source.file, process, own), webplace.planned(process, own)
    tree.warnings += tree.web.warnings() if tree.web else []
    tree.warnings += passedsockets.unused(plan, found, passed)
    tree.warnings += leakcheck.leaks(plan, found) + ordercheck.spoiled(plan, tree.parts)
    tree.warnings += shared(plan, found)
    tree.chains = builder.chains
    tree.made, tree.moves, tree.readings = builder.made, reuse.moves, readings
    tree.total, tree.backlog, tree.process = total, backlog, process
    tree.watch = own.get("watch", True)
    tree.files = {each.title: namedFiles(each, found[each]) for each in plan.meanings if each.role != "test"}
    tree.identities = {
        each.title: Identity.of(each, plan.meanings[each], found[each])
        for each in plan.meanings
        if each.role != "test"
    }
    tree.tests = [(section, found[section]) for section in plan.role("test")]
    return tree, problems + builder.problems + _overwritten(builder.parts)


def _bound(front: dict[str, Any], patience: float | None) -> None:
    """Have a front wait somewhat longer than any upstream, unless the operator says how long."""
    if patience is not None and "answer_within" in front:
        front["answer_within"] = front["answer_within"] or patience + _BEYOND


def _shareOut(section: Section, found: dict[str, Any], options: Options, share: Share) -> list[Problem]:
    """Replace the values of a section by what one worker gets of them; those that can't be shared out."""
    problems = []
    for key, option in options.items() if share.of > 1 else ():
        name = key.replace("-", "_")
        try:
            if name in found:
                found[name] = option.share(share, found[name])
        except BUGS as error:
            problems.append(fault(section, "can't be shared among workers", error, key))
    return problems


def _overwritten(parts: list[Part]) -> list[Problem]:
    """The files named by C{save} that several parts would write, be they of one section."""
    taken: dict[Path, Section] = {}
    problems = []
    for section, thing in parts:
        file = getattr(thing, "save", None)
        if isinstance(file, Path) and file.absolute() in taken:
            problems.append(section.problem("save", _claimed(file, taken[file.absolute()], section)))
        elif isinstance(file, Path):
            taken[file.absolute()] = section
    return problems


def _claimed(file: Path, first: Section, second: Section) -> str:
    if first is not second:
        return f"{file} is already written by [{first.title}]"
    return "it stands before different ones, and so is there several times; give each a section and a file"


def warningsOf(tree: Tree) -> list[Problem]:
    """What the parts of a tree warn of now."""
    warned = []
    for section, thing in [*tree.fronts, *tree.parts]:
        try:
            tell = getattr(thing, "warnings", None)
            told = tell() if tell else ()
            warned += [section.problem(str(getattr(text, "key", "")), str(text)) for text in told]
        except BUGS as error:
            warned.append(fault(section, "warnings()", error))
    warned += ddrcheck.unkept(tree.fronts, tree.parts) + clientcheck.mixed(tree.parts, tree.behind)
    warned += specialcheck.shadowed(tree.parts, tree.behind)
    warned += sharedcheck.misplaced(tree.parts, tree.behind)
    return sorted(warned, key=lambda problem: problem.order(tree.file))
