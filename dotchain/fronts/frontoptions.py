"""The keys of C{[front NAME]}."""

from __future__ import annotations

from ..activation import listened
from ..networks import LOOPBACK, networks
from ..options import REQUIRED, Option, Options, flag, moment, one, path, several, some
from ..share import Share
from .relaypolicy import SORTS
from .tlsoptions import TLS


def _partOf(share: Share, number: int | None) -> int | None:
    """A worker's part of what may not be given."""
    return None if number is None else share.part(number)


FRONT: Options = {
    "listen": Option(
        listened, REQUIRED, "addresses to listen on: udp://, tcp:// or tls://IP:PORT; systemd://NAME"
    ),
    **TLS,
    "allow": Option(
        networks, None, "networks that may ask; default: private on udp, tcp; all on tls", automatic=True
    ),
    "deny": Option(networks, "", "networks that may not; the most specific of both lists decides"),
    "proxy-protocol": Option(
        networks,
        "",
        "balancers that say by a PROXY header, version 2, for whom they ask",
    ),
    "proxy-tlvs": Option(
        several("sni", "identity"),
        "",
        "what those balancers are believed of their clients' TLS: sni (AUTHORITY), identity (SSL_CN)",
    ),
    "refuse": Option(one("refused", "drop"), "refused", "how to refuse: refused (EDE 18) or drop"),
    "cookies": Option(
        one("yes", "no", "require"), "yes", "DNS cookies over UDP; require: no answer before one is shown"
    ),
    "cookie-secret": Option(
        path, None, "file of secrets that make cookies; default: random, daily anew", automatic=True
    ),
    "relay": Option(several(*SORTS), "", "what is passed on besides questions: notify, update, transfers"),
    "relay-allow": Option(networks, LOOPBACK, "networks for whom that is done"),
    "max-transfers": Option(some, "10", "zone transfers under way at a time", Share.part),
    "free-bind": Option(flag, "no", "listen even where the address is not there yet"),
    "max-client-in-flight": Option(
        some,
        "5000",
        "queries in flight of one client (IPv4 address or IPv6 /64); over it SERVFAIL",
        Share.part,
    ),
    "max-network-in-flight": Option(
        some,
        None,
        "those of one network (IPv4 /24 or IPv6 /56); default three times max-client-in-flight",
        _partOf,
        automatic=True,
    ),
    "max-client-connections": Option(
        some, None, "connections open of one client; default a quarter of max-connections", automatic=True
    ),
    "max-network-connections": Option(
        some, None, "those of one network; default a half of max-connections", automatic=True
    ),
    "max-client-handshakes": Option(
        some, None, "TLS handshakes a second of one client, others wait; default 200", automatic=True
    ),
    "max-network-handshakes": Option(some, None, "those of one network; default 400", automatic=True),
    "unlimited": Option(
        networks,
        None,
        "networks whose connections and handshakes are not limited so; default 127.0.0.1 ::1",
        automatic=True,
    ),
    "answer-within": Option(
        moment,
        None,
        "how long the chain has, then SERVFAIL; default: the longest timeout and 0.25s",
        automatic=True,
    ),
    "max-connections": Option(
        some, None, "connections open at a time, for each address; default 5000", automatic=True
    ),
    "max-in-flight": Option(
        some,
        None,
        "queries in flight of one connection, then it is read no more; default 200",
        automatic=True,
    ),
    "idle-timeout": Option(
        moment, None, "close a connection unused so long; default 10s tcp, 30s tls", automatic=True
    ),
    "first-query-timeout": Option(
        moment, None, "how long a new connection may stay silent; default 10s", automatic=True
    ),
    "handshake-timeout": Option(
        moment, None, "how long a TLS handshake may take; default 5s", automatic=True
    ),
}
