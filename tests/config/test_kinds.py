"""The registry of kinds."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any, ClassVar

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import provider

from dotchain.config.kinds import BUILT_IN, GROUP, KindError, Kinds, isOf
from dotchain.interfaces import IKind
from dotchain.resolver import Result, Stage
from dotchain.stages.cache.stage import Cache
from dotchain.wire import Query

from ..folders import written


class Quiet(Stage):
    """A stage as operators write it: the base says that it is a kind."""

    def resolve(self, query: Query) -> Result:
        """Pass it on."""
        return self.next(query)


class Lost(Stage):
    """A stage with a role that there is not."""

    role = "actor"


class Bare(Stage):
    """A stage whose options are a list."""

    options: ClassVar[Any] = ["size"]


@provider(IKind)
class Alone:
    """A kind that derives from nothing."""

    kind = "alone"
    role = "upstream"
    options: ClassVar[Any] = {}

    def resolve(self, query: Query) -> Result:
        """The same for all."""
        return query.answer(0)


def declared(name: str, place: str, package: str = "") -> EntryPoint:
    """An entry point of some package."""
    point = EntryPoint(name, place, GROUP)
    if package:
        vars(point).update(dist=SimpleNamespace(name=package))
    return point


class FindTests(SynchronousTestCase):
    """L{Kinds.find}."""

    def refusal(self, word: str, *points: EntryPoint) -> str:
        """Why there is no such kind."""
        return str(self.assertRaises(KindError, Kinds(points).find, word))

    def test_group(self) -> None:
        """What packages declare in the group C{dotchain.kinds} is found."""
        points = [declared("quiet", "tests.config.test_kinds:Quiet")]
        groups = {"dotchain.kinds": points}
        self.patch(sys.modules["dotchain.config.kinds"], "entry_points", lambda group: groups[group])
        self.assertIs(Kinds().find("quiet"), Quiet)

    def test_builtIn(self) -> None:
        """Built-in kinds are found where no package is installed."""
        self.assertIs(Kinds([]).find("cache"), Cache)

    def test_builtInAreThere(self) -> None:
        """Each built-in kind has the name under which it is found, and a role."""
        for name in BUILT_IN:
            self.assertEqual(Kinds([]).find(name).kind, name)

    def test_isOf(self) -> None:
        """Something is of a built-in kind, or of one derived from it; of a module not there is nothing."""
        cache: Cache = Cache.__new__(type("Mine", (Cache,), {}))
        self.assertEqual([isOf(each, "cache") for each in (cache, Quiet, None)], [True, False, False])
        self.patch(sys, "modules", {})
        self.assertFalse(isOf(cache, "cache"))

    def test_declaredOnes(self) -> None:
        """By default the installed packages' entry points are known, each built-in name once."""
        kinds = Kinds()
        self.assertEqual(set(BUILT_IN) - set(kinds.names), set())
        self.assertEqual([line for line in kinds.refused if "dotchain." in line], [])

    def test_entryPoint(self) -> None:
        """What another package declares is found by its name."""
        kinds = Kinds([declared("quiet", "tests.config.test_kinds:Quiet")])
        self.assertIs(kinds.find("quiet"), Quiet)
        self.assertIn("quiet", kinds.names)

    def test_builtInStays(self) -> None:
        """No package takes the name of a built-in kind; that it tries is told."""
        kinds = Kinds([declared("cache", "tests.config.test_kinds:Quiet", "evil-dns")])
        self.assertIs(kinds.find("cache"), Cache)
        (line,) = kinds.refused
        self.assertIn("'cache' of evil-dns (tests.config.test_kinds:Quiet) is not used", line)

    def test_declaredTwice(self) -> None:
        """A name that two packages declare differently is no one's."""
        points = [
            declared("q", "tests.config.test_kinds:Quiet"),
            declared("q", "tests.config.test_kinds:Alone"),
        ]
        self.assertIn("declared twice, as tests.config.test_kinds:Quiet and as", self.refusal("q", *points))
        self.assertEqual(len(Kinds(points).refused), 1)

    def test_dottedPath(self) -> None:
        """A dotted path names a class that no package declares."""
        self.assertIs(Kinds([]).find("tests.config.test_kinds.Quiet"), Quiet)
        self.assertIs(Kinds([]).find("tests.config.test_kinds.Alone"), Alone)

    def test_unknown(self) -> None:
        """A word that is unknown: what is near it, and what there is."""
        self.assertEqual(
            self.refusal("cahce"),
            f"there is no kind 'cahce'; did you mean 'cache'? (known are: {', '.join(sorted(BUILT_IN))})",
        )

    def test_noModule(self) -> None:
        """The part of a dotted path that can't be imported is named."""
        self.assertIn("there is no module 'nowhere'; PYTHONPATH must name", self.refusal("nowhere.deep.Kind"))
        self.assertIn(
            "module 'dotchain.stages' has no attribute 'nope'", self.refusal("dotchain.stages.nope.Kind")
        )
        self.assertIn("no attribute 'Nope'", self.refusal("dotchain.stages.cache.stage.Nope"))
        self.assertIn("no dotted path", self.refusal("dotchain..Kind"))

    def test_brokenModule(self) -> None:
        """What an operator's module raises is told in one line, with the line of code."""
        file = written(self, "x = 1\nraise RuntimeError('not\\ntoday')\n", "brokenkinds.py")
        self.patch(sys, "path", [str(file.parent), *sys.path])
        self.assertIsNotNone(find_spec("brokenkinds"))
        self.assertEqual(
            self.refusal("brokenkinds.Kind"),
            "kind 'brokenkinds.Kind' can't be imported: RuntimeError: not today (brokenkinds.py line 2)",
        )

    def test_noKind(self) -> None:
        """A class that is not a kind is told how to become one."""
        for word in ("pathlib.Path", "os.getcwd"):
            self.assertIn("which is no kind; derive a class from dotchain.api.Stage", self.refusal(word))

    def test_badRole(self) -> None:
        """A kind has one of two roles."""
        self.assertIn("its role is 'actor'", self.refusal("tests.config.test_kinds.Lost"))

    def test_badOptions(self) -> None:
        """A kind's options are a mapping."""
        self.assertIn("its options are no mapping", self.refusal("tests.config.test_kinds.Bare"))
