"""named.conf: whom BIND listens to and forwards to; all else is a nameserver's own."""

from __future__ import annotations

from collections.abc import Iterator

from . import values
from .fronttls import FrontTls
from .namedacls import Acls
from .namedsyntax import Include, Statement, parsed
from .settings import CannotImport, Entry, Server, Settings, Way, Where

_ANY = {"4": "0.0.0.0", "6": "::"}  # noqa: S104 - what `any` means
_SO = {"forward", "recursion", "listen-on", "listen-on-v6", "forwarders", "allow-query", "allow-recursion"}
_SO |= {"query-source", "query-source-v6", "max-cache-ttl", "min-cache-ttl"}
_WHY = {
    "directory": "relative paths here are relative to the INI file",
    "dnssec-validation": "dotchain does not validate; ask a resolver that does",
    "pid-file": "twistd --pidfile",
    "logging": "twistd --logfile, [dotchain] log and the stage querylog",
    "rate-limit": "the stage limit",
    "response-policy": "the stage rpz",
    "max-cache-size": "size of [stage cache]",
    "controls": "the control socket is there by itself",
    "key": "no key is needed to forward",
    "view": "a [front] and a [chain] for each kind of client, or the stage route",
    "dhparam-file": "groups of the front",
    "tcp-clients": "max-connections of the front",
    "http": "DNS over HTTPS is none of the transports",
}


# Of a tls block, what it is with an upstream.
_TLS = ("protocols", "ciphers", "cipher-suites")
_FIXED = "an upstream is asked by TLS 1.2 or later, with forward secrecy and AEAD"
_SHOWN = {"certificate": "cert-file", "key": "key-file"}


def read(text: str, file: str, include: Include) -> Settings:
    """
    What a named.conf says.

    @raise CannotImport: where it says nothing of sense.
    """
    return _Reader(parsed(text, file, include), file).read()


