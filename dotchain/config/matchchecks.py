"""Matches held against the fronts that lead to them: words that hold for no query are mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..match.asked import FrontWord, IdentityWord, ServerNameWord, TransportWord
from ..match.found import FoundWord, wordsIn
from .graph import Values, leading
from .hint import close
from .ini import Problem, Section
from .plan import Plan

_Fronts = Sequence[Section]


def impossible(plan: Plan, values: Values) -> list[Problem]:
    """What is wrong with words about fronts, and what only some fronts know of a client."""
    fronts = leading(plan)
    problems = []
    for section, key, found in _words(values):
        # Of what no front leads to, that is the error.
        nearest = fronts.get(section) or plan.role("front")
        for why in _objections(found, plan.role("front"), nearest, values):
            told = section.problem(key, f"{found.word.text!r} never holds: {why}")
            problems.append(told._replace(line=found.line or told.line))
    return problems


def nameReaders(plan: Plan, values: Values) -> set[Section]:
    """The fronts whose clients are told apart by the server name that their TLS asks for."""
    fronts = leading(plan)
    readers = {section for section, _, found in _words(values) if isinstance(found.word, ServerNameWord)}
    return {front for section in readers for front in fronts.get(section, ())}


def _words(values: Values) -> Iterator[tuple[Section, str, FoundWord]]:
    for section, found in values.items():
        for key, value in found.items():
            for each in wordsIn(value):
                yield section, key.replace("_", "-"), each


def _objections(found: FoundWord, everywhere: _Fronts, here: _Fronts, values: Values) -> Iterator[str]:
    word = found.word
    if isinstance(word, FrontWord):
        yield from _misnamed(word, everywhere, here)
    elif found.negated:
        return
    elif isinstance(word, TransportWord) and not word.choices & _transports(here, values):
        yield f"no front that leads here listens on {' or '.join(sorted(word.choices))}"
    elif isinstance(word, ServerNameWord) and not _knows(
        "sni", "tls" in _transports(here, values), here, values
    ):
        yield "no front that leads here listens on tls, which alone has server names"
    elif isinstance(word, IdentityWord):
        asks = any(values[each].get("client_ca") for each in here)
        if not _knows("identity", asks, here, values):
            yield "no front that leads here asks for clients' certificates: 'client-ca' has it do so"


def _knows(what: str, itself: bool, fronts: _Fronts, values: Values) -> bool:
    """Whether one of them finds that out itself, or is told by balancers whom it believes."""
    return itself or any(what in (values.get(each, {}).get("proxy_tlvs") or ()) for each in fronts)


def _misnamed(word: FrontWord, everywhere: _Fronts, here: _Fronts) -> Iterator[str]:
    known, near = ({each.name for each in fronts} for fronts in (everywhere, here))
    for name in sorted(word.choices - near):
        if name in known:
            yield f"[front {name}] does not lead here"
        else:
            yield f"there is no [front {name}]{close(name, sorted(known))}"


def _transports(fronts: _Fronts, values: Values) -> set[str]:
    """What they listen on; all where that could not be read."""
    listen = [values.get(each, {}).get("listen") for each in fronts]
    if not all(listen):
        return {"udp", "tcp", "tls"}
    return {address.transport for addresses in listen for address in addresses or ()}
