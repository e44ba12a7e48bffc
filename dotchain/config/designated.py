"""What a stage tells clients of a TLS front (RFC 9462), held against the fronts that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..fronts.access import PRIVATE, AccessList
from ..fronts.front import Front
from ..stages.designation import Designation
from ..stages.special import Special
from ..tls.verify import isNamed, reference
from .build import Part
from .ini import Problem

_PRIVATE = AccessList(PRIVATE, ())


def unkept(fronts: Iterable[Part], parts: Iterable[Part]) -> list[Problem]:
    """One warning for each promise of a designation that no front keeps."""
    designations = {
        section: stage.designation
        for section, stage in parts
        if isinstance(stage, Special) and stage.designation is not None
    }
    serving = [front for _, front in fronts if isinstance(front, Front)]
    return [
        section.problem(key, text)
        for section, designation in designations.items()
        for key, text in _doubts(designation, serving)
    ]


def _doubts(designation: Designation, fronts: Iterable[Front]) -> Iterator[tuple[str, str]]:
    """Each as the key to blame and what is wrong."""
    designated = [front for front in fronts if _isMeant(front, designation)]
    if not designated:
        yield (
            "designate",
            f"no front here listens there, tls:// on port {designation.port}; does another server?",
        )
    for front in designated:
        for key, name in _names(designation):
            if front.leaf is not None and not isNamed(front.leaf, reference(name)):
                yield key, f"the certificate of [front {front.name}] is not for {name} (RFC 9462 section 4.2)"


def _isMeant(front: Front, designation: Designation) -> bool:
    return any(
        each.transport == "tls"
        and each.port == designation.port
        and (each.ip.is_unspecified or not designation.addresses or each.ip in designation.addresses)
        for each in front.listen
    )


def _names(designation: Designation) -> Iterator[tuple[str, str]]:
    """
    What the certificate must be for. No CA vouches for a private address, and so clients
    turn to one without that proof (RFC 9462 section 4.3).
    """
    yield "designate", designation.name.to_text(omit_final_dot=True)
    for address in designation.addresses:
        if not _PRIVATE.permits(str(address)):
            yield "address", str(address)
