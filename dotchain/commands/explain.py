"""C{dotchain explain}: the way of a query through the running chain."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import dns.rdataclass
import dns.rdatatype

from . import controlclient
from .presentation import clean
from .question import question, sort
from .table import lasting, some
from .typed import typed

_USAGE = "dotchain explain NAME [TYPE] [options]"


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.usage = _USAGE
    parser.epilog = "Exits with 0 where the chain has an answer, whatever its RCODE, else with 1."
    parser.add_argument("words", metavar="NAME [TYPE]", nargs="+", help="what is asked for (TYPE: A)")
    parser.add_argument(
        "--client",
        type=typed(ip_address),
        metavar="ADDRESS",
        help="who asks (default: 127.0.0.1)",
    )
    parser.add_argument("--front", metavar="NAME", help="by which front (default: the file's first)")
    parser.add_argument("--transport", choices=("udp", "tcp", "tls"), help="over what (default: its first)")
    parser.add_argument("--sni", metavar="NAME", help="the server name that the client's TLS asks for")
    parser.add_argument("--identity", metavar="NAME", help="the name in the client's certificate (mTLS)")
    parser.add_argument("--dnssec", action="store_true", help="ask for DNSSEC records (DO)")
    parser.add_argument("--dry", action="store_true", help="ask no upstream; tell which one would be asked")
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    try:
        words = sort(arguments.words)
        asked = question(words, None)
        if words.servers or asked.dnsClass != dns.rdataclass.IN:
            raise ValueError("explain asks the chain for class IN; a name and a type are all it wants")
    except ValueError as error:
        print(f"dotchain explain: {error}", file=sys.stderr)
        return 2
    said: dict[str, object] = {"name": asked.name.to_text(), "type": dns.rdatatype.to_text(asked.type)}
    said["dnssec"], said["dry"] = arguments.dnssec, arguments.dry
    for key in ("client", "front", "transport", "sni", "identity"):
        if getattr(arguments, key) is not None:
            said[key] = str(getattr(arguments, key))
    return controlclient.tell(arguments, lambda found: "\n".join(_lines(found)), said, _negative)


def _negative(found: Any) -> bool:
    return found["outcome"] not in ("answered", "unasked") or not found["allowed"]


def _lines(found: Any) -> Iterator[str]:
    asked, client = found["question"], found["client"]
    yield f"{asked['name']} {asked['type']}, asked by {client['address']} over {client['transport']}"
    rows = list(_rows(found, 0))
    first, second = (max(len(row[place]) for row in rows) for place in (0, 1))
    for name, milliseconds, text in rows:
        yield f"{name:<{first}}  {milliseconds:>{second}}  {text}"


def _rows(step: Any, depth: int) -> Iterator[tuple[str, str, str]]:
    """One call and those it makes, each as name, time and what came of it."""
    kind = "" if step["kind"] in ("", step["name"]) else f" ({step['kind']})"
    milliseconds = "-" if step["ms"] is None else f"{step['ms']:.3f} ms"
    words = [clean(step["told"])] if step["told"] else []
    words += [_order(step["order"])] if step.get("order") else []
    words += [_asked(each) for each in step.get("asked", ())]
    yield "  " * depth + step["name"] + kind, milliseconds, "; ".join([*words, _verdict(step)])
    for each in step["steps"]:
        yield from _rows(each, depth + 1)


def _order(order: Any) -> str:
    return "asks " + ", then ".join(f"{each['name']} ({each['state']})" for each in order)


def _asked(asked: Any) -> str:
    text = f"{asked['address']}{_over(asked)}"
    return f"{text}: {clean(asked['failure'])}" if asked["failure"] else text


def _over(asked: Any) -> str:
    connection, tls = asked["connection"], asked["tls"]
    if connection:
        old, carried = lasting(connection["age-seconds"]), some(connection["queries"], "query")
        return f" over a connection {old} old, after {carried}"
    if asked["failure"] or not tls:
        return ""
    return f" over a new connection, {tls['version']}, {'resumed' if tls['resumed'] else 'full handshake'}"


def _verdict(step: Any) -> str:
    below = step["steps"][-1] if step["steps"] else None
    if below and (below["outcome"], below["answer"]) == (step["outcome"], step["answer"]):
        return "passes on"
    if step["outcome"] == "unasked":
        addresses = ", ".join(step.get("addresses", ()))
        return f"would be asked at {addresses}" if addresses else "would be asked"
    if step["outcome"] == "waits":
        return "no answer yet"
    if step["outcome"] == "dropped":
        return "no answer, on purpose"
    known = [each["failure"] for each in step.get("asked", ())]
    failed = ""
    if step["error"]:
        failed = "failed" if step["error"] in known else f"failed: {clean(step['error'])}"
    return "; ".join(text for text in (failed, _answer(step["answer"])) if text)


def _answer(answer: Any) -> str:
    if answer is None:
        return ""
    words = [answer["rcode"], some(answer["records"], "record")]
    words += [f"TTL {answer['ttl']}"] if answer["ttl"] is not None else []
    words += [_error(each) for each in answer["errors"]]
    return ", ".join(words)


def _error(error: Any) -> str:
    text = f": {clean(error['text'])}" if error["text"] else ""
    return f"EDE {error['code']} ({error['name']}){text}"
