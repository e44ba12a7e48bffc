"""stunnel.conf: services that take TLS and pass it on in clear text, and the other way round."""

from __future__ import annotations

import re

from . import values
from .fronttls import FrontTls
from .settings import CannotImport, Entry, Server, Settings, Way, Where
from .stunnelservices import Include, Line, Service, services

_ELSEWHERE = {
    "pid": "twistd --pidfile",
    "output": "twistd --logfile",
    "foreground": "twistd -n stays in the foreground",
    "setuid": "twistd --uid",
    "setgid": "twistd --gid",
    "chroot": "twistd --chroot",
    "debug": "dotchain log-level",
    "syslog": "twistd --syslog",
    "verifypeer": "a client's certificate is known by its CA: client-ca, and identity: in matches of stages",
    "checkhost": "identity: in matches of stages says what is done for whom",
    "checkip": "identity: in matches of stages says what is done for whom",
    "checkemail": "identity: in matches of stages says what is done for whom",
    "protocol": "proxy-protocol of the front (balancers) or of the upstream (yes): headers of version 2",
    "psksecrets": "TLS here is by certificates",
    "ticketkeysecret": "keys of tickets are made here, and changed daily",
    "ticketmacsecret": "keys of tickets are made here, and changed daily",
    "timeoutconnect": "timeout of the upstream is for all of a query",
    "timeoutbusy": "timeout of the upstream is for all of a query",
    "capath": "one file with all CAs is wanted: client-ca, or ca-file",
    "crlfile": "put the lists behind the CAs, in the file of client-ca",
    "sni": "the certificate is chosen by the name in it: several files in certificate and key",
}
_CLIENTS = {
    "sslversion": "an upstream is asked by TLS 1.2 or later",
    "sslversionmin": "an upstream is asked by TLS 1.2 or later",
    "ciphers": "an upstream is asked by ciphers with forward secrecy and AEAD",
    "ciphersuites": "an upstream is asked by ciphers with forward secrecy and AEAD",
    "curves": "an upstream is asked by the groups of OpenSSL",
}
# Nothing to carry over: it is so, or of no use here.
_SO = {
    *("delay", "retry", "socket", "session", "sessioncachesize", "sessioncachetimeout", "fips", "client"),
    *("timeoutclose", "requirecert", "failover"),
}
# Of C{options}: what is so anyway.
_OPTIONS = {"NO_SSLv2", "NO_SSLv3", "NO_TLSv1", "NO_TLSv1.1", "NO_COMPRESSION", "NO_RENEGOTIATION", "ALL"}
_OPTIONS |= {"CIPHER_SERVER_PREFERENCE", "SINGLE_DH_USE", "SINGLE_ECDH_USE"}
_BOOTSTRAP = "9.9.9.9"
_BEHIND = "put the CA's certificate behind the leaf in the file of `certificate`: all in there are sent"


def read(text: str, file: str, include: Include) -> Settings:
    """
    What a stunnel.conf says.

    @raise CannotImport: where it says nothing of sense.
    """
    settings = Settings("stunnel")
    for service in services(text, file, include):
        if service.has("exec"):
            settings.leave(service.where, f"[{service.name}] runs a program, which is no nameserver")
        elif service.has("sni") and not service.yes("client"):
            why = f"{_ELSEWHERE['sni']}, and sni: in the rules of a stage route"
            settings.leave(service.at("sni"), f"[{service.name}] is for one server name: {why}")
        elif service.has("accept") or service.has("connect"):
            _service(settings, service)
    if not settings.entries:
        raise CannotImport(Where(file, 1), "no service with accept and connect is in it")
    return settings


def _service(settings: Settings, service: Service) -> None:
    if not service.has("accept"):
        raise CannotImport(service.where, f"service {service.name!r} has no accept")
    client = service.yes("client")
    way = Way(_slug(service.name), resolves=False)
    way.zones["."] = _servers(settings, service, client)
    if len(service.all("connect")) > 1 and service.get("failover").lower() != "prio":
        way.group = "round-robin"
    listen, keys = _listen(service, "tcp" if client else "tls"), {}
    if not client:
        keys = {**_certificates(service), **_tls(settings, service), **_clients(service)}
    if service.has("TIMEOUTidle"):
        keys["idle-timeout"] = values.seconds(service.get("TIMEOUTidle"), service.at("TIMEOUTidle"))
    settings.entries.append(Entry(_slug(service.name), listen, way, keys))
    _rest(settings, service, client)


def _tls(settings: Settings, service: Service) -> dict[str, str]:
    """Versions, ciphers, groups and tickets of a server."""
    found = FrontTls(settings)
    for line in service:
        if line.key.lower() in ("sslversion", "sslversionmin") and line.value.lower() != "all":
            found.least(line.value, line.where, line.key)
        elif line.key.lower() in ("ciphers", "ciphersuites"):
            found.ciphers(line.value, line.where, line.key)
        elif line.key.lower() == "curves":
            found.groups(line.value, line.where, line.key)
        elif line.key.lower() == "options":
            _option(settings, found, line)
    if service.get("sslVersion").lower() == "tlsv1.2":
        settings.leave(service.at("sslVersion"), "sslVersion TLSv1.2: TLS 1.3 is spoken, too")
    return found.finish()


