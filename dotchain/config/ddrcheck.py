"""What a stage tells clients of a TLS front (RFC 9462), held against the fronts that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..fronts.access import AccessList
from ..fronts.front import Front
from ..networks import PRIVATE
from ..stages.designatedresolver import DesignatedResolver
from ..stages.special import Special
from ..tls.verify import isNamed, reference
from .build import Part
from .ini import Problem

_PRIVATE = AccessList(PRIVATE, ())


def unkept(fronts: Iterable[Part], parts: Iterable[Part]) -> list[Problem]:
    """One warning for each promise of a designation that no front keeps."""
    designations = {
        section: stage.designatedResolver
        for section, stage in parts
        if isinstance(stage, Special) and stage.designatedResolver is not None
    }
    serving = [front for _, front in fronts if isinstance(front, Front)]
    return [
        section.problem(key, text)
        for section, resolver in designations.items()
        for key, text in _doubts(resolver, serving)
    ]


def _doubts(resolver: DesignatedResolver, fronts: Iterable[Front]) -> Iterator[tuple[str, str]]:
    """Each as the key to blame and what is wrong."""
    designated = [front for front in fronts if _isMeant(front, resolver)]
    if not designated:
        yield (
            "designate",
            f"no front here listens there, tls:// on port {resolver.port}; does another server?",
        )
    for front in designated:
        for key, name in _names(resolver):
            if front.leaves and not any(isNamed(each, reference(name)) for each in front.leaves):
                yield key, f"the certificate of [front {front.name}] is not for {name} (RFC 9462 section 4.2)"


def _isMeant(front: Front, resolver: DesignatedResolver) -> bool:
    return any(
        each.transport == "tls"
        and each.port == resolver.port
        and (each.ip.is_unspecified or not resolver.addresses or each.ip in resolver.addresses)
        for each in front.listen
    )


def _names(resolver: DesignatedResolver) -> Iterator[tuple[str, str]]:
    """
    What the certificate must be for. No CA vouches for a private address, and so clients
    turn to one without that proof (RFC 9462 section 4.3).
    """
    yield "designate", resolver.name.to_text(omit_final_dot=True)
    for address in resolver.addresses:
        if not _PRIVATE.permits(str(address)):
            yield "address", str(address)
