"""The keys of C{[test NAME]}."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple

from ..options import REQUIRED, Option, Options
from ..wire import ask
from ..wire.codes import AXFR, IXFR
from .expectation import expectations
from .scriptreading import script
from .testtime import testTime


class Asked(NamedTuple):
    """
    What a test asks for.

    @ivar name: a domain name.
    @ivar type: a type of records.
    """

    name: str
    type: str


def asked(text: str) -> Asked:
    """
    C{NAME} or C{NAME TYPE}; the type is A by default.

    @raise ValueError: for what can't be asked for.
    """
    words = text.split()
    if not 1 <= len(words) <= 2:
        raise ValueError(f"{text!r} is not a name and perhaps a type, such as www.example.org AAAA")
    made = Asked(words[0], words[1].upper() if words[1:] else "A")
    if ask(*made).type in (AXFR, IXFR):
        raise ValueError("no stage sees a zone transfer")
    return made


def client(text: str) -> str:
    """
    An IP address.

    @raise ValueError: for what is none.
    """
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IP address such as 192.0.2.1 or 2001:db8::1") from None


TEST: Options = {
    "query": Option(asked, REQUIRED, "what is asked for: a name and perhaps a type"),
    "client": Option(client, "127.0.0.1", "who asks: an IP address"),
    "front": Option(str, None, "by which front; default: the first", automatic=True),
    "sni": Option(str, "", "the server name that the client's TLS asks for"),
    "identity": Option(str, "", "the name in the client's certificate"),
    "time": Option(
        testTime, None, "when, in local time: mon 23:00 or 2026-03-02 23:00; default: now", automatic=True
    ),
    "answer": Option(script, "NODATA", "what every upstream answers: records, a line each, or an RCODE"),
    "expect": Option(
        expectations,
        REQUIRED,
        "what must come: blocked, dropped, truncated, by STAGE, to UPSTREAM or CHAIN, an RCODE, NODATA, "
        "an address, a name, EDE NUMBER; ! before one that must not",
    ),
}
