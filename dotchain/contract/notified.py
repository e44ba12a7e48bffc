"""Relays that take some NOTIFY messages themselves, among those that pass on all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..interfaces import INotified


def passesOn(relay: Any) -> bool:
    """Whether there is anybody whom a relay passes messages on to; None is no relay."""
    taking: INotified | None = INotified(relay, None)
    return relay is not None if taking is None else taking.passesOn


def responseOf(relays: Iterable[Any], message: bytes, address: str) -> bytes | None:
    """
    The response to a message of the first relay that takes it, or None: see L{INotified.notified}.

    @param address: who sent it.
    """
    for relay in relays:
        taking: INotified | None = INotified(relay, None)
        response = None if taking is None else taking.notified(message, address)
        if response is not None:
            return response
    return None
