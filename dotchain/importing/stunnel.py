"""stunnel.conf: services that take TLS and pass it on in clear text, and the other way round."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import values
from .settings import CannotImport, Entry, Server, Settings, Way, Where

_ELSEWHERE = {
    "pid": "twistd --pidfile",
    "output": "twistd --logfile",
    "foreground": "twistd -n stays in the foreground",
    "setuid": "twistd --uid",
    "setgid": "twistd --gid",
    "chroot": "twistd --chroot",
    "debug": "dotchain log-level",
    "syslog": "twistd --syslog",
    "sslVersion": "tls-min of the front",
    "sslVersionMin": "tls-min of the front",
    "ciphers": "ciphers of the front",
    "curves": "groups of the front",
    "requireCert": "client-ca and client-certificate of the front",
    "verify": "client-ca and client-certificate of the front",
    "verifyChain": "client-ca and client-certificate of the front",
    "verifyPeer": "client-ca and client-certificate of the front",
    "sni": "several files in certificate and key of the front",
}
# Nothing to carry over: it is so, or of no use here.
_SO = ("delay", "retry", "socket", "session", "sessionCacheSize", "sessionCacheTimeout", "fips", "client")
_BOOTSTRAP = "9.9.9.9"


class Line(NamedTuple):
    """An option."""

    value: str
    where: Where


class Service:
    """
    A service and its options.

    @ivar lines: by their names, the last one of each.
    """

    def __init__(self, name: str, where: Where, common: dict[str, Line]) -> None:
        self.name, self.where = name, where
        self.lines = dict(common)

    def get(self, key: str) -> str:
        """The value of an option, or nothing."""
        return self.lines[key].value if key in self.lines else ""

    def at(self, key: str) -> Where:
        """Where an option stands, or where its service begins."""
        return self.lines[key].where if key in self.lines else self.where

    def yes(self, key: str) -> bool:
        """Whether it is switched on."""
        return self.get(key).lower() == "yes"


def read(text: str, file: str) -> Settings:
    """
    What a stunnel.conf says.

    @raise CannotImport: where it says nothing of sense.
    """
    settings = Settings("stunnel")
    for service in _services(text, file):
        if "exec" in service.lines:
            settings.leave(service.where, f"[{service.name}] runs a program, which is no nameserver")
        elif service.lines:
            _service(settings, service)
    if not settings.entries:
        raise CannotImport(Where(file, 1), "no service with accept and connect is in it")
    return settings


def _services(text: str, file: str) -> list[Service]:
    """All services; what stands before the first one holds for each, or is the only one."""
    common = Service("dns", Where(file, 1), {})
    found: list[Service] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line, where = raw.strip().lstrip("\ufeff"), Where(file, number)
        if not line or line[0] in ";#":
            continue
        if title := re.fullmatch(r"\[\s*([^\]]*?)\s*\]", line):
            found.append(Service(title[1], where, common.lines))
            continue
        key, mark, value = line.partition("=")
        if not mark:
            raise CannotImport(where, f"{line!r} is neither a section nor `option = value`")
        (found[-1] if found else common).lines[key.strip()] = Line(value.strip(), where)
    return found or [common]


def _service(settings: Settings, service: Service) -> None:
    if "accept" not in service.lines:
        raise CannotImport(service.where, f"service {service.name!r} has no accept")
    client = service.yes("client")
    way = Way(_slug(service.name), resolves=False)
    way.zones["."] = _servers(settings, service, client)
    listen, keys = _listen(service, "tcp" if client else "tls"), {}
    if not client:
        keys = _certificates(service)
    if "TIMEOUTidle" in service.lines:
        keys["idle-timeout"] = values.seconds(service.get("TIMEOUTidle"), service.at("TIMEOUTidle"))
    settings.entries.append(Entry(_slug(service.name), listen, way, keys))
    _rest(settings, service, client)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "dns"


def _split(text: str) -> tuple[str, str]:
    """Host, or nothing, and port."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), {"dns": "53", "domain": "53", "domain-s": "853"}.get(port, port)


