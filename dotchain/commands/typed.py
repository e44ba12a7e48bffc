"""How the command line of C{dotchain query} is read."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.edns

from ..options import whole
from ..tls.pins import pinFromText, pins


class AnyOrder(argparse.Action):
    """Words and options in any order: takes one word, and has the rest read as options."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: Any = None
    ) -> None:
        word, *rest = values
        namespace.words = [*namespace.words, word]
        if rest:
            parser.parse_args(rest, namespace)


def typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same reader, what it says of wrong values given to argparse."""

    def readOrTell(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return readOrTell


def pin(text: str) -> frozenset[bytes]:
    """
    The pin written so, or of the first certificate or key in the PEM file of that name.

    @raise ValueError: where it is neither.
    """
    return pins(text) if Path(text).is_file() else frozenset((pinFromText(text),))


def count(text: str) -> int:
    """
    How many queries.

    @raise ValueError: for none, or more than 10000.
    """
    if not 1 <= whole(text) <= 10000:
        raise ValueError(f"{text!r} is not a number from 1 to 10000")
    return whole(text)


def ednsOption(text: str) -> dns.edns.Option:
    """
    An EDNS option as C{CODE} or C{CODE:HEX}.

    @raise ValueError: where it is none.
    """
    code, _, data = text.partition(":")
    try:
        return dns.edns.GenericOption(dns.edns.OptionType.make(_code(code)), bytes.fromhex(data))
    except ValueError:
        raise ValueError(f"{text!r} is not CODE or CODE:HEX such as 10:0011223344556677") from None


def _code(text: str) -> int:
    if whole(text) > 65535:
        raise ValueError(text)
    return whole(text)
