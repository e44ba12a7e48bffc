"""The keys of C{rpz}, and how those are read that no other stage has."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

import dns.name
import dns.tsig

from ...address import Address, address
from ...api import Option, Options, Share, domain, flag, path, some
from ...host import isIP
from ...tls.pins import pins
from ...wire.codes import CNAME
from ..deciding import DECIDING
from .action import DROPPED, NODATA_ACTION, NXDOMAIN_ACTION, PASSTHRU, REDIRECT, TCP_ONLY, Action

_POLICIES = {
    "nxdomain": NXDOMAIN_ACTION,
    "nodata": NODATA_ACTION,
    "passthru": PASSTHRU,
    "drop": DROPPED,
    "tcp-only": TCP_ONLY,
}
# TTL of a CNAME that the operator gives: he may change his mind.
_TTL = 60
_ALGORITHMS = ("hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512")
_KEY = re.compile(r'key\s+"?([^"\s{]+)"?\s*\{([^{}]*)\}', re.DOTALL)
_STATEMENT = re.compile(r'(algorithm|secret)\s+"?([^";\s]+)"?\s*;')


def policy(text: str) -> Action | None:
    """
    What is done instead of what the zone says: a word, or a name that a CNAME leads to.

    @return: None for C{given}.
    """
    if text == "given":
        return None
    if text in _POLICIES:
        return Action(_POLICIES[text])
    if "." not in text or isIP(text):
        known = ", ".join(["given", *_POLICIES])
        raise ValueError(f"{text!r} is none of {known}, and no name such as garden.example")
    return Action(REDIRECT, ((CNAME, _TTL, domain(text).to_wire() or b""),))


def primary(text: str) -> Address:
    """
    An address that zones are transferred from: C{tls://192.0.2.1:853}, C{tcp://192.0.2.1:53}, or that alone
    of the host for the latter.
    """
    if isIP(text.removeprefix("[").removesuffix("]")):
        host = text.removeprefix("[").removesuffix("]")
        text = f"tcp://[{host}]" if ":" in host else f"tcp://{host}"
    found = address(text)
    if not found.port:
        raise ValueError(f"{text!r}: nobody can be asked at port 0; 53 is usual")
    return found if found.transport == "tls" else found._replace(transport="tcp")


class FileKey(dns.tsig.Key):
    """
    A key that stands in a file.

    @ivar file: which others should not read.
    """

    file: Path


def tsig(text: str) -> dns.tsig.Key:
    """
    A key of TSIG (RFC 8945): C{hmac-sha256:NAME:SECRET}, or a file as C{tsig-keygen} makes it.

    @raise ValueError: where it is none; the secret is not told.
    """
    parts = text.split(":")
    if len(parts) == 3:
        return _key(parts[0], parts[1], parts[2])
    if len(parts) != 1:
        raise ValueError("is no key such as hmac-sha256:NAME:SECRET, and no file")
    return _keyIn(path(text))


def _keyIn(file: Path) -> dns.tsig.Key:
    try:
        found = _KEY.search(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ValueError(f"{file}: {why}; a key is written hmac-sha256:NAME:SECRET, too") from None
    statements = dict(_STATEMENT.findall(found[2])) if found else {}
    if found is None or "secret" not in statements:
        raise ValueError(f'{file} has no key such as key "NAME" {{ algorithm hmac-sha256; secret "..."; }};')
    key = _key(statements.get("algorithm", "hmac-sha256"), found[1], statements["secret"])
    made = FileKey(key.name, key.secret, key.algorithm)
    made.file = file
    return made


def _key(algorithm: str, name: str, secret: str) -> dns.tsig.Key:
    if algorithm.lower() not in _ALGORITHMS:
        raise ValueError(f"{algorithm!r} is none of {', '.join(_ALGORITHMS)}")
    try:
        octets = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if not octets:
        raise ValueError("the secret of the key is not in base64")
    word = "hmac-md5.sig-alg.reg.int" if algorithm.lower() == "hmac-md5" else algorithm.lower()
    return dns.tsig.Key(domain(name), octets, dns.name.from_text(word))


RPZ: Options = {
    "zone": Option(path, None, "master file of the policy zone (RFC 1035 section 5)"),
    "primary": Option(
        primary, None, "or who has it: it is transferred from tcp:// or tls://IP:PORT, and kept up to date"
    ),
    "origin": Option(
        domain, None, "the zone's name; needed with primary, else that of the file's SOA", automatic=True
    ),
    "tsig": Option(tsig, None, "key for the transfer: hmac-sha256:NAME:SECRET, or a file of tsig-keygen"),
    "primary-name": Option(str, None, "for tls://: whom to authenticate, as of an upstream"),
    "pin-sha256": Option(pins, "", "for tls://: SPKI pins, any one must match"),
    "ca-file": Option(path, None, "for tls://: trusted CAs; default: the system's", automatic=True),
    "state": Option(path, None, "file for a copy of the transferred zone, for the next start", Share.file),
    "max-records": Option(some, "5000000", "records that a transfer may bring; with more it is given up"),
    "policy": Option(
        policy, "given", "given, or instead: nxdomain, nodata, passthru, drop, tcp-only, or a CNAME's name"
    ),
    "break-dnssec": Option(flag, "yes", "no: signed answers pass where the client wants signatures"),
    "log": Option(flag, "no", "log each decision, with the client and the name"),
    **DECIDING,
}
"""The options."""
