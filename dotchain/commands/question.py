"""What is asked, and of whom: the words of C{dotchain query}, in dig's free order."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import NamedTuple

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.reversename

from ..address import Address, address
from ..wire.domains import nameOf
from ..wire.edns import QUERY_BLOCK

_CLASSES = ("IN", "CH", "HS")
_TRANSFERS = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)
_UDP_SIZE = 1232


class Question(NamedTuple):
    """
    What is asked.

    @ivar name: absolute.
    @ivar type: the QTYPE.
    @ivar dnsClass: the QCLASS.
    """

    name: dns.name.Name
    type: dns.rdatatype.RdataType
    dnsClass: dns.rdataclass.RdataClass


class Words(NamedTuple):
    """
    The words of a command line, told apart.

    @ivar names: what is neither a type nor a class nor a server.
    @ivar types: such as C{AAAA} or C{TYPE65}.
    @ivar classes: C{IN}, C{CH}, C{HS}.
    @ivar servers: what stood behind an C{@}.
    """

    names: list[str]
    types: list[str]
    classes: list[str]
    servers: list[str]


def sort(words: Iterable[str]) -> Words:
    """
    Tell the words apart, whatever their order.

    Where every word might be a type, the first one is the name, as one is needed.
    """
    found = Words([], [], [], [])
    for word in words:
        if word.startswith("@"):
            found.servers.append(word[1:])
        elif word.upper() in _CLASSES:
            found.classes.append(word)
        else:
            (found.types if _isType(word) else found.names).append(word)
    return found


def _isType(word: str) -> bool:
    try:
        dns.rdatatype.from_text(word)
    except (dns.exception.DNSException, ValueError):
        return False
    return True


def question(words: Words, reverse: str | None) -> Question:
    """
    The one question.

    @param reverse: the address whose name is asked for, instead of a name.
    @raise ValueError: where the words make none; says what would be right.
    """
    names, types = list(words.names), list(words.types)
    if reverse is None and not names and types:
        names.append(types.pop(0))
    if reverse is not None:
        name, default = _reverse(reverse), "PTR"
    elif not names:
        raise ValueError("no name to ask for, such as example.org")
    else:
        name, default = _name(names.pop(0)), "A"
    if names:
        raise ValueError(f"{names[0]!r} is neither a record type nor a server; those begin with @")
    if len(types) > 1 or len(words.classes) > 1:
        raise ValueError(f"one type and one class at a time, not {' '.join(types + words.classes)}")
    kind = dns.rdatatype.from_text(types[0] if types else default)
    if kind in _TRANSFERS:
        raise ValueError("zone transfers are not this client's business")
    return Question(name, kind, dns.rdataclass.from_text(words.classes[0] if words.classes else "IN"))


def _name(text: str) -> dns.name.Name:
    """A domain name; one with letters beyond ASCII becomes A-labels (RFC 5891)."""
    try:
        if text.isascii() or len(text.split()) != 1:
            return nameOf(text)
        modern = dns.name.IDNA_2008_UTS_46 if dns.name.have_idna_2008 else dns.name.IDNA_2003
        return dns.name.from_unicode(text.strip(), idna_codec=modern)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ValueError(f"{text!r} is not a domain name: {error}") from None


def _reverse(text: str) -> dns.name.Name:
    try:
        return dns.reversename.from_address(text)
    except (dns.exception.DNSException, ValueError):
        raise ValueError(f"-x wants an IP address such as 192.0.2.1, not {text!r}") from None


def queries(
    asked: Question,
    count: int,
    *,
    dnssec: bool,
    checkingDisabled: bool,
    recurse: bool,
    padded: bool,
    options: Sequence[dns.edns.Option],
) -> list[dns.message.Message]:
    """
    That many equal queries with random IDs, no two the same.

    AD=1 asks for the server's verdict (RFC 6840 section 5.7).

    @param count: 65536 at the most.
    @param padded: filled up to whole blocks of 128 octets (RFC 8467 section 4.1), which
        also asks for a padded answer (RFC 7830 section 4).
    """
    flags = dns.flags.AD
    if recurse:
        flags |= dns.flags.RD
    if checkingDisabled:
        flags |= dns.flags.CD
    return [
        dns.message.make_query(
            *asked,
            use_edns=0,
            want_dnssec=dnssec,
            payload=_UDP_SIZE,
            options=list(options),
            id=number,
            flags=flags,
            pad=QUERY_BLOCK if padded else 0,
        )
        for number in random.SystemRandom().sample(range(65536), count)
    ]


class Server(NamedTuple):
    """
    Who is asked.

    @ivar host: an IP address, or a host name.
    @ivar port: the port, or None for the transport's own.
    """

    host: str
    port: int | None

    @property
    def isAddress(self) -> bool:
        """Whether the host is an IP address."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True


def server(text: str) -> Server:
    """
    C{SERVER}, C{SERVER#PORT}; the host may stand in square brackets.

    @raise ValueError: where it is none.
    """
    host, _, digits = text.partition("#")
    host = host.removeprefix("[").removesuffix("]")
    port = int(digits) if digits.isascii() and digits.isdigit() else None
    at, colon, number = host.rpartition(":")
    if colon and ":" not in at and not digits:
        raise ValueError(f"'@{text}': a port stands behind '#': @{at or '127.0.0.1'}#{number or 53}")
    if not host or "/" in host or ("#" in text and port is None):
        raise ValueError(f"'@{text}' is not a server such as @192.0.2.1, @192.0.2.1#853 or @dns.example.org")
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"'@{text}': a port is a number from 1 to 65535")
    return Server(host if host.isascii() else _name(host).to_text(True), port)


def addresses(asked: Server, transport: str, limit: float) -> list[Address]:
    """
    The server's addresses by the system's resolver, in its order.

    @param limit: seconds that it may take.
    @raise ValueError: where TLS would run on port 53, or clear text on 853 (RFC 7858
        section 3.1).
    @raise OSError: where the name has no address.
    """
    port = asked.port or (853 if transport == "tls" else 53)
    try:
        address(f"{transport}://192.0.2.1:{port}")
    except ValueError as error:
        raise ValueError(f"@{asked.host}#{port}: {str(error).partition(': ')[2]}") from None
    hosts = [asked.host] if asked.isAddress else _resolve(asked.host, limit)
    return [Address(transport, host, port) for host in hosts]


def _resolve(host: str, limit: float) -> list[str]:
    """In a thread that is left behind when it takes too long: the system sets no limit."""
    found: list[str] = []
    errors: list[OSError] = []

    def look() -> None:
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except OSError as error:
            errors.append(error)
        except UnicodeError:
            errors.append(OSError("not a host name"))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(limit)
    if errors:
        raise errors[0]
    if not found:
        raise TimeoutError(f"the system's resolver gave no address within {limit:g} s")
    return found
