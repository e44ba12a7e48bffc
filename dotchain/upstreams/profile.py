"""What a usage profile demands (RFC 8310 section 5): whom to authenticate, and what may go in clear text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..address import NamedAddress, Target
from ..options import OptionError, Remark
from ..tls.client import UpstreamIdentity
from ..tls.clientcertificate import clientCertificate


def identify(
    targets: Sequence[Target],
    name: str | None,
    profile: str | None,
    pinned: frozenset[bytes],
    caFile: Path | None,
    sni: str | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> UpstreamIdentity | None:
    """
    Whom an upstream must be; None where all its addresses are clear text.

    @param sni: see L{UpstreamIdentity}.
    @param certificate: what it is shown where it asks for a certificate.

    Without a name and pins it is whose name stands in the address (RFC 8310 section 7.2).

    @raise OptionError: where nothing can authenticate it though it must be, or for
        values that don't go together.
    """
    encrypted = [each for each in targets if each.transport == "tls"]
    if not encrypted:
        if profile == "strict":
            raise OptionError(
                "profile", "strict is TLS alone (RFC 8310 section 5), and 'address' has no tls://"
            )
        _withoutTLS({"name": name, "profile": profile, "pin-sha256": pinned, "ca-file": caFile})
        _withoutTLS({"sni": sni is not None, "certificate": certificate, "key": key})
        return None
    if len(encrypted) < len(targets) and profile != "opportunistic":
        raise OptionError(
            "address",
            "clear text beside tls:// needs profile = opportunistic (RFC 8310 section 5); "
            f"profile is {profile or 'strict'}",
        )
    return UpstreamIdentity(
        name or (None if pinned else _ownName(encrypted)),
        pinned,
        caFile,
        profile or "strict",
        sni=sni,
        shown=clientCertificate(certificate, key),
    )


def _withoutTLS(given: dict[str, object]) -> None:
    for key, value in given.items():
        if value:
            raise OptionError(key, "is for tls:// addresses, and 'address' has none")


def _ownName(encrypted: Iterable[Target]) -> str | None:
    names = sorted({each.name for each in encrypted if isinstance(each, NamedAddress)})
    if len(names) > 1:
        raise OptionError(
            "address",
            f"{' and '.join(names)} are two servers to authenticate: write two upstreams, "
            "or the one name that the certificates of both have as 'name'",
        )
    return names[0] if names else None


def ordered(targets: Sequence[Target], profile: str | None) -> list[Target]:
    """The addresses in the order of trying: TLS first, clear text only where it may be."""
    encrypted = [each for each in targets if each.transport == "tls"]
    clear = [each for each in targets if each.transport != "tls"]
    if profile == "opportunistic" and not clear:
        clear = [each._replace(transport="udp", port=53) for each in encrypted]
    return encrypted + clear


def leaks(targets: Sequence[Target]) -> list[str]:
    """Clear text that leaves the private network, or may do so: nobody knows where a name leads."""
    clear = [each for each in targets if each.transport != "tls"]
    public = [each for each in clear if isinstance(each, NamedAddress) or each.ip.is_global]
    return [Remark.of("address", f"queries go to {each} in clear text") for each in public]
