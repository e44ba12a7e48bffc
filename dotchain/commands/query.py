"""C{dotchain query}: ask a server, over UDP, TCP or TLS."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import dns.message
from twisted.internet.defer import Deferred

from ..address import Address
from ..options import OptionError, seconds
from ..tls.client import UpstreamIdentity
from .asjson import asJson
from .attempt import Outcome, ask
from .ownreactor import untilDone
from .presentation import asText, short
from .question import Server, addresses, queries, question, server, sort
from .typed import AnyOrder, count, ednsOption, pin, typed

_USAGE = "dotchain query [options] NAME [TYPE] [@SERVER[#PORT]]"
_EPILOG = """\
The words and the options may stand in any order:
  dotchain query foo.example.org @127.0.0.1#5300
  dotchain query @dns.example.net foo.example.org AAAA --tls --strict
  dotchain query foo.example.org @192.0.2.1 --pin 'pin-sha256="..."' --strict

Exits with 0 where an answer came, whatever its RCODE, and the server is authenticated
where --strict is given; with 1 where not; with 2 for wrong usage.
"""


def addArguments(parser: argparse.ArgumentParser) -> None:
    """What the command line may say."""
    parser.usage, parser.epilog = _USAGE, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "words",
        metavar="NAME [TYPE] [@SERVER[#PORT]]",
        nargs=argparse.PARSER,
        action=AnyOrder,
        default=[],
        help="what is asked for (TYPE: A), and the IP address or name of whom (127.0.0.1#53, with TLS #853)",
    ).required = False
    _addTransport(parser)
    _addQuery(parser)
    _addOutput(parser)


def _addTransport(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("how to ask, and whom").add_argument
    add("--tls", action="store_true", help="DNS over TLS; the four options below imply it")
    add("--name", help="the name (or IP address) to authenticate by (default: SERVER, if no --pin is given)")
    add("--ca-file", type=Path, metavar="FILE", help="trusted CAs instead of the system's, as PEM")
    add(
        "--pin",
        type=typed(pin),
        action="append",
        default=[],
        help='an SPKI pin, bare or as pin-sha256="...", or a PEM file that has it; repeatable',
    )
    add("--strict", action="store_true", help="ask only an authenticated server (RFC 8310)")
    add("--tcp", action="store_true", help="TCP; the default is UDP, and TCP for what it truncates")
    add("--timeout", type=typed(seconds), default=5.0, metavar="T", help="for all of it (default: 5s)")
    add("--repeat", type=typed(count), default=1, metavar="N", help="N such queries on one connection")


def _addQuery(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the query").add_argument
    add("-x", dest="reverse", metavar="ADDRESS", help="ask for the name of an IP address")
    add("--dnssec", action="store_true", help="ask for DNSSEC records (DO)")
    add("--cd", action="store_true", help="ask not to validate (CD)")
    add("--no-recurse", action="store_true", help="ask the server for its own data only (RD=0)")
    add(
        "--padding",
        action=argparse.BooleanOptionalAction,
        help="pad to 128 octets and ask for a padded answer (RFC 8467; default: over TLS only)",
    )
    add(
        "--option",
        type=typed(ednsOption),
        action="append",
        default=[],
        metavar="CODE[:HEX]",
        help="an EDNS option, such as 3 for NSID; repeatable",
    )


def _addOutput(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what is printed").add_argument
    add("--short", action="store_true", help="the data of the answer only")
    add("--json", action="store_true", help="a JSON object")


def run(arguments: argparse.Namespace) -> int:
    """
    Ask, and print what came.

    @return: 0; 1 without an answer or, where it is demanded, without authentication; 2
        for what makes no sense.
    """
    try:
        wanted = _queries(arguments)
        begun = time.monotonic()
        whom = _server(arguments)
        identity = _identity(arguments, whom) if _transport(arguments) == "tls" else None
        hosts = addresses(whom, _transport(arguments), arguments.timeout)
    except OptionError as error:
        return _complain(f"--{error.key}: {error}", 2)
    except ValueError as error:
        return _complain(str(error), 2)
    except OSError as error:
        return _complain(f"{whom.host}: {error.strerror or error}", 1)
    limit = max(0.0, arguments.timeout - (time.monotonic() - begun))
    return _show(arguments, asked(hosts, wanted, identity, limit))


def _complain(text: str, status: int) -> int:
    print(f"dotchain query: {text}", file=sys.stderr)
    return status


def _transport(arguments: argparse.Namespace) -> str:
    """
    C{udp}, C{tcp} or C{tls}; who wants to know whom he talks to wants TLS.

    @raise ValueError: for both TCP and TLS.
    """
    by = [option for option in ("tls", "name", "ca_file", "pin", "strict") if getattr(arguments, option)]
    if by and arguments.tcp:
        raise ValueError(f"--tcp is clear text, --{by[0].replace('_', '-')} is TLS: only one of them")
    return "tls" if by else "tcp" if arguments.tcp else "udp"


def _queries(arguments: argparse.Namespace) -> list[dns.message.Message]:
    padded, encrypted = arguments.padding, _transport(arguments) == "tls"
    if padded and not encrypted:
        raise ValueError("--padding needs --tls: in clear text it hides nothing (RFC 7830 section 6)")
    return queries(
        question(sort(arguments.words), arguments.reverse),
        arguments.repeat,
        dnssec=arguments.dnssec,
        checkingDisabled=arguments.cd,
        recurse=not arguments.no_recurse,
        padded=encrypted if padded is None else padded,
        options=arguments.option,
    )


def _server(arguments: argparse.Namespace) -> Server:
    named = sort(arguments.words).servers
    if len(named) > 1:
        raise ValueError(f"one server at a time, not @{' @'.join(named)}")
    return server(named[0]) if named else Server("127.0.0.1", None)


def _identity(arguments: argparse.Namespace, whom: Server) -> UpstreamIdentity:
    """Whom the server must be: by pins alone, or by the name, which by default is the server's."""
    wanted = frozenset(pin for each in arguments.pin for pin in each)
    return UpstreamIdentity(
        arguments.name or (None if wanted else whom.host),
        wanted,
        arguments.ca_file,
        "strict" if arguments.strict else "encrypted",
    )


def asked(
    hosts: Sequence[Address],
    wanted: Sequence[dns.message.Message],
    identity: UpstreamIdentity | None,
    limit: float,
) -> Outcome:
    """
    Run a reactor of our own until the outcome is there.

    @raise KeyboardInterrupt: where the user ends it.
    """
    return untilDone(
        lambda reactor: Deferred.fromCoroutine(ask(reactor, hosts, wanted, identity, limit)),
    )


def _show(arguments: argparse.Namespace, outcome: Outcome) -> int:
    """Print the outcome."""
    if outcome.answers:
        if arguments.json:
            print(json.dumps(asJson(outcome), indent=2))
        elif not arguments.short:
            print(asText(outcome))
        elif data := short(outcome.answers[0]):
            print(data)
        report = outcome.report
        if arguments.short and report and not report.authenticated and (arguments.name or arguments.pin):
            _complain(f"warning: not authenticated: {report.reason}", 0)
    return _complain(outcome.failure, 1) if outcome.failure else 0