def _option(settings: Settings, found: FrontTls, line: Line) -> None:
    """One of OpenSSL's options."""
    if line.value == "NO_TLSv1.2":
        found.least("TLSv1.3", line.where, line.key)
    elif line.value == "NO_TICKET":
        found.keys["tickets"] = "no"
    elif line.value not in _OPTIONS:
        settings.leave(line.where, f"options {line.value}: nothing here is like it")


def _clients(service: Service) -> dict[str, str]:
    """Whether clients must show a certificate, and of which CA."""
    level = service.get("verify")
    if not _takesClients(service):
        return {}
    if not service.has("CAfile"):
        where = service.at("verifyChain" if service.has("verifyChain") else "verify")
        raise CannotImport(where, "clients must show a certificate, and there is no CAfile")
    may = (level == "1" and not service.yes("verifyChain")) or service.get("requireCert").lower() == "no"
    keys = {"client-ca": values.file(service.get("CAfile"), service.at("CAfile"))}
    return {**keys, "client-certificate": "accept" if may else "require"}


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
    """Whom it connects with."""
    keys, remarks = _identity(settings, service) if client else ({}, ())
    if client and service.get("cert"):
        keys = {**keys, **_certificates(service)}
    if client and service.get("sni"):
        keys = {**keys, "sni": values.name(service.get("sni"), service.at("sni"))}
    if service.get("local"):
        keys = {**keys, "source": values.ip(service.get("local"), service.at("local"))}
    lines = [line for line in service.all("connect") if line.value]
    if not lines:
        where = service.at("connect")
        if client:
            raise CannotImport(where, f"service {service.name!r} has no connect")
        settings.leave(
            where, "connect is empty: port 53 of this machine is asked, which it most likely means"
        )
        lines = [Line("connect", "53", where)]
    found = []
    for line in lines:
        addresses, bootstrap = _addresses(settings, line, "tls" if client else "tcp")
        found += [Server(each, {**keys, **bootstrap}, remarks) for each in addresses]
    return found


def _addresses(settings: Settings, line: Line, transport: str) -> tuple[list[str], dict[str, str]]:
    """One place to connect with, and what finds it."""
    host, port = _split(line.value)
    number = values.port(port, line.where)
    found = ("127.0.0.1",) if not host else values.hosts(host, line.where)
    if host.lower() == "localhost":
        found = found[:1]
    addresses = [values.address(transport, each, number) for each in found]
    if values.isIP(found[0]):
        return addresses, {}
    settings.leave(
        line.where,
        f"the system's resolver is never asked: bootstrap = {_BOOTSTRAP}, or one of yours, finds {host}",
    )
    return addresses, {"bootstrap": _BOOTSTRAP}


def _identity(settings: Settings, service: Service) -> tuple[dict[str, str], tuple[str, ...]]:
    """Whom a client service wants at the other end."""
    keys: dict[str, str] = {}
    ca = service.get("CAfile") and values.file(service.get("CAfile"), service.at("CAfile"))
    wanted = [*service.all("checkIP"), *service.all("checkHost")]
    host = wanted[-1].value if wanted else ""
    chain = service.yes("verifyChain") or service.get("verify") in ("2", "3", "4")
    if service.yes("verifyPeer") and ca:
        return {"pin-sha256": ca}, ("verifyPeer: the key of the certificate in that file, and no other",)
    if host and chain:
        keys = {"name": values.name(host, wanted[-1].where)}
        for line in wanted[:-1]:
            settings.leave(line.where, f"{line.key} {line.value}: one name alone can be wanted")
        return {**keys, "ca-file": ca} if ca else keys, ()
    if chain:
        settings.leave(
            service.at("verifyChain"), "any certificate of that CA is taken: here a name must be wanted too"
        )
    text = "As in stunnel nobody is authenticated: write name or pin-sha256, and take profile away."
    return {"profile": "encrypted"}, (text,)


def _rest(settings: Settings, service: Service, client: bool) -> None:
    """All that is left of its options."""
    used = {"accept", "connect", "cert", "key", "timeoutidle", "local", "verifychain", "verify", *_SO}
    used |= {"verifypeer", "checkhost", "checkip", "cafile", "sni"} if client else {"options"}
    used |= set() if client else {"sslversion", "sslversionmin", "ciphers", "ciphersuites", "curves"}
    for line in service:
        key = line.key.lower()
        if key == "options" and line.value in _OPTIONS:
            continue
        if key == "cafile" and not client:
            if not _takesClients(service):
                settings.leave(line.where, f"{line.key}: {_BEHIND}")
        elif key == "verify" and not client and line.value in ("3", "4"):
            settings.leave(line.where, f"verify: {_ELSEWHERE['verifypeer']}")
        elif key not in used:
            why = (_CLIENTS.get(key) if client else None) or _ELSEWHERE.get(key, "nothing here is like it")
            settings.leave(line.where, f"{line.key}: {why}")


def _takesClients(service: Service) -> bool:
    return service.yes("verifyChain") or service.get("verify") in ("1", "2")
