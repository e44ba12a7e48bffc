"""stubby.yml: a stub that asks servers over TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import values
from .settings import CannotImport, Entry, Server, Settings, Way, Where

_TLS, _REQUIRED = "GETDNS_TRANSPORT_TLS", "GETDNS_AUTHENTICATION_REQUIRED"
_PIN = re.compile(r"[A-Za-z0-9+/]{43}=")
# What is so anyway, or is of getdns itself.
_SO = {
    "resolution_type",
    "tls_query_padding_blocksize",
    "tls_connection_retries",
    "tls_backoff_time",
    "appdata_dir",
}
_VERSIONS = "an upstream is asked by TLS 1.2 or later"
_OLD = ("GETDNS_SSL3", "GETDNS_TLS1", "GETDNS_TLS1_0", "GETDNS_TLS1_1", "GETDNS_TLS1_2")
_READ = {
    "tls_min_version",
    *("dns_transport_list", "tls_authentication", "upstream_recursive_servers", "listen_addresses"),
    *("round_robin_upstreams", "idle_timeout", "timeout", "edns_client_subnet_private", "tls_ca_file"),
    *_SO,
}
_WHY = {
    "dnssec": "dotchain does not validate; ask a resolver that does",
    "dnssec_return_status": "dotchain does not validate; ask a resolver that does",
    "tls_ciphersuites": "an upstream is asked by ciphers with forward secrecy and AEAD",
    "tls_cipher_list": "an upstream is asked by ciphers with forward secrecy and AEAD",
    "tls_curves_list": "an upstream is asked by the groups of OpenSSL",
    "tls_max_version": "an upstream is asked by the highest version of TLS that both have",
    "tls_ca_path": "one file with all CAs is wanted: tls_ca_file, or ca-file of the upstream",
    "dns_transport": "dns_transport_list is read",
    "log_level": "dotchain log-level",
}

Node = tuple[Any, int]
"""A value, in which the values of mappings and lists are such again, and its line."""


def read(text: str, file: str) -> Settings:
    """
    What a stubby.yml says.

    @raise CannotImport: where it says nothing of sense.
    """
    return _Reader(file).read(_parsed(text, file))


def _parsed(text: str, file: str) -> Node:
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise CannotImport(Where(file, 1), "PyYAML is missing: pip install dotchain[import]") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _value(node, yaml, set())
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "can't be read"
        raise CannotImport(Where(file, mark.line + 1 if mark else 1), f"no YAML: {why}") from None


def _value(node: Any, yaml: Any, seen: set[int]) -> Node:
    """A node of YAML, each taken once: aliases could make a small file an endless one."""
    line = node.start_mark.line + 1 if node is not None else 1
    if not isinstance(node, yaml.CollectionNode):
        return str(node.value) if node is not None else "", line
    if id(node) in seen:
        raise yaml.composer.ComposerError(None, None, "an alias of a list or a mapping", node.start_mark)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(each, yaml, seen) for key, each in node.value}, line
    return [_value(each, yaml, seen) for each in node.value], line


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._settings = Settings("Stubby")
        self._root: dict[str, Node] = {}

    def read(self, root: Node) -> Settings:
        if not isinstance(root[0], dict):
            raise CannotImport(self._at(root[1]), "no list of options")
        self._root = root[0]
        shared, transports = self._shared(), [each for each, _ in self._words("dns_transport_list")]
        if transports and _TLS not in transports:
            raise CannotImport(self._at(self._line("dns_transport_list")), f"{_TLS} is not in it")
        clear = len(transports) > 1
        strict = self._text("tls_authentication") == _REQUIRED or not self._text("tls_authentication")
        profile = "opportunistic" if clear and not strict else None if strict else "encrypted"
        if clear and strict:
            self._settings.leave(
                self._at(self._line("dns_transport_list")), "clear text: what must be authenticated is TLS"
            )
        servers = [self._server(each, shared, profile) for each in self._list("upstream_recursive_servers")]
        if not servers:
            raise CannotImport(self._at(1), "upstream_recursive_servers has no server")
        group = "round-robin" if self._text("round_robin_upstreams") == "1" else "failover"
        way = Way("stub", {".": servers}, group, stages={"coalesce": {}, "special": {}})
        self._settings.entries.append(Entry("stub", list(self._listen()), way))
        if (least := self._text("tls_min_version")) not in ("", *_OLD):
            self._leave("tls_min_version", f"{least}: {_VERSIONS}")
        for key in self._root.keys() - _READ:
            self._leave(key, _WHY.get(key, "nothing here is like it"))
        return self._settings

    def _leave(self, key: str, why: str) -> None:
        self._settings.leave(self._at(self._line(key)), f"{key}: {why}")

    def _at(self, line: int) -> Where:
        return Where(self._file, line)

    def _line(self, key: str) -> int:
        return self._root[key][1] if key in self._root else 1

    def _text(self, key: str) -> str:
        found = self._root.get(key, ("", 1))
        if not isinstance(found[0], str):
            raise CannotImport(self._at(found[1]), f"{key} is one value")
        return found[0].strip()

    def _list(self, key: str) -> list[Node]:
        found = self._root.get(key, ([], 1))
        if not isinstance(found[0], list):
            raise CannotImport(self._at(found[1]), f"{key} is a list")
        return found[0]

    def _words(self, key: str) -> Iterator[tuple[str, int]]:
        for each, line in self._list(key):
            if not isinstance(each, str):
                raise CannotImport(self._at(line), f"{key} is a list of words")
            yield each, line

    def _shared(self) -> dict[str, str]:
        """Keys of all upstreams."""
        keys = {}
        for key, ours in (("idle_timeout", "idle-timeout"), ("timeout", "timeout")):
            if self._text(key):
                keys[ours] = values.seconds(self._text(key), self._at(self._line(key)), "ms")
        if self._text("edns_client_subnet_private") == "1":
            keys["ecs-private"] = "yes"
        if self._text("tls_ca_file"):
            keys["ca-file"] = values.file(self._text("tls_ca_file"), self._at(self._line("tls_ca_file")))
        return keys

    def _server(self, node: Node, shared: dict[str, str], profile: str | None) -> Server:
        given, line = node
        where = self._at(line)
        if not isinstance(given, dict) or not isinstance(given.get("address_data", ("", 0))[0], str):
            raise CannotImport(where, "a server has an address_data")
        plain = {key: each[0] for key, each in given.items() if isinstance(each[0], str)}
        keys = {}
        if plain.get("tls_auth_name"):
            keys["name"] = values.name(plain["tls_auth_name"], self._at(given["tls_auth_name"][1]))
        if pins := list(self._pins(given)):
            keys["pin-sha256"] = "\n".join(pins)
        if profile is None and not keys:
            raise CannotImport(
                where, "tls_authentication is REQUIRED, and it has neither tls_auth_name nor pins"
            )
        keys |= {key: each for key, each in shared.items() if key != "ca-file" or "name" in keys}
        if profile is not None:
            keys["profile"] = profile
        host, _, extra = plain.get("address_data", "").partition("@")
        port = values.port(plain.get("tls_port", "") or extra or "853", where)
        return Server(values.address("tls", values.ip(host, where), port), keys)

    def _pins(self, given: dict[str, Node]) -> Iterator[str]:
        pinset, line = given.get("tls_pubkey_pinset", ([], 1))
        for each in pinset if isinstance(pinset, list) else ():
            found = each[0].get("value", ("", 1)) if isinstance(each[0], dict) else ("", line)
            if not isinstance(found[0], str) or not _PIN.fullmatch(found[0]):
                raise CannotImport(self._at(each[1]), "a pin is 32 octets of base64 in `value`")
            yield found[0]

    def _listen(self) -> Iterator[str]:
        words = list(self._words("listen_addresses")) or [("127.0.0.1", 1)]
        for word, line in words:
            host, _, port = word.partition("@")
            number = values.port(port or "53", self._at(line))
            for transport in ("udp", "tcp"):
                yield values.address(transport, values.ip(host, self._at(line)), number)