class _Reader:
    def __init__(self, statements: list[Statement], file: str) -> None:
        self._statements = statements
        self._start = Where(file, 1)
        self._settings = Settings("BIND")
        self._tls = {each.words[1]: each for each in statements if each.kind == "tls" and len(each.words) > 1}
        self._acls = Acls(statements, self._settings)
        self._tcpOnly = {
            each.words[1]
            for each in statements
            if each.kind == "server" and len(each.words) > 1 and each.value("tcp-only") == "yes"
        }
        found = [each for each in statements if each.kind == "options"]
        self._options = found[0] if found else Statement(["options"], self._start, [])

    def read(self) -> Settings:
        way = Way("home", group="fastest", stages={"cache": self._cache(), "coalesce": {}, "special": {}})
        self._forwarders(way, ".", self._options)
        for each in self._statements:
            if each.kind == "zone":
                self._zone(way, each)
            elif each.kind not in ("options", "tls", "acl", "server"):
                self._leave(each)
        if "." not in way.zones:
            way.zones["."] = [
                Server("udp://127.0.0.1:53", remarks=("BIND resolves itself: name a resolver here.",))
            ]
            text = "no forwarders for all names: dotchain does not resolve; name a resolver in [upstream up]"
            self._settings.leave(self._options.where, text)
        self._settings.entries += self._entries(way)
        for each in self._options.block or ():
            if each.kind not in _SO:
                self._leave(each)
            elif each.kind == "forward" and each.words[1:] == ["first"]:
                self._settings.leave(
                    each.where, "forward first: there is no other way than through the upstreams"
                )
        return self._settings

    def _cache(self) -> dict[str, str]:
        """How long answers are kept."""
        given = {key: self._options.named(f"{key[:3]}-cache-ttl") for key in ("max-ttl", "min-ttl")}
        return {
            key: values.seconds(each[-1].words[-1], each[-1].where) for key, each in given.items() if each
        }

    def _leave(self, each: Statement) -> None:
        self._settings.leave(
            each.where, f"{' '.join(each.words[:2])}: {_WHY.get(each.kind, 'nothing here is like it')}"
        )

    def _zone(self, way: Way, zone: Statement) -> None:
        name = zone.words[1] if len(zone.words) > 1 else ""
        if zone.value("type") != "forward":
            text = f"zone {name!r} of type {zone.value('type') or '?'}: only forwarding is carried over"
            self._settings.leave(zone.where, f"{text}; kind = zone and the stage rpz read zone files")
            return
        self._forwarders(way, values.name(name, zone.where), zone)

    def _forwarders(self, way: Way, zone: str, inside: Statement) -> None:
        for each in inside.named("forwarders"):
            port, tls = _after(each, "port"), _after(each, "tls")
            servers = [self._server(one, port, tls) for one in each.block or ()]
            if servers:
                way.zones[zone] = servers

    def _server(self, one: Statement, port: str, tls: str) -> Server:
        """
        C{IP [port N] [tls NAME]}.

        @param port: what is said for all, and so is C{tls}.
        """
        if not one.words:
            raise CannotImport(one.where, "a forwarder is an IP address")
        host = values.ip(one.words[0], one.where)
        tls = _after(one, "tls") or tls
        port = _after(one, "port") or port or ("853" if tls else "53")
        keys, remarks = self._identity(tls, host, one.where) if tls else ({}, ())
        if source := self._source(host):
            keys["source"] = source
        transport = "tls" if tls else "tcp" if host in self._tcpOnly else "udp"
        return Server(values.address(transport, host, values.port(port, one.where)), keys, remarks)

    def _source(self, host: str) -> str:
        """The address that C{query-source} has servers of this family asked from."""
        kind = "query-source-v6" if ":" in host else "query-source"
        found = ["", *(_after(each, "address") or each.words[-1] for each in self._options.named(kind))][-1]
        return found if values.isIP(found) and found not in ("0.0.0.0", "::") else ""  # noqa: S104 - any

    def _identity(self, tls: str, host: str, where: Where) -> tuple[dict[str, str], tuple[str, ...]]:
        """Whom a forwarder must prove to be, and the certificate that it is shown."""
        block = self._tls.get(tls)
        if block is None:
            if tls != "ephemeral":
                raise CannotImport(where, f"there is no tls {tls!r}")
            block = Statement(["tls", tls], where, [])
        for each in block.block or ():
            if each.kind in _TLS:
                self._settings.leave(each.where, f"{each.kind}: {_FIXED}")
        keys = {}
        if block.value("cert-file") and block.value("key-file"):
            keys = {key: values.file(block.value(f), block.where) for key, f in _SHOWN.items()}
        name, ca = block.value("remote-hostname"), block.value("ca-file")
        if not name and not ca:
            text = "Without remote-hostname BIND authenticates nobody: write name, and take profile away."
            return {**keys, "profile": "encrypted"}, (text,)
        keys["name"] = values.name(name, block.where) if name else host
        return {**keys, "ca-file": values.file(ca, block.where)} if ca else keys, ()

    def _entries(self, way: Way) -> Iterator[Entry]:
        clear: list[str] = []
        secure: dict[str, list[str]] = {}
        listens = self._options.named("listen-on") + self._options.named("listen-on-v6")
        for each in listens or [Statement(["listen-on"], self._start, [Statement(["any"], self._start)])]:
            tls = _after(each, "tls")
            if _after(each, "http"):
                self._settings.leave(each.where, f"listen-on http: {_WHY['http']}")
                continue
            tls = "" if tls == "none" else tls
            port = values.port(_after(each, "port") or ("853" if tls else "53"), each.where)
            hosts = list(self._hosts(each, "6" if each.kind == "listen-on-v6" else "4"))
            for transport in ("tls",) if tls else ("udp", "tcp"):
                (secure.setdefault(tls, []) if tls else clear).extend(
                    values.address(transport, host, port) for host in hosts
                )
        keys = self._acls.allowed(self._options)
        if clear:
            yield Entry("lan", clear, way, keys)
        for tls, listen in secure.items():
            if listen:
                yield Entry(
                    f"dot-{tls}" if len(secure) > 1 else "dot",
                    listen,
                    way,
                    {**self._pair(tls, listen), **keys},
                )

    def _pair(self, tls: str, listen: list[str]) -> dict[str, str]:
        block = self._tls.get(tls)
        if tls == "ephemeral":
            return {"self-signed": "localhost", "certificate": "ephemeral.crt", "key": "ephemeral.key"}
        if block is None or not block.value("cert-file") or not block.value("key-file"):
            raise CannotImport(
                block.where if block else self._start, f"tls {tls!r} has no cert-file and key-file"
            )
        found = FrontTls(self._settings)
        for each in block.block or ():
            self._knob(found, each)
        keys = {
            "certificate": values.file(block.value("cert-file"), block.where),
            "key": values.file(block.value("key-file"), block.where),
            **found.finish(),
        }
        if block.value("ca-file"):
            keys |= {
                "client-ca": values.file(block.value("ca-file"), block.where),
                "client-certificate": "require",
            }
        return keys

    def _knob(self, found: FrontTls, each: Statement) -> None:
        """One statement about TLS at a front."""
        if each.kind == "protocols":
            versions = [one.words[0] for one in each.block or () if one.words]
            if versions:
                found.least(min(versions), each.where, each.kind)
            if versions and max(versions) == "TLSv1.2":
                self._settings.leave(each.where, "protocols: TLS 1.3 is spoken, too")
        elif each.kind in ("ciphers", "cipher-suites") and len(each.words) > 1:
            found.ciphers(each.words[1], each.where, each.kind)
        elif each.kind == "session-tickets":
            found.keys |= {"tickets": "no"} if each.words[1:] == ["no"] else {}
        elif each.kind not in (*_SHOWN.values(), "ca-file", "remote-hostname", "prefer-server-ciphers"):
            self._leave(each)

    def _hosts(self, listen: Statement, version: str) -> Iterator[str]:
        for each in listen.block or ():
            word = each.words[0] if each.words else ""
            if word == "any":
                yield _ANY[version]
            elif word == "localhost":
                yield {"4": "127.0.0.1", "6": "::1"}[version]
            elif values.isIP(word):
                yield values.ip(word, each.where)
            elif word != "none":
                self._settings.leave(
                    each.where, f"{listen.kind} {' '.join(each.words)}: write IP addresses in listen"
                )


def _after(statement: Statement, word: str) -> str:
    """What stands behind a word of a statement, or nothing."""
    words = statement.words
    return words[words.index(word, 1) + 1] if word in words[1:-1] else ""
