"""The keys of a stage C{shared}."""

from __future__ import annotations

from ...options import REQUIRED, Option, Options, Value, flag, moment, path, seconds
from ...valkey.servers import servers
from .secret import secret


def prefix(text: Value) -> bytes:
    """
    What keys begin with.

    @raise ValueError: where it is long, or not of letters, digits and C{: . - _}.
    """
    plain = text.translate(str.maketrans("", "", ":.-_"))
    if not text.isascii() or not plain.isalnum() or len(text) > 64:
        raise ValueError(
            f"{text!r} is no prefix such as dotchain:, at most 64 of letters, digits and : . - _"
        )
    return text.encode()


def machine(text: Value) -> str:
    """
    What operators call a machine.

    @raise ValueError: where it is long, or can't be printed.
    """
    if not text or not text.isprintable() or len(text) > 64:
        raise ValueError(f"{text!r} is no name of at most 64 letters such as ns1")
    return str(text)


SHARED: Options = {
    "server": Option(servers, REQUIRED, "the servers: the first that answers is asked"),
    "sentinel": Option(
        str, None, "the name by which sentinels know the server; 'server' says where they are"
    ),
    "cluster": Option(flag, "no", "the servers are nodes of a cluster, of which some are named"),
    "secret": Option(
        secret,
        None,
        "what all machines sign by, or the path of a file that it stands in; none: nothing is secret",
    ),
    "prefix": Option(prefix, "dotchain:", "what all keys begin with: who has another one shares nothing"),
    "timeout": Option(moment, "20ms", "how long a look into the server may take"),
    "max-ttl": Option(seconds, "1d", "longest time to keep an answer there, at most 12d"),
    "max-negative-ttl": Option(
        seconds, "1h", "longest time to keep NXDOMAIN or an empty answer; 0 keeps none"
    ),
    "stale": Option(
        seconds, "0", "how long beyond its time an answer is given where the upstream fails; 0: never"
    ),
    "user": Option(str, None, "the name by which the server lets us in"),
    "password": Option(
        secret, None, "the password by which it does, or the path of a file that it stands in"
    ),
    "server-name": Option(
        str, None, "the name that the certificates of the servers must have; else that of the host"
    ),
    "ca-file": Option(
        path, None, "certificates that must have signed those of the servers; else the system's"
    ),
    "certificate": Option(
        path, None, "client certificate for servers that ask for one: a PEM file, leaf first"
    ),
    "key": Option(path, None, "its private key: a PEM file"),
    "machine": Option(
        machine, None, "what other machines call this one; default: the name of the host", automatic=True
    ),
}
