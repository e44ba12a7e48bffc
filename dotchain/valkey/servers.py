"""Where servers are, as operators write it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from ..host import hostName, isIP, unfit
from ..options import items

PORT = 6379
SENTINEL_PORT = 26379

_PLAIN = ("valkey", "redis")
_TLS = ("valkeys", "rediss")
_EXAMPLE = "one is written like valkey://192.0.2.1:6379, valkeys://cache.example.org or unix:///run/valkey/valkey.sock"


class Server(NamedTuple):
    """
    One server.

    @ivar host: an IP address or a name; empty where C{path} is set.
    @ivar port: its TCP port; None where the usual one is meant.
    @ivar encrypted: whether it is spoken to over TLS.
    @ivar path: of its UNIX socket.
    @ivar number: of the database.
    """

    host: str
    port: int | None = None
    encrypted: bool = False
    path: str = ""
    number: int = 0

    def __str__(self) -> str:
        if self.path:
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"valkey{'s' * self.encrypted}://{host}{port}"

    @property
    def near(self) -> bool:
        """Whether nobody but this machine is on the way."""
        return bool(self.path) or self.host in ("localhost", "::1") or self.host.startswith("127.")


def servers(text: str) -> tuple[Server, ...]:
    """
    A list of servers, separated by blanks or new lines.

    @raise ValueError: where there is none, one twice, or one is none.
    """
    found = tuple(server(word) for word in items(text))
    if not found:
        raise ValueError(f"no server; {_EXAMPLE}")
    for one in found:
        if found.count(one) > 1:
            raise ValueError(f"{one} stands there twice")
    return found


def server(text: str) -> Server:
    """
    One server: C{valkey://HOST:PORT/NUMBER}, C{redis://}; over TLS C{valkeys://}, C{rediss://}; C{unix:///PATH}.

    @raise ValueError: where it is none.
    """
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise ValueError(f"{text!r} is no server; {_EXAMPLE}") from None
    if parts.query or parts.fragment:
        raise ValueError(f"{text!r}: nothing may stand behind '?' or '#'")
    if "@" in parts.netloc:
        raise ValueError(
            "user and password are keys of their own, so that no log line has them: 'user', 'password'"
        )
    if parts.scheme == "unix":
        if host or not parts.path.strip("/"):
            raise ValueError(f"{text!r} is no UNIX socket; {_EXAMPLE}")
        return Server("", path=parts.path)
    if parts.scheme not in _PLAIN + _TLS or not host or port == 0:
        raise ValueError(f"{text!r} is no server; {_EXAMPLE}")
    return Server(_host(text, host), port, parts.scheme in _TLS, number=_number(text, parts.path))


def _host(text: str, host: str) -> str:
    if not isIP(host):
        return hostName(host)
    if why := unfit(host):
        raise ValueError(f"{text!r}: {why}")
    return host


def _number(text: str, path: str) -> int:
    """The number of the database, behind the address."""
    digits = path.removeprefix("/")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        raise ValueError(
            f"{text!r}: behind the address stands the number of a database such as /2, or nothing"
        )
    return int(digits or 0)
