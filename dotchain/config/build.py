"""Resolvers and fronts, made of a plan from the end of each path to its start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, NamedTuple

from twisted.application.service import IService
from twisted.internet.defer import Deferred, fail
from zope.interface import implementer

from ..contract.containment import Containment
from ..contract.faults import BUGS, blame, fault, unusable
from ..contract.guard import Guard, guarded
from ..contract.nextwatch import NextWatch
from ..contract.terms import Terms
from ..contract.violations import ContractViolations
from ..coroutine import AwaitingResolver, CoroutineGuard
from ..interfaces import IResolver
from ..options import OptionError, Value, path
from ..resolver import ResolveError, Result, Stage, Upstream
from ..shell import Shell
from ..tls.errors import TLSFileError
from ..wire import Answer, Query
from .ini import Problem, Section
from .plan import Plan
from .reuse import Identity, Made, Place, Reuse
from .validity import uncounted, unmade


class Part(NamedTuple):
    """A front, a stage or an upstream, and the section that it was made of."""

    section: Section
    thing: Any


@implementer(IResolver)
class _Nowhere:
    """Stands where a section is wrong, so that those before it are checked all the same."""

    replays = False
    relay = object()

    def resolve(self, query: Query) -> Result:
        failed: Deferred[Answer] = fail(ResolveError("not configured"))
        return failed


class Builder:
    """
    Makes what the sections of a plan describe, each once for each resolver that follows it.

    A stage holds its next resolver, so a stage section that stands before different ones
    is made several times: each has a cache, or whatever it keeps, of its own.

    @ivar parts: what was made besides fronts: upstreams before the stages that ask them.
    @ivar guards: what stands before those that did not come with dotchain, in the same order.
    @ivar standIns: what others see of stages that are guarded or contained.
    @ivar behind: whom each of all these may ask.
    @ivar chains: the first resolver of each chain, by its name.
    @ivar problems: what constructors refused.
    @ivar made: all that stands in the tree, for the one after it.
    @ivar violations: tells the log of all that these do amiss.
    """

    def __init__(
        self,
        plan: Plan,
        values: Mapping[Section, dict[str, Any]],
        reactor: Any,
        reuse: Reuse | None = None,
    ) -> None:
        """
        @param values: the values of each section that has no problem.
        @param reuse: what there is already, and need not be made.
        """
        self.parts: list[Part] = []
        self.guards: list[Guard] = []
        self.standIns: list[Guard | Containment] = []
        self.behind: dict[Any, tuple[Any, ...]] = {}
        self.chains: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.made: list[Made] = []
        self.violations = ContractViolations("a stage")
        self._plan = plan
        self._values = values
        self._reactor = reactor
        self._nowhere = _Nowhere()
        self._made: dict[tuple[Section, int], Any] = {}
        self._open: set[Section] = set()
        self._reuse = reuse or Reuse()
        self._chainName = ""

    def front(self, section: Section, make: Callable[..., Any]) -> Part | None:
        """The front of a section, and all that it leads to."""
        chain = self._plan.chains.get(section)
        resolver = self._chain(chain) if chain else self._nowhere
        options = self._values.get(section)
        if options is None:
            return None
        options = {key: value for key, value in options.items() if key != "chain"}
        front = self._call(section, lambda: make(section.name, resolver, self._reactor, **options))
        return front and Part(section, front)

    def rest(self) -> None:
        """Make what no front leads to, which is wrong already, to find out what else is."""
        for chain in self._plan.paths:
            self._chain(chain)
        made = {section for section, _ in self._made}
        for section, meaning in self._plan.meanings.items():
            if meaning.kind is not None and section not in made:
                self._once(section, self._nowhere)

    def _chain(self, chain: Section) -> Any:
        """The first resolver of a path."""
        if chain in self._open or not self._plan.paths[chain]:
            return self._nowhere
        self._open.add(chain)
        resolver: Any = self._nowhere
        within, self._chainName = self._chainName, chain.name
        for section in reversed(self._plan.paths[chain]):
            resolver = self._chain(section) if section.role == "chain" else self._once(section, resolver)
        self._open.discard(chain)
        self._chainName = within
        self.chains[chain.name] = resolver
        return resolver

    def _once(self, section: Section, following: Any) -> Any:
        place = (section, id(following) if section.role == "stage" else 0)
        if place not in self._made:
            self._made[place] = self._make(section, following)
        return self._made[place]

    def _named(self, section: Section) -> dict[str, Any]:
        """The resolvers that the keys of a section name, by their names, made before it."""
        self._open.add(section)
        named = [each for keyed in self._plan.groups.get(section, {}).values() for each in keyed]
        made = {each.name: self._resolver(each) for each in named}
        self._open.discard(section)
        return made

    def _resolver(self, section: Section) -> Any:
        """A chain or an upstream; one that leads back to itself is told of elsewhere."""
        if section.role == "chain":
            return self._chain(section)
        return self._nowhere if section in self._open else self._once(section, self._nowhere)

    def _make(self, section: Section, following: Any) -> Any:
        options = self._values.get(section)
        if options is None:
            return self._nowhere
        terms = Terms.of(options) if section.role == "stage" else Terms()
        named = self._named(section)
        kind = self._plan.meanings[section].kind
        place = Place(
            section.title,
            self._chainName,
            Identity.of(section, self._plan.meanings[section], options),
            (*(() if section.role == "upstream" else (following,)), *named.values()),
        )
        if (kept := self._reuse.take(place)) is not None:
            return self._keep(section, kept)
        watch = NextWatch(following) if terms.given else None
        watched = named if watch is None else {each: NextWatch(named[each], watch) for each in named}
        options = self._given(section, options, watched)
        coroutine = iscoroutinefunction(getattr(kind, "resolve", None))
        ahead = watch or following
        before = () if section.role == "upstream" else (AwaitingResolver(ahead) if coroutine else ahead,)
        made = self._call(section, lambda: _titled(kind(*before, self._reactor, **options), section))
        if made is None or self._lacks(section, made):
            return self._nowhere
        self.parts.append(Part(section, made))
        if not _ours(made):
            wrong = [f"kind {section.kind!r}: {why}" for why in uncounted(made)]
            self.problems += [section.bug("", text) for text in wrong]
        seen = self._guard(made, section, coroutine)
        guard = None if seen is made else seen
        self.behind[seen] = place.asks
        if watch is not None:
            seen = self._contain(seen, watch, terms, section)
        if seen is not made and section.role == "stage":
            self.standIns.append(seen)
        self.made.append(Made(place, seen, made, guard))
        return seen

    def _keep(self, section: Section, kept: Made) -> Any:
        """Have what is there already stand in the new tree, too."""
        place, seen, made, guard = kept
        self.made.append(kept)
        self.parts.append(Part(section, made))
        if guard is not None:
            self.guards.append(guard)
        inner = made if guard is None else guard
        self.behind[inner] = place.asks
        if seen is not inner:
            self.behind[seen] = (inner,)
        if seen is not made and section.role == "stage":
            self.standIns.append(seen)
        return seen

    def _lacks(self, section: Section, made: Any) -> bool:
        """Whether a constructor has left out what others rely on, which is told."""
        why = "" if _ours(made) else unmade(made)
        if why:
            self.problems.append(section.bug("", f"kind {section.kind!r}: {why}"))
        return bool(why)

    def _contain(self, stage: Any, watch: NextWatch, terms: Terms, section: Section) -> Containment:
        """What others see of a stage whose section says what becomes of what it fails."""
        made = Containment(stage, watch, terms, section.title, self._reactor, violations=self.violations)
        self.behind[made] = (stage,)
        return made

    def _given(self, section: Section, options: dict[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """What a constructor gets: values of its own options, resolvers in the place of their names."""
        meaning = self._plan.meanings[section]
        own = [key.replace("-", "_") for key in meaning.kind.options]
        given = {key: options[key] for key in own if key in options}
        for key, reader in meaning.asking.items():
            name = key.replace("-", "_")
            if given[name] is not None:
                given[name] = reader.through(given[name], lambda word: named.get(word, self._nowhere))
        return given

    def _guard(self, made: Any, section: Section, coroutine: bool) -> Any:
        """What others see of it: itself, where it came with dotchain."""
        if not coroutine and _ours(made):
            return made
        guard = CoroutineGuard(made, section.title) if coroutine else guarded(made, section.title)
        self.guards.append(guard)
        return guard

    def _call(self, section: Section, make: Callable[[], Any]) -> Any:
        """What a constructor makes, or None with its complaint told."""
        try:
            return make()
        except TLSFileError as error:
            self.problems.append(section.problem(_naming(section, error.path), str(error)))
        except OptionError as error:
            told = section.problem(error.key, str(error))
            self.problems.append(told._replace(line=error.line or told.line))
        except ValueError as error:
            self.problems.append(section.problem("", str(error) or blame(error)))
        except OSError as error:
            own = _comesWithDotchain(self._plan.meanings[section].kind)
            told = section.problem("", unusable(error)) if own else fault(section, "can't be made", error)
            self.problems.append(told)
        except BUGS as error:
            self.problems.append(fault(section, "can't be made", error))
        return None


def _ours(made: Any) -> bool:
    """Whether it came with dotchain."""
    return _comesWithDotchain(type(made))


def _comesWithDotchain(kind: Any) -> bool:
    """Whether a class, or what makes a front, did."""
    return kind is None or kind.__module__.startswith("dotchain.")


def _titled(made: Any, section: Section) -> Any:
    """The same with the name that its log lines tell."""
    if isinstance(made, Stage | Upstream | Shell):
        made.section = section.title
    if IService.providedBy(made):
        made.setName(section.name)
    return made


def _naming(section: Section, file: Path) -> str:
    """The key whose value names a file."""
    for key, value in section.values.items():
        if file in [path(Value.at(word, value.folder, value.line)) for word in (value, *value.split())]:
            return key
    return ""
