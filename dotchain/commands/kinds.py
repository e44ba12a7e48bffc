"""C{dotchain kinds}: what an INI file can be made of."""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

from ..config.kinds import KindError, Kinds
from ..config.processoptions import CHAIN, DAEMON, FRONT, STAGE, UPSTREAM
from ..config.testoptions import TEST
from ..contract.faults import BUGS, blame
from ..contract.terms import CONTRACT
from ..fronts.front import Front
from ..match.language import LANGUAGE
from ..naming import Naming
from ..options import REQUIRED, Option, Options

Entry = dict[str, Any]


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "Kinds of other packages are listed too. A dotted path (package.module.Class) names a class "
        "that no package declares; PYTHONPATH must name the folder that it is in."
    )
    parser.add_argument(
        "kind",
        metavar="KIND",
        nargs="?",
        help="only this kind, or one role: front, chain, dotchain, test; match: the words of matches",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list")


def run(arguments: argparse.Namespace) -> int:
    """List them."""
    return _words(arguments.json) if arguments.kind == "match" else _list(arguments)


def _words(asJSON: bool) -> int:
    """The language of matches, which is no kind and still asked for here."""
    if asJSON:
        print(json.dumps([{"word": word, "holds": holds} for word, holds in LANGUAGE], indent=2))
    else:
        print("match\n    Words that must all hold; docs/matches.rst tells more.")
        print(*[f"  {word}\n      {holds}" for word, holds in LANGUAGE], sep="\n")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    kinds = Kinds()
    roles = _roles()
    failed = list(kinds.refused)
    named = [entry for entry in roles if entry["kind"] == arguments.kind]
    entries = named or [] if arguments.kind else roles
    if not named:
        entries += _entries(kinds, [arguments.kind] if arguments.kind else kinds.names, failed)
    if arguments.json:
        print(json.dumps(entries, indent=2))
    else:
        print(*map(_text, entries), sep="\n", end="")
    for line in failed:
        print(line, file=sys.stderr)
    return 0 if entries else 1


def _entries(kinds: Kinds, words: Iterable[str], failed: list[str]) -> list[Entry]:
    """Stages first, then upstreams; those that can't be imported are left out and told."""
    found = []
    for word in words:
        try:
            kind = kinds.find(word)
            found.append(_entry(kind.role, word, _first(kind), _options(kind, word)))
        except KindError as error:
            failed.append(str(error))
        except BUGS as error:
            failed.append(f"kind {word!r} can't be shown: {blame(error)}")
    return sorted(found, key=lambda entry: (entry["role"], entry["kind"]))


def _options(kind: Any, word: str) -> Options:
    """The keys of a section of that kind, those last that every stage has."""
    return {"kind": _choice(kind, word), **kind.options, **(CONTRACT if kind.role == "stage" else {})}


def _choice(kind: Any, word: str) -> Option:
    """The key C{kind} of a section of that kind: which ones can do without it."""
    if kind.role == "stage":
        return STAGE["kind"]._replace(default=word)
    return UPSTREAM["kind"]._replace(default=word if word == UPSTREAM["kind"].default else REQUIRED)


def _roles() -> list[Entry]:
    """What the sections are that have no kind."""
    return [
        _entry("dotchain", "dotchain", "What is the process's own.", DAEMON),
        _entry("front", "front", _first(Front), {**Front.options, **FRONT}),
        _entry("chain", "chain", "The way of a query.", CHAIN),
        _entry("test", "test", "A query that `dotchain check --test` asks, and what must come of it.", TEST),
    ]


def _entry(role: str, kind: str, doc: str, options: Options) -> Entry:
    return {
        "role": role,
        "kind": kind,
        "doc": doc,
        "options": [
            {
                "key": key,
                "required": option.default is REQUIRED,
                "default": _default(option),
                "automatic": option.automatic,
                "names": list(option.read.roles) if isinstance(option.read, Naming) else [],
                "doc": option.doc,
            }
            for key, option in options.items()
        ],
    }


def _default(option: Option) -> str | None:
    """The text that stands for a key that is not given."""
    return None if option.default in (REQUIRED, None) else str(option.default)


def _first(kind: Any) -> str:
    """The first sentence of a docstring, without its epytext."""
    text = re.sub(r"[A-Z]\{([^}<]*?)\s*(?:<[^>]*>)?\}", r"\1", inspect.cleandoc(kind.__doc__ or ""))
    paragraph = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0]


def _text(entry: Entry) -> str:
    """One kind as people read it."""
    same = entry["role"] == entry["kind"]
    lines = [entry["kind"] if same else f"{entry['kind']} ({entry['role']})", f"    {entry['doc']}"]
    for option in entry["options"]:
        missing = "required" if option["required"] else "automatic" if option["automatic"] else "none"
        names = f" (names: {', '.join(option['names'])})" if option["names"] else ""
        lines.append(f"  {option['key']} = {option['default'] or missing}{names}")
        lines += textwrap.wrap(option["doc"], 100, initial_indent="      ", subsequent_indent="      ")
    return "\n".join([*lines, ""])
