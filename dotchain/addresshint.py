"""What was meant by a text that is no address, in the words that would be right."""

from __future__ import annotations

import re
from typing import NamedTuple

from .host import hostName, isIP

TRANSPORTS = ("udp", "tcp", "tls")

_QUOTES = "'\""

_SCHEME = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*)://|(udp|tcp|tls)[:/]+)(.*)", re.IGNORECASE)
_PORT = re.compile(r"(\[.*\]|[^:\[\]]*):([0-9]{1,5})")

# How other programs write these.
_SAME = {"dns": "udp", "do53": "udp", "dot": "tls", "dns+tls": "tls", "tcp-tls": "tls", "tls+tcp": "tls"}
_OTHER = {
    "http": "DNS over HTTPS",
    "https": "DNS over HTTPS",
    "doh": "DNS over HTTPS",
    "h2": "DNS over HTTPS",
    "h3": "DNS over HTTPS",
    "quic": "DNS over QUIC",
    "doq": "DNS over QUIC",
    "sdns": "the DNS stamp",
}


class _Parts(NamedTuple):
    """
    A text taken apart, as leniently as can be.

    @ivar scheme: in lower case; empty where there is none.
    @ivar port: its digits; empty where there is none.
    @ivar name: whom to authenticate, as Unbound has it behind a C{#}.
    @ivar mark: what stands before the port, or is wrong about the rest.
    """

    scheme: str
    host: str
    port: str
    name: str
    mark: str

    @property
    def written(self) -> str:
        """How it would be right: one address, or one for each transport that it may have."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port and self.scheme not in _OTHER else ""
        return " or ".join(f"{each}://{host}{port}" for each in self._transports)

    @property
    def _transports(self) -> tuple[str, ...]:
        """Clear text has no port 853, and TLS no port 53 (RFC 7858 section 3.1)."""
        if self.scheme in _OTHER or self.port == "853" or (self.name and self.port != "53"):
            return ("tls",)
        fitting = TRANSPORTS[:2] if self.port == "53" else TRANSPORTS
        scheme = _SAME.get(self.scheme, self.scheme)
        return (scheme,) if scheme in fitting else fitting


def meant(text: str, named: bool) -> str | None:
    """
    What is wrong with a text that is no address, and what would be right.

    @param named: whether there is a key that says whom to authenticate, and so a DNS name may be the host.
    @return: None where nothing is known of it.
    """
    if text.strip(_QUOTES) != text:
        return f"is no address: it has quotes; write {text.strip(_QUOTES)}"
    if re.fullmatch(r":?[0-9]{1,5}", text):
        return "is no address: it is a port alone, and stands right behind its address, as in udp://192.0.2.1:5300"
    parts = _apart(text if text.isascii() else "")
    if parts.scheme == "sdns":
        return "is no address, but a DNS stamp; write the address that it stands for"
    if not (isIP(parts.host) or _isName(parts.host)) or int(parts.port or 1) not in range(1, 65536):
        return None
    if not isIP(parts.host) and not named:
        return f"is no address: {parts.host} is not an IP address such as 192.0.2.1 or [2001:db8::1]"
    if parts.scheme in _OTHER:
        what = _OTHER[parts.scheme]
        return f"is an address of {what}, which is not spoken here; for DNS over TLS write {parts.written}"
    name = f", and name = {parts.name} in a line of its own" if parts.name and named else ""
    return f"is no address: it {_reason(text, parts)}; write {parts.written}{name}"


def _reason(text: str, parts: _Parts) -> str:
    if parts.name:
        return "has a name behind a '#'"
    behind = f"has its port behind {parts.mark!r} instead of a colon" if parts.mark in ("@", "#") else ""
    if not parts.scheme:
        return "says no transport" + (f", and {behind}" if behind else "")
    if not text.startswith(f"{parts.scheme}://") or parts.scheme not in TRANSPORTS:
        return "begins with none of udp://, tcp:// and tls://"
    if parts.mark == "/":
        return "has more behind its port"
    return behind or (
        "has an IPv6 address without brackets" if ":" in parts.host else "has an IPv4 address in brackets"
    )


def _apart(text: str) -> _Parts:
    found = _SCHEME.fullmatch(text)
    scheme, rest = ((found[1] or found[2]).lower(), found[3]) if found else ("", text)
    rest, slash, _ = rest.partition("/")
    rest, _, name = rest.partition("#")
    mark = "/" if slash else ""
    if name.isdigit():
        return _Parts(scheme, _bare(rest), name, "", "#")
    host, at, port = rest.partition("@")
    if at and port.isdigit():
        return _Parts(scheme, _bare(host), port, name, "@")
    split = None if isIP(rest) else _PORT.fullmatch(rest)
    host, port = (split[1], split[2]) if split else (rest, "")
    return _Parts(scheme, _bare(host), port, name, mark)


def _isName(host: str) -> bool:
    """Whether it is a name that nobody takes for a key or a section."""
    try:
        return "." in hostName(host.removesuffix(".")) or host == "localhost"
    except ValueError:
        return False


def _bare(host: str) -> str:
    return "0.0.0.0" if host == "*" else host.removeprefix("[").removesuffix("]")  # noqa: S104 - what * means
