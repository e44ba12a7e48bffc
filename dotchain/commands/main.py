"""The C{dotchain} command: one verb, one module."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Any

from ..compiled import VERSION
from .parser import Parser

VERBS = {
    "check": "tell what is wrong with an INI file, without starting anything",
    "simulate": "tell which queries another INI file decides differently",
    "query": "ask a server, over UDP, TCP or TLS",
    "pin": "print the SPKI pins of a key, a certificate or a live server",
    "cert": "make keys and certificates: self-signed, or of a CA of your own",
    "kinds": "list every kind of stage and upstream, with keys and defaults",
    "import": "write an INI file from a configuration of stunnel, Stubby, Unbound or BIND",
    "explain": "tell what the running daemon does with a query, stage by stage",
    "stats": "print what the running daemon has counted",
    "upstreams": "tell how the upstreams of the running daemon are",
    "top": "show the running daemon live: rates, latencies, upstreams, stages",
    "flush": "have the running daemon forget answers",
    "doctor": "tell what is wrong with upstreams, fronts and this machine, and what to do",
    "audit": "tell what each upstream has seen, how well that was hidden, and what to do",
    "drain": "have the running daemon leave an upstream whose server is about to stop",
    "undrain": "have the running daemon ask a drained upstream as before",
    "reload": "have the running daemon take its files as they are now",
    "log-level": "have the running daemon log more or less, until its next reload",
    "completion": "print what has a shell complete verbs and options",
    "new-stage": "write a package to start a stage of your own from",
}
"""Every verb with a line of help; the module of that name, without hyphens, in this package does it.

It has C{addArguments(parser)} and C{run(arguments) -> int}, where 0 is success, 1 a
negative result and 2 wrong usage."""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one verb.

    @param argv: the words after the command's name; by default those of the process.
    @return: the exit status.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    verb = next((word for word in words if word in VERBS), None)
    try:
        arguments = parser(() if verb is None else (verb,)).parse_args(words)
        status = int(_module(arguments.verb).run(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough; spare Python its complaint when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def parser(read: Collection[str]) -> argparse.ArgumentParser:
    """
    A parser that knows every verb by name.

    @param read: the verbs whose arguments it knows; what the others do stays unread.
    """
    made = Parser("dotchain", description="Tools of the DNS-over-TLS daemon dotchain.")
    made.add_argument("-V", "--version", action="version", version=f"dotchain {VERSION}")
    verbs = made.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, text in VERBS.items():
        sub = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in read:
            _module(name).addArguments(sub)
    return made


def _module(verb: str) -> Any:
    return import_module(f".{verb.replace('-', '')}", __package__)
