"""The keys of C{[upstream NAME]} with C{kind = forward}."""

from __future__ import annotations

from ..address import nameservers, targets
from ..options import (
    REQUIRED,
    Option,
    Options,
    domain,
    domains,
    flag,
    moment,
    octets,
    one,
    path,
    seconds,
    some,
    whole,
)
from ..share import Share
from ..tls.pins import pins
from ..tls.sni import serverName
from .introduction import place
from .nexton import rcodes
from .probing import type_
from .rate import part, rate
from .source import source
from .streams.dial import segment

FORWARD: Options = {
    "address": Option(
        targets, REQUIRED, "where to ask: tls://, tcp:// or udp://, IP or DNS name, :PORT; best first"
    ),
    "bootstrap": Option(
        nameservers,
        None,
        "nameservers that resolve the names in address: IPs (asked over UDP), udp://, tcp:// or tls://IP",
    ),
    "name": Option(str, None, "whom to authenticate: a DNS name or an IP address of the certificate"),
    "profile": Option(
        one("strict", "encrypted", "opportunistic"),
        None,
        "strict (default for tls://): TLS, authenticated; encrypted: TLS always, authenticated "
        "or not; opportunistic: TLS if it works, else clear text",
        automatic=True,
    ),
    "pin-sha256": Option(pins, "", "SPKI pins, any one must match; or PEM files whose pins are taken"),
    "ca-file": Option(path, None, "trusted CAs; default: the system's", automatic=True),
    "sni": Option(
        serverName, None, "server name to ask for: a DNS name, or none; default: 'name'", automatic=True
    ),
    "certificate": Option(
        path, None, "client certificate for upstreams that ask for one: a PEM file, leaf first"
    ),
    "key": Option(path, None, "its private key: a PEM file"),
    "source": Option(source, None, "from where to ask: an IP address a family, or an interface such as eth1"),
    "rate": Option(
        rate, None, "queries a second at the most, such as 100/s; over it another member is asked", part
    ),
    "next-on": Option(rcodes, "", "RCODEs after which another address is asked, such as servfail refused"),
    "probe-interval": Option(moment, None, "how often to ask it something of our own; by default never"),
    "probe-name": Option(domain, ".", "the name that is asked for"),
    "probe-type": Option(type_, "NS", "the type that is asked for"),
    "probe-timeout": Option(
        moment, "1s", "how long the answer to a probe may take; never longer than 'probe-interval'"
    ),
    "probe-rise": Option(some, "2", "answers in a row by which it is up again"),
    "probe-fall": Option(some, "3", "failures in a row by which it is down, and groups ask others"),
    "clock-names": Option(
        domains,
        "",
        "names asked at bootstrap while the certificate's dates are refused, and all below them",
    ),
    "ecs-private": Option(
        flag, "no", "ask the upstream to send no part of any client's address on (EDNS Client Subnet 0)"
    ),
    "proxy-protocol": Option(
        place,
        "no",
        "tell the nameserver by a PROXY header, version 2, who asks; it must demand one; yes: inside of TLS, "
        "outside: in front of it",
    ),
    "proxy-connections": Option(
        some,
        "256",
        "clients' connections to an address at a time, where it is told who asks; over it others wait",
        Share.part,
    ),
    "timeout": Option(moment, "4.5s", "how long a query may take in all"),
    "idle-timeout": Option(seconds, "8s", "close a connection unused so long, or sooner as its peer does"),
    "keep-warm": Option(seconds, "30s", "keep one connection ready so long after the last query"),
    "max-age": Option(moment, "1h", "replace a connection that is so old"),
    "max-queries": Option(whole, "0", "queries that one connection carries; 0: any number"),
    "connections": Option(some, "1", "connections to an address at a time, at the most", Share.part),
    "max-segment": Option(segment, "0", "octets of a TCP segment, for ways that lose large ones; 0: any"),
    "max-in-flight": Option(
        some, "20000", "queries in flight at a time; over it they fail at once", Share.part
    ),
    "max-octets": Option(octets, "16M", "what they may take; over it they fail at once", Share.part),
    "sockets": Option(some, "1024", "UDP sockets to an address at a time, at the most", Share.part),
}
