"""C{dotchain upstreams}: how the upstreams of the running daemon are."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from . import controlclient
from .presentation import clean
from .table import cell, lasting, some, table

_HEAD = ("STATE", "QUERIES", "IN FLIGHT", "LATENCY MS", "CONNECTIONS")


def addArguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    controlclient.addArguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print."""
    return controlclient.tell(arguments, lambda found: "\n\n".join(_texts(found)))


def _texts(found: Any) -> Iterator[str]:
    for name, upstream in found.items():
        drained = (
            ", DRAINED: it gets no new queries while others can take them" if upstream.get("drained") else ""
        )
        lines = [f"{name} ({upstream['kind']}){_introduced(upstream)}{drained}"]
        if "addresses" in upstream:
            lines += _addresses(upstream["addresses"]) or [f"  no address: {clean(upstream['trouble'])}"]
        elif "members" in upstream:
            lines += _members(upstream["members"])
        yield "\n".join(lines)


def _introduced(upstream: Any) -> str:
    where = upstream.get("proxy-protocol")
    return f", told by PROXY headers who asks{' (before TLS)' if where == 'outside' else ''}" if where else ""


def _addresses(addresses: Any) -> list[str]:
    rows = [
        [
            name,
            each["state"],
            each["queries"],
            each["in-flight"],
            each["latency-ms"],
            each.get("connections", each.get("sockets"))["open"],
        ]
        for name, each in addresses.items()
    ]
    lines = table(["ADDRESS", *_HEAD], rows, 2, indent=2)
    found = lines[:1]
    for line, each in zip(lines[1:], addresses.values(), strict=True):
        found += [line, *(f"    {text}" for text in _about(each))]
    return found


def _about(address: Any) -> Iterator[str]:
    """What is known of an address besides figures."""
    if address["peer"]:
        yield from _peer(address["peer"])
    clients = address.get("clients")
    if clients and any(clients.values()):
        who = some(clients["connected"], "client")
        yield f"{who} with connections of their own, {clients['waiting']} waiting for one"
    for each in address["connections-now"]:
        yield (
            f"connection {lasting(each['age-seconds'])} old, {some(each['queries'], 'query')}, "
            f"{each['in-flight']} in flight, unused for {lasting(each['idle-seconds'])}"
        )
    if address["trouble"]:
        trouble = address["trouble"]
        yield f"last trouble {lasting(trouble['seconds-ago'])} ago: {clean(trouble['text'])}"
    if address["next-trial-seconds"] is not None:
        yield f"next trial in {lasting(address['next-trial-seconds'])}"


def _peer(peer: Any) -> Iterator[str]:
    if not peer["authenticated"]:
        who = f"NOT AUTHENTICATED: {clean(peer['reason'] or '')}"
    else:
        who = f"authenticated as {peer['name']}" if peer["name"] else "authenticated by its pin"
    until = f", certificate until {peer['not-after'][:10]}" if peer["not-after"] else ""
    agreed = filter(None, (peer["version"], peer.get("group")))
    yield f"{', '.join(agreed)}, {'resumed' if peer['resumed'] else 'full handshake'}, {who}{until}"
    yield from (f'pin-sha256="{pin["pin-sha256"]}"  ; {pin["what"]}' for pin in peer["pins"])


def _members(members: Any) -> list[str]:
    keys = ("state", "asked", "won", "failed", "in-flight", "latency-ms")
    rows = [
        [name, *(each[key] for key in keys), _trial(each["next-trial-seconds"])]
        for name, each in members.items()
    ]
    head = ["MEMBER", "STATE", "ASKED", "WON", "FAILED", "IN FLIGHT", "LATENCY MS", "NEXT TRIAL"]
    return table(head, rows, 2, indent=2)


def _trial(seconds: float | None) -> str:
    return cell(None) if seconds is None else f"in {lasting(seconds)}"
