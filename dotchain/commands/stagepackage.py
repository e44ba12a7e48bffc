"""The files of a new stage's package."""

from __future__ import annotations

from string import Template

_TESTS = "tests"

_CONFIG = Template("""\
[metadata]
name = dotchain-$name
version = 0.1.0
description = The stage $name for dotchain
long_description = file: README.rst

[options]
python_requires = >=3.10
packages = $package
install_requires =
    dotchain

[options.package_data]
$package = py.typed

[options.entry_points]
dotchain.kinds =
    $name = $package.stage:$kind

[options.extras_require]
test =
    pytest
    mypy
""")

_PROJECT = Template("""\
[build-system]
requires = ["setuptools>=68"]
build-backend = "setuptools.build_meta"

[tool.mypy]
strict = true
packages = ["$package"]
""")

_README = Template("""\
dotchain-$name
$line

A stage for dotchain that ... Say in a sentence what it does, and for whom.

.. code-block:: ini

    [chain home]
    path = $name cache out

    [stage $name]
    match = example.org

``dotchain kinds $name`` prints its keys.
""")

_STAGE = Template('''\
"""The stage C{$name}."""

from __future__ import annotations

from typing import Any

from dotchain.api import (
    EDE_FILTERED,
    IResolver,
    Match,
    Option,
    OptionError,
    Query,
    Reactor,
    Result,
    Stage,
    match,
)


class $kind(Stage):
    """Refuses the queries for which a match holds."""

    kind = "$name"
    options = {"match": Option(match, "", "the queries that are refused, such as example.org type:TXT")}
    counters = ("refused",)
    match: Match

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        super().__init__(next, reactor, **options)
        if not self.match.words:
            raise OptionError("match", "without it every query would be refused")
        # Fronts may remember what is decided by the question alone.
        self.replays = next.replays and not self.match.ofClient
        self.refused = 0

    def resolve(self, query: Query) -> Result:
        """See L{Stage.resolve}."""
        if not self.match.holds(query):
            return self.next(query)
        self.refused += 1
        return query.refuse(EDE_FILTERED, "not answered here")

    def explain(self, query: Query) -> str:
        """What C{dotchain explain} tells."""
        return f"refused: {self.match.text}" if self.match.holds(query) else ""
''')

_TEST = Template('''\
"""Tests of the stage C{$name}."""

from __future__ import annotations

from dotchain.api import NOERROR, REFUSED, Client, OptionError
from dotchain.testing import StageCase, both, makeQuery

from $package.stage import $kind

WWW = "www.example.org. 300 IN A 192.0.2.1"


@both
class ${kind}Tests(StageCase):
    """Each test runs twice: the next resolver answers at once, and later."""

    def test_refused(self) -> None:
        """What the match holds for is refused, and nobody is asked."""
        stage = self.made($kind, WWW, match="example.org")
        self.assertEqual(self.answered(stage, "www.example.org A").rcode, REFUSED)
        self.assertEqual((stage.refused, self.next.asked), (1, []))

    def test_others(self) -> None:
        """All else is passed on."""
        stage = self.made($kind, WWW, match="example.net client:192.0.2.0/24")
        query = makeQuery("www.example.net.", client=Client("198.51.100.1", "udp"))
        self.assertEqual(self.answered(stage, query).rcode, NOERROR)
        self.assertFalse(stage.replays)

    def test_nothing(self) -> None:
        """Without a match it can't be used."""
        self.assertRaises(OptionError, self.made, $kind)
''')

_INI = Template("""\
; refused:  dig @127.0.0.1 -p 5300 www.example.org TXT
; answered: dig @127.0.0.1 -p 5300 www.example.org
[front lan]
listen = udp://127.0.0.1:5300 tcp://127.0.0.1:5300
chain  = home

[chain home]
path = special $name cache coalesce own

[stage $name]
match = example.org type:TXT

; In the place of servers, so that it works without a network.
[upstream own]
kind = zone
file = example.org.zone
""")

_ZONE = Template("""\
$$TTL 300
@    SOA ns hostmaster 1 7200 900 1209600 300
@    NS  ns
ns   A   192.0.2.53
www  A   192.0.2.1
www  TXT "what the stage refuses"
""")


def packageOf(name: str) -> str:
    """The Python package of a stage: C{dotchain_grey_list} of C{grey-list}."""
    return f"dotchain_{name.replace('-', '_')}"


def kindOf(name: str) -> str:
    """Its class: C{GreyList} of C{grey-list}."""
    return "".join(part.capitalize() for part in name.split("-"))


def filesOf(name: str) -> dict[str, str]:
    """
    What stands in the files of a new package, by their places in its folder.

    @param name: the name of the kind.
    """
    package = packageOf(name)
    words = {"name": name, "package": package, "kind": kindOf(name), "line": "=" * (len(name) + 9)}
    templates = {
        "setup.cfg": _CONFIG,
        "pyproject.toml": _PROJECT,
        "README.rst": _README,
        f"{package}/__init__.py": Template('"""The stage $name."""\n'),
        f"{package}/py.typed": Template(""),
        f"{package}/stage.py": _STAGE,
        f"{_TESTS}/test_stage.py": _TEST,
        f"{name}.ini": _INI,
        "example.org.zone": _ZONE,
    }
    return {place: template.substitute(words) for place, template in templates.items()}
