"""What the operator says of a front's TLS, and the contexts that are made of it."""

from __future__ import annotations

import ssl
from typing import NamedTuple

from .clientauthorities import ClientAuthorities
from .opensslsettings import contextWith

CIPHERS_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
"""TLS 1.2: forward secrecy and AEAD only (RFC 9325 section 4.2). 1.3 has nothing else."""


class ServerSettings(NamedTuple):
    """
    What all certificates of a front have in common.

    @ivar least: the lowest version of TLS: C{1.2} or C{1.3}.
    @ivar ciphers: those of TLS 1.2, by OpenSSL's names; without any, L{CIPHERS_1_2}.
    @ivar suites: those of TLS 1.3; without any, OpenSSL's own.
    @ivar groups: for the exchange of keys, the best first; without any, OpenSSL's own.
    @ivar tickets: whether sessions can be resumed by tickets.
    @ivar clients: who vouches for clients, where their certificates are asked for.
    """

    least: str = "1.2"
    ciphers: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tickets: bool = True
    clients: ClientAuthorities | None = None


DEFAULT = ServerSettings()
"""What a front has where the operator says nothing."""


def newContext(settings: ServerSettings = DEFAULT) -> ssl.SSLContext:
    """
    What connections are made of, as yet without a certificate.

    @raise Unsettable: where Python's OpenSSL can't be told of groups or suites.
    @raise TLSFileError: where the file of the clients' CA can't be used.
    """
    made = contextWith(ssl.PROTOCOL_TLS_SERVER, settings.groups, settings.suites)
    made.minimum_version = ssl.TLSVersion.TLSv1_3 if settings.least == "1.3" else ssl.TLSVersion.TLSv1_2
    made.set_ciphers(":".join(settings.ciphers) or CIPHERS_1_2)
    made.set_alpn_protocols(["dot"])
    # RFC 9325 sections 3.3 and 3.5; session tickets are on by default.
    made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    if settings.tickets:
        made.options &= ~ssl.OP_NO_TICKET
        # Each connection leaves one behind for the one that follows it (RFC 8446 section 4.6.1);
        # OpenSSL's second one takes 16 of the 290 µs of a full handshake.
        made.num_tickets = 1
    else:
        made.options |= ssl.OP_NO_TICKET
        made.num_tickets = 0
    if settings.clients is not None:
        settings.clients.demand(made)
    return made