def _listen(service: Service, transport: str) -> list[str]:
    where = service.at("accept")
    host, port = _split(service.get("accept"))
    number = values.port(port, where)
    known = {"": ("0.0.0.0",), "::": ("::",)}.get(host) or values.hosts(host, where)[:1]  # noqa: S104 - stunnel's default
    if not values.isIP(known[0]):
        raise CannotImport(where, f"{host!r}: write the IP address to listen on")
    return [values.address(transport, known[0], number)]


def _certificates(service: Service) -> dict[str, str]:
    if not service.get("cert"):
        raise CannotImport(service.where, f"service {service.name!r} has no cert, and takes TLS")
    certificate = values.file(service.get("cert"), service.at("cert"))
    key = values.file(service.get("key"), service.at("key")) if service.get("key") else certificate
    return {"certificate": certificate, "key": key}


def _servers(settings: Settings, service: Service, client: bool) -> list[Server]:
    text, where = service.get("connect"), service.at("connect")
    if not text:
        if client:
            raise CannotImport(where, f"service {service.name!r} has no connect")
        settings.leave(
            where, "connect is empty: port 53 of this machine is asked, which it most likely means"
        )
        text = "53"
    host, port = _split(text)
    number = values.port(port, where)
    found = ("127.0.0.1",) if not host else values.hosts(host, where)
    if host.lower() == "localhost":
        found = found[:1]
    keys, remarks = _identity(settings, service) if client else ({}, ())
    if client and service.get("cert"):
        keys = {**keys, **_certificates(service)}
    if client and service.get("sni"):
        keys = {**keys, "sni": values.name(service.get("sni"), service.at("sni"))}
    if not values.isIP(found[0]):
        keys["bootstrap"] = _BOOTSTRAP
        settings.leave(
            where,
            f"the system's resolver is never asked: bootstrap = {_BOOTSTRAP}, or one of yours, finds {host}",
        )
    return [Server(values.address("tls" if client else "tcp", each, number), keys, remarks) for each in found]


def _identity(settings: Settings, service: Service) -> tuple[dict[str, str], tuple[str, ...]]:
    """Whom a client service wants at the other end."""
    keys: dict[str, str] = {}
    ca = service.get("CAfile") and values.file(service.get("CAfile"), service.at("CAfile"))
    host = service.get("checkHost") or service.get("checkIP")
    chain = service.yes("verifyChain") or service.get("verify") in ("2", "3", "4")
    if service.yes("verifyPeer") and ca:
        return {"pin-sha256": ca}, ("verifyPeer: the key of the certificate in that file, and no other",)
    if host and chain:
        keys = {"name": values.name(host, service.at("checkHost" if service.get("checkHost") else "checkIP"))}
        return {**keys, "ca-file": ca} if ca else keys, ()
    if chain:
        settings.leave(
            service.at("verifyChain"), "any certificate of that CA is taken: here a name must be wanted too"
        )
    text = "As in stunnel nobody is authenticated: write name or pin-sha256, and take profile away."
    return {"profile": "encrypted"}, (text,)


def _rest(settings: Settings, service: Service, client: bool) -> None:
    """All that is left of its options."""
    used = {"accept", "connect", "cert", "key", "TIMEOUTidle", *_SO}
    used |= (
        {"verifyChain", "verifyPeer", "verify", "checkHost", "checkIP", "CAfile", "sni"} if client else set()
    )
    for key, line in service.lines.items():
        if key == "CAfile" and not client:
            why = (
                "put the CA's certificate behind the leaf in the file of `certificate`: all in there are sent"
            )
            settings.leave(line.where, f"CAfile: {why}")
        elif key not in used and (line.where, key) not in _told(settings):
            settings.leave(line.where, f"{key}: {_ELSEWHERE.get(key, 'nothing here is like it')}")


def _told(settings: Settings) -> set[tuple[Where, str]]:
    """Options for all services need be told once."""
    return {(where, text.partition(":")[0]) for where, text in settings.left}
