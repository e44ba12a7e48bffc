"""What the values of a front's keys demand of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..address import Address
from ..options import OptionError
from .datagrams.cookies import Cookies


def checkStreamOptions(listen: Iterable[Address], limits: Mapping[str, Any]) -> None:
    """@raise OptionError: for a key about connections that the operator wrote, where there are none."""
    transports = {address.transport for address in listen}
    for key, value in limits.items():
        of = ("tls",) if "handshake" in key else ("tcp", "tls")
        if value is not None and not transports.intersection(of):
            these = " and ".join(f"{each}://" for each in of)
            option = key.replace("_", "-")
            raise OptionError(option, f"is for {these} addresses, and 'listen' has none")


def checkedCookies(
    listen: Iterable[Address], wanted: str, secret: Path | None, seed: bytes
) -> Cookies | None:
    """
    What proves the addresses of clients over UDP.

    @raise OptionError: for what is of no use.
    """
    datagrams = any(address.transport == "udp" for address in listen)
    if secret is not None and (wanted == "no" or not datagrams):
        why = "cookies = no" if datagrams else "'listen' has no udp:// address"
        raise OptionError("cookie-secret", f"is of no use: {why}")
    if wanted == "require" and not datagrams:
        raise OptionError("cookies", "are for udp:// addresses, and 'listen' has none")
    return Cookies(wanted == "require", secret, seed) if wanted != "no" and datagrams else None
