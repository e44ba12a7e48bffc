"""
What dotchain may change in a message: docs/transparency.rst, as code.

Each rule tells of one field in which the replies differ whether it accounts for that. A rule says what
dotchain's field must be, not just that it may be another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .exchange import Exchange
from .hops import hopFlags, hopOpt, hopOptions, signed
from .kept import cached, case, denied, failures
from .own import cookies, largeDatagrams, malformed, nxname, opcodes, transfers
from .sizes import askedByUdp, cut, cutOnStream, uncut
from .varying import ageing, fewErrors, texts, verdict


class Rule(NamedTuple):
    """
    A rule.

    @ivar title: its heading in docs/transparency.rst.
    @ivar explains: whether a difference in a field comes of it.
    """

    title: str
    explains: Callable[[Exchange, str], bool]


RULES = (
    Rule("Malformed messages", malformed),
    Rule("Large datagrams", largeDatagrams),
    Rule("Other opcodes", opcodes),
    Rule("Cookies", cookies),
    Rule("Transfers", transfers),
    Rule("NXNAME", nxname),
    Rule("Signed messages", signed),
    Rule("The OPT record", hopOpt),
    Rule("EDNS options", hopOptions),
    Rule("Flags", hopFlags),
    Rule("Truncation over UDP", cut),
    Rule("No truncation where it fits", uncut),
    Rule("Upstreams over UDP", askedByUdp),
    Rule("Truncation over streams", cutOnStream),
    Rule("Answers from the cache", cached),
    Rule("Names that don't exist", denied),
    Rule("Kept failures", failures),
    Rule("Letter case", case),
)

VARYING: dict[str, tuple[Rule, ...]] = {
    "bind": (),
    "unbound": (
        Rule("(the server's own ageing)", ageing),
        Rule("(the server's verdict)", verdict),
        Rule("(the server's texts of errors)", texts),
        Rule("(the server's limit of errors)", fewErrors),
    ),
}
"""Differences between two answers of the nameserver itself, by its name."""

NOT_PASSED_ON = "What is not passed on"
"""The rule of queries whose answer depends on what dotchain leaves out of them."""
