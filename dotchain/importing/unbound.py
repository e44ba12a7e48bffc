"""unbound.conf: whom it listens to and forwards to; all else is a resolver's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import values
from .fronttls import FrontTls
from .settings import CannotImport, Entry, Server, Settings, Way, Where
from .unboundclauses import Clause, Include, Option, clauses

_SO = {
    *("verbosity", "qname-minimisation", "qname-minimisation-strict", "hide-identity", "hide-version"),
    *("minimal-responses", "do-ip4", "do-ip6", "edns-buffer-size", "so-reuseport", "use-caps-for-id"),
    *("harden-glue", "harden-dnssec-stripped", "harden-below-nxdomain", "harden-referral-path", "root-hints"),
    *("prefetch-key", "aggressive-nsec", "target-fetch-policy", "tls-use-sni", "unwanted-reply-threshold"),
    *(
        "outgoing-range",
        "num-queries-per-thread",
        "msg-cache-slabs",
        "rrset-cache-slabs",
        "infra-cache-slabs",
    ),
}
_WHY = {
    "auto-trust-anchor-file": "dotchain does not validate; ask a resolver that does",
    "trust-anchor-file": "dotchain does not validate; ask a resolver that does",
    "trust-anchor": "dotchain does not validate; ask a resolver that does",
    "module-config": "the path of the [chain] says what is done, and in which order",
    "username": "twistd --uid and --gid",
    "chroot": "twistd --chroot",
    "directory": "relative paths here are relative to the INI file",
    "pidfile": "twistd --pidfile",
    "logfile": "twistd --logfile",
    "use-syslog": "twistd --syslog",
    "log-queries": "the stage querylog",
    "local-zone": "the stage local, or block",
    "local-data": "the stage local: records",
    "local-data-ptr": "the stage local: ptr",
    "private-address": "the stage answers: deny",
    "private-domain": "the stage answers: allow",
    "ratelimit": "the stage limit",
    "ip-ratelimit": "the stage limit",
    "proxy-protocol-port": "proxy-protocol of a front of its own",
    "incoming-num-tcp": "max-connections of the front",
    "outgoing-num-tcp": "connections of the upstream",
    "tls-win-cert": "ca-file of the upstream",
    "https-port": "DNS over HTTPS is none of the transports",
    "quic-port": "DNS over QUIC is none of the transports",
    "tls-session-ticket-keys": "keys of tickets are made here, and changed daily",
    "forward-first": "there is no other way than through the upstreams: that zone fails with them",
    "stub-first": "there is no other way than through the upstreams: that zone fails with them",
}
_NETWORKS = {
    "allow": "allow",
    "allow_snoop": "allow",
    "allow_setrd": "allow",
    "deny": "deny",
    "refuse": "deny",
}
# Addresses of a front.
_MOST = 10_000


def read(text: str, file: str, include: Include) -> Settings:
    """
    What an unbound.conf says.

    @raise CannotImport: where it says nothing of sense.
    """
    found = list(clauses(text, file, include))
    server = Clause("server", Where(file, 1))
    for clause in found:
        if clause.kind == "server":
            server.add(*clause.options)
    settings = Settings("Unbound")
    way = Way("home", group="fastest", stages={"cache": _cache(server), "coalesce": {}, "special": {}})
    sources = _sources(settings, server)
    for clause in found:
        if clause.kind in ("forward-zone", "stub-zone"):
            _zone(settings, way, clause, server, sources)
        elif clause.kind != "server":
            settings.leave(
                clause.where, f"{clause.kind}: nothing here is like it, or it is no part of forwarding"
            )
    if "." not in way.zones:
        way.zones["."] = [
            Server("udp://127.0.0.1:53", remarks=("Unbound resolves itself: name a resolver here.",))
        ]
        settings.leave(
            Where(file, 1),
            'no forward-zone ".": dotchain does not resolve itself; name a resolver in [upstream up]',
        )
    if server.text("num-threads", "1") not in ("", "1"):
        settings.process["workers"] = server.text("num-threads")
    settings.entries += _entries(settings, server, way)
    _rest(settings, server)
    return settings


def _cache(server: Clause) -> dict[str, str]:
    keys = {}
    if size := server.text("rrset-cache-size"):
        keys["size"] = size.upper() if re.fullmatch(r"[1-9][0-9]*[kmgKMG]?", size) else "64M"
    for ours in ("min-ttl", "max-ttl"):
        if seconds := server.text(f"cache-{ours}"):
            keys[ours] = values.seconds(seconds, _at(server, f"cache-{ours}"))
    if server.yes("serve-expired"):
        ttl = server.text("serve-expired-ttl", "86400")
        keys["stale"] = f"{ttl}s" if ttl.isdigit() and int(ttl) else "1d"
    return keys


def _sources(settings: Settings, server: Clause) -> dict[bool, str]:
    """The addresses that upstreams are asked from: whether it is IPv6, and the address."""
    found: dict[bool, str] = {}
    for option in server.all("outgoing-interface"):
        if values.isIP(option.value) and (":" in option.value) not in found:
            found[":" in option.value] = values.ip(option.value, option.where)
        else:
            settings.leave(
                option.where, f"outgoing-interface {option.value}: one address a family can be one"
            )
    return found


def _zone(settings: Settings, way: Way, clause: Clause, server: Clause, sources: dict[bool, str]) -> None:
    """Whom a zone is asked from."""
    kind = clause.kind.partition("-")[0]
    name = next((each for each in clause.all("name")), None)
    if name is None:
        raise CannotImport(clause.where, f"{clause.kind} has no name")
    zone = values.name(name.value, name.where)
    encrypted = clause.yes(f"{kind}-tls-upstream", server.text("tls-upstream", "no"))
    clear = "tcp" if clause.yes(f"{kind}-tcp-upstream", server.text("tcp-upstream", "no")) else "udp"
    found = []
    for option in clause.options:
        if option.key in (f"{kind}-addr", f"{kind}-host"):
            made = _server(settings, option, "tls" if encrypted else clear, server)
            if source := sources.get("[" in made.address):
                made.keys["source"] = source
            found.append(made)
        elif option.key not in ("name", f"{kind}-no-cache", f"{kind}-tls-upstream", f"{kind}-tcp-upstream"):
            settings.leave(option.where, f"{option.key}: {_WHY.get(option.key, 'nothing here is like it')}")
    if not found:
        raise CannotImport(clause.where, f"{clause.kind} {name.value!r} has no {kind}-addr")
    if kind == "stub":
        settings.leave(
            clause.where, f"stub-zone {name.value!r}: its servers are asked as resolvers are (RD=1)"
        )
    way.zones.setdefault(zone, []).extend(found)


def _server(settings: Settings, option: Option, transport: str, server: Clause) -> Server:
    """C{IP@PORT#NAME}."""
    encrypted = transport == "tls"
    text, _, name = option.value.partition("#")
    host, _, port = text.partition("@")
    number = values.port(port, option.where) if port else 853 if encrypted else 53
    known = values.hosts(host, option.where)[0]
    keys: dict[str, str] = {}
    remarks: tuple[str, ...] = ()
    if not values.isIP(known):
        keys["bootstrap"] = "9.9.9.9"
        settings.leave(option.where, f"{known}: found by bootstrap = 9.9.9.9, or another one of yours")
    if encrypted and name:
        keys["name"] = values.name(name, option.where)
        if bundle := server.all("tls-cert-bundle"):
            keys["ca-file"] = values.file(bundle[-1].value, bundle[-1].where)
    elif encrypted:
        keys["profile"] = "encrypted"
        remarks = ("Without #NAME Unbound authenticates nobody: write name, and take profile away.",)
    return Server(values.address(transport, known, number), keys, remarks)


def _entries(settings: Settings, server: Clause, way: Way) -> Iterator[Entry]:
    """A front for clear text, and one for TLS."""
    port = values.port(server.text("port", "53"), _at(server, "port"))
    secure = values.port(server.text("tls-port", "853"), _at(server, "tls-port"))
    clear: list[tuple[str, int]] = []
    encrypted: list[tuple[str, int]] = []
    for option in server.all("interface") or [Option("interface", ("127.0.0.1",), server.where)]:
        host, _, own = option.value.partition("@")
        if not values.isIP(host):
            settings.leave(option.where, f"interface {host}: write its IP addresses in listen")
            continue
        number = values.port(own, option.where) if own else port
        (encrypted if number == secure else clear).append((values.ip(host, option.where), number))
    keys = _access(settings, server)
    if idle := server.text("tcp-idle-timeout"):
        keys["idle-timeout"] = values.seconds(idle, _at(server, "tcp-idle-timeout"), "ms")
    transports = [each for each in ("udp", "tcp") if server.yes(f"do-{each}", "yes")]
    listen = [values.address(each, *place) for place in clear for each in transports]
    if listen:
        yield Entry("lan", listen, way, keys)
    if server.text("tls-service-key"):
        pair = {
            "certificate": values.file(server.text("tls-service-pem"), _at(server, "tls-service-pem")),
            "key": values.file(server.text("tls-service-key"), _at(server, "tls-service-key")),
        }
        places = list(encrypted or [(host, secure) for host, _ in clear])
        places += _additional(server, list(dict.fromkeys(host for host, _ in places)))
        tls = FrontTls(settings)
        for name in ("tls-ciphers", "tls-ciphersuites"):
            for option in server.all(name)[-1:]:
                tls.ciphers(option.value, option.where, name)
        keys = {**pair, **tls.finish(), **keys}
        yield Entry("dot", [values.address("tls", *each) for each in dict.fromkeys(places)], way, keys)
    elif encrypted:
        raise CannotImport(server.where, f"port {secure} is one of TLS, and there is no tls-service-key")


def _additional(server: Clause, hosts: list[str]) -> Iterator[tuple[str, int]]:
    """The same hosts at further ports."""
    ports: dict[int, None] = {}
    for option in server.all("tls-additional-port"):
        ports[values.port(option.value, option.where)] = None
        if len(ports) * len(hosts) > _MOST:
            raise CannotImport(option.where, f"more than {_MOST} addresses to listen on")
    return ((host, port) for port in ports for host in hosts)


def _at(server: Clause, key: str) -> Where:
    found = server.all(key)
    return found[-1].where if found else server.where


def _access(settings: Settings, server: Clause) -> dict[str, str]:
    found: dict[str, list[str]] = {"allow": ["127.0.0.0/8", "::1"], "deny": []}
    for option in server.all("access-control"):
        action = option.words[1] if len(option.words) > 1 else ""
        if action in _NETWORKS:
            found[_NETWORKS[action]].append(values.network(option.value, option.where))
        else:
            settings.leave(
                option.where, f"access-control {' '.join(option.words)}: here it is allowed or not"
            )
    both = set(found["allow"]) & set(found["deny"])
    found["allow"] = [each for each in dict.fromkeys(found["allow"]) if each not in both]
    return {key: "\n".join(dict.fromkeys(each)) for key, each in found.items() if each}


def _rest(settings: Settings, server: Clause) -> None:
    used = {
        *(
            "interface",
            "port",
            "tls-port",
            "do-udp",
            "do-tcp",
            "access-control",
            "num-threads",
            "tls-upstream",
        ),
        *("tls-service-key", "tls-service-pem", "tls-cert-bundle", "tls-system-cert", "rrset-cache-size"),
        *("outgoing-interface", "tcp-upstream", "tcp-idle-timeout", "cache-min-ttl", "cache-max-ttl"),
        *("tls-additional-port", "tls-ciphers", "tls-ciphersuites"),
        *("msg-cache-size", "serve-expired", "serve-expired-ttl", "prefetch"),
        *_SO,
    }
    for option in server.options:
        if option.key not in used:
            settings.leave(option.where, f"{option.key}: {_WHY.get(option.key, 'nothing here is like it')}")
