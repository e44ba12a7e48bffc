"""Which names of this site a browser may have been told: what keeps others' pages from reading it."""

from __future__ import annotations

import socket

from ..host import isIP


def isOurs(host: str | None, own: str | None = None) -> bool:
    """
    Whether a C{Host} header names us in a way that nobody else's domain can.

    A page of C{evil.example} can have its name resolved to our address (DNS rebinding), and a browser then
    lets it read what is here; but it asks for its own name. So IP addresses and names without a dot are fine,
    and those below C{localhost} and this machine's.

    @param host: the header; None where there is none, as browsers always send one.
    @param own: the name of this machine.
    """
    if host is None:
        return True
    name = _name(host)
    if isIP(name) or ("." not in name and name):
        return True
    return name.endswith(".localhost") or name == (socket.gethostname() if own is None else own).lower()


def _name(host: str) -> str:
    """Without the port, and an IPv6 address without its brackets."""
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        return name if not rest or rest.startswith(":") else ""
    return host.partition(":")[0].removesuffix(".").lower()
