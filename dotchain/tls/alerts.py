"""Words for what OpenSSL says: alerts of the peer above all."""

from __future__ import annotations

import re

from OpenSSL import SSL
from twisted.python.failure import Failure

from .certificates import clean

_CLOSED = "the peer closed the connection"
_NO_TLS = "the peer does not speak TLS on this port"
_OLDER = "wanted TLS 1.2 or later, the peer offers less"

# Part of OpenSSL's reason, and what it means. The first that fits is taken.
_MEANINGS = (
    ("unsupported protocol", _OLDER),
    ("protocol version", _OLDER),
    ("wrong version number", _NO_TLS),
    ("packet length too long", _NO_TLS),
    ("record layer failure", _NO_TLS),
    ("no application protocol", "the peer does not take the ALPN protocol dot: no DNS over TLS there"),
    ("certificate required", "the peer wants a certificate of ours, and we have none"),
    ("unrecognized name", "the peer does not serve the name that we asked for"),
    (
        "handshake failure",
        "no TLS version, cipher or key kind in common, or a certificate of ours is wanted "
        "(TLS alert handshake failure)",
    ),
    ("access denied", "the peer does not let us in (TLS alert access denied)"),
    ("unexpected eof", _CLOSED),
)
# OpenSSL leaves the word alert out of some.
_ALERT = re.compile(r"\b(?:alert|tlsv1)(?: alert)? (?:number )?([a-z0-9 ]+)")

# Alerts that are about us, and not about what was sent (RFC 8446 section 6.2).
_REFUSALS = frozenset(
    {
        "access denied",
        "bad certificate",
        "certificate expired",
        "certificate required",
        "certificate revoked",
        "certificate unknown",
        "handshake failure",
        "insufficient security",
        "no application protocol",
        "unknown ca",
        "unrecognized name",
        "unsupported certificate",
    }
)


def sslWords(error: SSL.Error) -> str:
    """What ended a handshake."""
    if isinstance(error, (SSL.SysCallError, SSL.ZeroReturnError)):
        return _CLOSED
    reasons = _reasons(error)
    for part, meaning in _MEANINGS:
        if part in reasons:
            return meaning
    if alert := _ALERT.search(reasons):
        return f"the peer sent the TLS alert {alert[1]}"
    return reasons or "OpenSSL does not say why"


def isEnd(error: SSL.Error) -> bool:
    """Whether it says no more than that the connection was closed."""
    return sslWords(error) == _CLOSED


def lastWords(reason: Failure) -> str:
    """What ended TLS behind its handshake; nothing where the connection was closed and no more."""
    error = reason.value
    if not isinstance(error, SSL.Error) or isEnd(error):
        return ""
    reasons = _reasons(error)
    return sslWords(error) if _ALERT.search(reasons) else reasons or "TLS was broken"


def isRefusal(reason: Failure) -> bool:
    """
    Whether the peer does not want us.

    In TLS 1.3 a server tells what it thinks of its client's certificate behind the handshake
    (RFC 8446 section 4.4.2.4).
    """
    error = reason.value
    alert = _ALERT.search(_reasons(error)) if isinstance(error, SSL.Error) else None
    return alert is not None and alert[1] in _REFUSALS


def _reasons(error: SSL.Error) -> str:
    """OpenSSL's queue of (library, function, reason), the reasons only."""
    queue = error.args[0] if error.args else ()
    if not isinstance(queue, (list, tuple)):
        return clean(str(queue)).lower()
    return clean("; ".join(str(entry[-1]) for entry in queue)).lower()
