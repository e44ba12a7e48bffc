"""Ways in which TLS with an upstream is broken, and what mends each."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ..certificates import NAME, Files, Issued, authority, leaf, otherPin, revocations
from ..conftest import Credentials
from ..connection import resetAtClose
from ..daemon import program
from ..outdated import old
from ..server import Door, Server, ignore, slam, welcome
from ..test_authentication import BY_NAME, pins

Side = ssl.SSLContext | None


class Broken(NamedTuple):
    """
    An upstream that is not to be believed, or can't be had.

    @ivar side: its side of TLS; None for clear text.
    @ivar keys: how it is to be authenticated, as INI lines.
    @ivar mended: the certificate by which it is.
    @ivar door: what becomes of connections.
    """

    side: Side
    keys: str
    mended: Issued
    door: Door = welcome


class Breaker:
    """Makes them."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        self._folder, self._right, self._ca = folder, credentials.server, credentials.ca
        self._trusting = f"{BY_NAME}\nca-file = {credentials.trusted}"
        self._made = 0

    def all(self, address: Callable[[str], str]) -> Iterator[tuple[str, Broken]]:
        """
        Each with its name.

        @param address: tells where the one of a name is.
        """
        for name, shown in self._shown().items():
            yield name, Broken(self.side(shown), self._trusting, self._right)
        yield from self._elsewise(address)
        for name, door in _DOORS.items():
            yield name, Broken(None, self._trusting, self._right, door)
        for name, side in self._sides().items():
            yield name, Broken(side, self._trusting, self._right)

    def _shown(self) -> dict[str, Issued]:
        """Certificates that don't prove the name."""
        below = authority("an intermediate", self._ca)
        elsewhere = authority("an intermediate for others", self._ca, only="example.net")
        whole = leaf(below)
        return {
            "cn-only": leaf(self._ca, [], subject=NAME),
            "expired": leaf(self._ca, days=(-9, -2)),
            "intermediate-missing": Issued(whole.key, whole.certificate),
            "issuer-is-no-ca": leaf(self._right),
            "name-constraints": leaf(elsewhere),
            "not-yet-valid": leaf(self._ca, days=(2, 9)),
            "nul-in-name": leaf(self._ca, [f"{NAME}\0.example.net"]),
            "self-signed": leaf(None),
            "untrusted-ca": leaf(authority("a stranger's CA")),
            "weak-key": leaf(self._ca, key=rsa.generate_private_key(65537, 1024)),
            "wildcard-elsewhere": leaf(self._ca, [f"*.{NAME}", "d*.example.org", "*.net"]),
            "wrong-name": leaf(self._ca, ["other.example.net"]),
            "wrong-usage": leaf(self._ca, usage=ExtendedKeyUsageOID.CLIENT_AUTH),
        }

    def _elsewise(self, address: Callable[[str], str]) -> Iterator[tuple[str, Broken]]:
        """What an upstream must be otherwise than by the name alone."""
        yield "sha1-signature", Broken(self._sha1(), self._trusting, self._right)
        revoked = leaf(self._ca)
        listed = self._folder / "listed.crt"
        listed.write_bytes(self._ca.certificate.public_bytes(Encoding.PEM) + revocations(self._ca, revoked))
        yield "revoked", Broken(self.side(revoked), f"{BY_NAME}\nca-file = {listed}", self._right)
        there = address("wrong-address")
        keys = self._trusting.replace(BY_NAME, f"name = {there}")
        yield "wrong-address", Broken(self.side(self._right), keys, leaf(self._ca, [], [there]))
        pinned = leaf(None)
        yield "wrong-pin", Broken(self.side(leaf(None)), pins(pinned.pin, otherPin()), pinned)
        keys = f"{self._trusting}\n{pins(pinned.pin, self._right.pin)}"
        yield "right-name-wrong-pin", Broken(self.side(leaf(self._ca)), keys, self._right)

    def _sides(self) -> dict[str, Side]:
        """Servers that don't speak as they should."""
        refusing = self.side(self._right)
        refusing.maximum_version = ssl.TLSVersion.TLSv1_2
        refusing.set_ciphers("AES128-SHA")
        return {
            "clear-text": None,
            "handshake-refused": refusing,
            "tls-1.1": old(self.side(self._right)),
        }

    def side(self, shown: Issued) -> ssl.SSLContext:
        """A server that shows this certificate."""
        self._made += 1
        return _loaded(shown.write(self._folder, f"shown{self._made}"))

    def _sha1(self) -> ssl.SSLContext:
        """The right one, but for its signature, as cryptography makes none that is as old."""
        issuer, files = self._ca.write(self._folder, "sha1-ca"), self._right.write(self._folder, "sha1")
        subprocess.run(
            [
                *(program("openssl"), "req", "-x509", "-new", "-sha1", "-days", "30"),
                *("-subj", "/CN=a DNS server", "-addext", f"subjectAltName=DNS:{NAME}"),
                *("-key", files.key, "-out", files.certificate),
                *("-CA", issuer.certificate, "-CAkey", issuer.key),
            ],
            check=True,
            capture_output=True,
        )
        return _loaded(files)


def _loaded(files: Files) -> ssl.SSLContext:
    """As L{serverSide}, with whatever is in them."""
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.set_ciphers("DEFAULT:@SECLEVEL=0")
    side.load_cert_chain(files.certificate, files.key)
    side.set_alpn_protocols(["dot"])
    return side


def _saying(octets: bytes, reset: bool = False) -> Door:
    """Read the client's greeting, say so much, and go."""

    async def answer(server: Server, sock: socket.socket) -> None:
        # A client that has left meanwhile has had its answer.
        with sock, suppress(OSError):
            await server.loop.sock_recv(sock, 65536)
            if octets:
                await server.loop.sock_sendall(sock, octets)
            if reset:
                resetAtClose(sock)

    def door(server: Server, sock: socket.socket) -> None:
        server.tasks.add(server.loop.create_task(answer(server, sock)))

    return door


# A fatal alert of TLS (RFC 8446 section 6), and the begin of a ServerHello that would have 122 octets.
_ALERT, _NO_PROTOCOL = b"\x15\3\3\0\2\2\x28", b"\x15\3\3\0\2\2\x78"
_CUT = b"\x16\3\3\0\x7a\2\0\0\x76\3\3" + bytes(range(40))

_DOORS: dict[str, Door] = {
    "alert": _saying(_ALERT),
    "alpn-mismatch": _saying(_NO_PROTOCOL),
    "end-at-hello": _saying(b""),
    "other-protocol": _saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "reset": slam,
    "reset-at-hello": _saying(b"", reset=True),
    "silence": ignore,
    "truncated-handshake": _saying(_CUT),
}
