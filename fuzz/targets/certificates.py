"""What a peer shows in its handshake: certificates, and the flight of a server."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path

from cryptography import x509
from OpenSSL import SSL

from dotchain.tls.alerts import isEnd, sslWords
from dotchain.tls.certificates import isAuthority, keyOf, namesIn, pemBlocks, whole, words
from dotchain.tls.chosengroup import chosenGroup
from dotchain.tls.client import UpstreamIdentity
from dotchain.tls.clientauthorities import ClientAuthorities
from dotchain.tls.explain import notNow, wrongName, wrongPath
from dotchain.tls.observedconnection import Failing
from dotchain.tls.pins import pinOf, provenChain
from dotchain.tls.strength import weaknesses
from dotchain.tls.verify import isNamed, reference

from ..target import Target

_LONG_AGO = -1e12
_NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
_WANTED = (reference("dns.example.org"), reference("192.0.2.1"))
# X509_V_ERR_*, each with other words.
_FAILINGS = (7, 18, 19, 20, 24, 26, 66)


def _certificate(octets: bytes) -> None:
    """It is read, as far as we read it, or is none; then its client has no name."""
    name = ClientAuthorities(Path("ca.pem"), True, now=lambda: _LONG_AGO).identify(octets)
    assert name is not None
    assert name == name.strip("\n")
    try:
        found = whole(partial(x509.load_der_x509_certificate, octets))
    except ValueError:
        assert name == ""
        return
    _told(found)


def _told(found: x509.Certificate) -> None:
    """What is said of a certificate is fit for a log."""
    texts = [words(found.subject), words(found.issuer), namesIn(found), wrongName("a", found)]
    texts += [notNow(found, 0, _NOW) or "", *weaknesses(found)]
    texts += [wrongPath(Failing(number, 0, found), _NOW, "the store") for number in _FAILINGS]
    assert all(str(each).isprintable() for each in texts)
    assert len(pinOf(found)) == 32
    assert len(provenChain([found, found])) <= 2
    keyOf(found)
    isAuthority(found)
    for wanted in _WANTED:
        isNamed(found, wanted)


def _pem(octets: bytes) -> None:
    """Blocks of a file come out as they stand in it."""
    for label, block in pemBlocks(octets):
        assert block.startswith(f"-----BEGIN {label}-----".encode())
        assert block[:-1] in octets


@cache
def _identity() -> UpstreamIdentity:
    return UpstreamIdentity(profile="encrypted")


def _flight(octets: bytes) -> None:
    """A server's answer to a ClientHello goes on or ends the handshake, in words."""
    chosenGroup(octets)
    connection = _identity().connection("")
    with suppress(SSL.WantReadError):
        connection.do_handshake()
    if octets:
        connection.bio_write(octets)
    said: list[str] = []
    try:
        connection.do_handshake()
    except SSL.WantReadError:
        pass
    except SSL.Error as error:
        said.append(sslWords(error))
        isEnd(error)
    assert all(said)


_RANDOM = b"\x16\3\3\0\x36\2\0\0\x32\3\3" + bytes(32)
_OLDER = _RANDOM + bytes.fromhex("00c02b00000a000b00020100001700000000")
_NEWEST = _RANDOM + bytes.fromhex("0013020000" + "0a" + "00330006001d0002" + "6162")
_KEY_EXCHANGE = bytes.fromhex("160303000a0c000006030017010203")
_ALERT = bytes.fromhex("15030300020228")

TARGETS = (
    Target("certificate", _certificate, (), message=True),
    Target("flight", _flight, (_OLDER + _KEY_EXCHANGE, _NEWEST, _ALERT), message=True),
    Target("pem", _pem, (b"-----BEGIN A-----\nX-Y: 1\n\nAAAA\n-----END A-----\n-----BEGIN B-----\n",)),
)
