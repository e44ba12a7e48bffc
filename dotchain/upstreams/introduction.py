"""The PROXY header by which an upstream is told who asks."""

from __future__ import annotations

from ..client import Client, Origin
from ..wire.proxyheader import LOCAL, ProxyHeader, encrypted, proxied

# For those of whom no more is known than the address, such as a client that C{dotchain explain} is given.
_IP4 = Origin(0, "0.0.0.0", 0)  # noqa: S104 - not bound
_IP6 = Origin(0, "::", 0)


def introduction(client: Client) -> bytes:
    """
    The header of a client: his address and port, those that he asked, and of his TLS what there is.

    What nobody has asked but dotchain itself, as a name that the cache fetches ahead of time, is LOCAL.
    """
    if not client.address:
        return LOCAL
    origin = client.origin or (_IP6 if ":" in client.address else _IP4)
    header = ProxyHeader(client.address, origin.port, origin.local, origin.localPort)
    tlvs = b""
    if origin.version:
        tlvs = encrypted(origin.version, origin.cipher, origin.alpn, client.sni, client.identity)
    return proxied(header, client.transport == "udp", tlvs)
