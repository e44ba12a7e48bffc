"""The keys of C{[front NAME]} that are about TLS."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..options import Option, Options, flag, items, moment, one, path, paths, words
from ..tls.opensslsettings import groupsThere, hasGroup, suitesThere
from ..tls.servercontext import CIPHERS_1_2

_WEEK = 7 * 86400.0
REQUIRE, ACCEPT = "require", "accept"


class Ciphers(NamedTuple):
    """
    Names of OpenSSL's.

    @ivar before: ciphers of TLS 1.2.
    @ivar suites: cipher suites of TLS 1.3.
    """

    before: tuple[str, ...]
    suites: tuple[str, ...]


def ciphers(text: str) -> Ciphers:
    """
    A list of both, the best first, separated by blanks; colons, as OpenSSL has them, will do.

    @raise ValueError: for what this OpenSSL does not have.
    """
    found = items(text.replace(":", " "))
    before = tuple(each for each in found if not each.startswith("TLS_"))
    suites = tuple(each for each in found if each.startswith("TLS_"))
    _demand(before, ciphersBefore("ALL:!aNULL:!eNULL:!PSK:!SRP"), "cipher", ciphersBefore(CIPHERS_1_2))
    there = suitesThere() if suites else []
    _demand(suites, there, "suite of TLS 1.3", there)
    return Ciphers(before, suites)


def ciphersBefore(wanted: str) -> list[str]:
    """The names of ciphers of TLS 1.2 that one of OpenSSL's cipher lists means."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers(wanted)
    return [each["name"] for each in made.get_ciphers() if each["protocol"] != "TLSv1.3"]


def groups(text: str) -> tuple[str, ...]:
    """
    Groups for the exchange of keys, the best first: C{?X25519MLKEM768 x25519 secp256r1}.

    Those with a question mark are left out where this OpenSSL does not have them.

    @raise ValueError: for another one that it does not have, or where none is left.
    """
    given = items(text.replace(":", " "))
    for each in given:
        if not each.startswith("?") and not hasGroup(each):
            there = " ".join(groupsThere())
            raise ValueError(f"{ssl.OPENSSL_VERSION} has no group {each!r}; it has {there}")
    found = tuple(name for each in given if hasGroup(name := each.removeprefix("?")))
    if given and not found:
        there = " ".join(groupsThere())
        raise ValueError(f"{ssl.OPENSSL_VERSION} has none of these groups; it has {there}")
    return found


def _demand(found: Iterable[str], there: Sequence[str], what: str, good: Sequence[str]) -> None:
    for each in found:
        if each not in there:
            raise ValueError(f"{ssl.OPENSSL_VERSION} has no {what} {each!r}; good ones are {' '.join(good)}")


def lifetime(text: str) -> float:
    """A duration of a second at least, and of a week at the most (RFC 9325 section 3.4)."""
    found = moment(text)
    if found < 1.0:
        raise ValueError(f"{text!r} is too short for anybody to come back; tickets = no makes none")
    if found > _WEEK:
        raise ValueError(f"{text!r} is too long: with old keys, old sessions are open; 7d is the most")
    return found


TLS: Options = {
    "certificate": Option(paths, "", "PEM files: the leaf first, then the rest of the chain; by server name"),
    "key": Option(paths, "", "PEM files with the certificates' keys, in the same order"),
    "self-signed": Option(words, "", "names for which both files are made where they don't exist"),
    "tls-min": Option(
        one("1.2", "1.3"), None, "lowest version of TLS: 1.2 or 1.3; default 1.2", automatic=True
    ),
    "ciphers": Option(
        ciphers, None, "OpenSSL's names of ciphers and suites; default: forward secrecy, AEAD", automatic=True
    ),
    "groups": Option(
        groups, None, "groups for the exchange of keys, the best first; default: OpenSSL's", automatic=True
    ),
    "tickets": Option(flag, None, "sessions are resumed by tickets; default yes", automatic=True),
    "ticket-lifetime": Option(
        lifetime, None, "how long keys of tickets live, 7d at the most; default 1d", automatic=True
    ),
    "client-ca": Option(path, None, "PEM file of the CAs of clients, and of their revocation lists (mTLS)"),
    "client-certificate": Option(
        one(REQUIRE, ACCEPT),
        None,
        "clients must show a certificate (require, the default) or may (accept)",
        automatic=True,
    ),
}
