"""Where a policy zone comes from, as far as the options of the stage say so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...api import OptionError
from ...tls.client import UpstreamIdentity

if TYPE_CHECKING:
    import dns.name
    import dns.tsig

    from ...address import Address


class SourceView(Protocol):
    """The stage, as far as this is about it: its attributes are the options."""

    zone: Path | None
    primary: Address | None
    origin: dns.name.Name | None
    tsig: dns.tsig.Key | None
    primary_name: str | None
    pin_sha256: frozenset[bytes]
    ca_file: Path | None
    state: Path | None


def checkSource(stage: SourceView) -> None:
    """@raise OptionError: for options that don't go together."""
    if (stage.zone is None) == (stage.primary is None):
        raise OptionError(
            "zone", "'zone', a file, or 'primary', an address, is what it decides by: one of both"
        )
    if stage.primary is None:
        _refuse(stage, ("tsig", "state"), "is for a zone that is transferred, and 'primary' says from where")
    elif stage.origin is None:
        raise OptionError("origin", "the name of the zone must be given with 'primary'")
    if stage.primary is None or stage.primary.transport != "tls":
        _refuse(stage, ("primary-name", "pin-sha256", "ca-file"), "is for a primary at tls://")


def _refuse(stage: SourceView, keys: tuple[str, ...], why: str) -> None:
    for key in keys:
        if getattr(stage, key.replace("-", "_")):
            raise OptionError(key, why)


def identityOf(stage: SourceView) -> UpstreamIdentity | None:
    """
    Whom the primary must prove to be; None in clear text.

    @raise OptionError: where nothing can authenticate it.
    """
    if stage.primary is None or stage.primary.transport != "tls":
        return None
    if not stage.primary_name and not stage.pin_sha256:
        raise OptionError(
            "primary-name", "a primary at tls:// is authenticated by 'primary-name' or 'pin-sha256'"
        )
    return UpstreamIdentity(stage.primary_name, stage.pin_sha256, stage.ca_file)
