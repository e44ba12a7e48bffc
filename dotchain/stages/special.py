"""The stage C{special}: names that are no names of the public DNS never leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import dns.name

from ..api import EDE_BLOCKED, EDE_NOT_SUPPORTED, Option, OptionError, Options, domain, domains
from ..contract.guard import coreOf
from ..match.names import nameText
from ..shell import StageShell
from .designatedresolver import OWNER, RESOLVER, DesignatedResolver, IPAddress, dotPort, hosts
from .localzone import LocalZone, LocalZoneType
from .specialcore import SpecialCore, Zones, isForParent, zoneName, zoneOf
from .specialnames import SPECIAL_NAMES

if TYPE_CHECKING:
    from ..api import IResolver, Query, Reactor
    from ..node import Node


class Special(StageShell):
    """
    Answer special names here (RFC 6761), and reverse zones of private addresses (RFC 6303).

    What the operator lists wins over the table, and of what he lists the longest name.
    Signed queries are passed on, as a signature is to be (RFC 8945 section 5.5), and so is
    the DS query by which a validator proves that a zone needs no signature.

    @ivar designatedResolver: the TLS front that clients are told of, or None.
    """

    kind = "special"
    options: ClassVar[Options] = {
        "except": Option(domains, "", "names that are passed on, with all below them"),
        "also": Option(domains, "", "further names that are answered NXDOMAIN, with all below them"),
        "designate": Option(domain, None, "name of a TLS front to tell clients that look for one (RFC 9462)"),
        "port": Option(dotPort, "853", "its port"),
        "address": Option(hosts, "", "its addresses, which its certificate must name"),
    }

    counters: ClassVar[Sequence[str]] = ("answered",)

    also: tuple[dns.name.Name, ...] = ()
    designate: dns.name.Name | None = None
    port: int = 853
    address: tuple[IPAddress, ...] = ()

    def __init__(self, next: IResolver, reactor: Reactor, **options: Any) -> None:
        """@raise OptionError: for names that contradict each other, or change nothing."""
        excepted: tuple[dns.name.Name, ...] = options.pop("except", ())
        super().__init__(next, reactor, **options)
        self.replays = next.replays
        self.designatedResolver: DesignatedResolver | None = None
        self._zones: Zones = {}
        # By the same names, where that is written.
        self._sources: dict[bytes, str] = {}
        self._fill(excepted)
        self._designate()
        self.core: SpecialCore = SpecialCore(coreOf(next), self._zones)

    def coreBefore(self, next: Node) -> SpecialCore:
        """See L{StageShell.coreBefore}."""
        return SpecialCore(next, self._zones)

    def explain(self, query: Query) -> str:
        """See L{Stage.explain}."""
        name = query.key[:-6]
        found = zoneName(self._zones, name)
        if found is None:
            return ""
        zone, told = self._zones[found], f"{nameText(found)}: {self._sources[found]}"
        if zone is None:
            return told
        if query.signed:
            return f"{told}; a signed query is passed on"
        return f"{told}; its DS is its parent's" if isForParent(zone, name, query) else told

    def takes(self, name: bytes) -> bool:
        """
        Whether questions for a name are answered here.

        @param name: in wire form, in lower case.
        """
        return zoneOf(self._zones, name) is not None

    @property
    def answered(self) -> int:
        """How many queries were answered here, replies that a front remembers aside."""
        return self.core.answered

    def _fill(self, excepted: tuple[dns.name.Name, ...]) -> None:
        for special in SPECIAL_NAMES:
            name = dns.name.from_text(special.name)
            if not any(name.is_subdomain(each) for each in excepted):
                errors = ((EDE_NOT_SUPPORTED, f"special name, see {special.rfc}"),)
                self._serve(LocalZone(name, special.zoneType, special.parent, errors), special.rfc)
        for name in self.also:
            if name in excepted:
                raise OptionError("also", f"{_short(name)} stands in 'except', too")
            zone = LocalZone(name, LocalZoneType.ABSENT, errors=((EDE_BLOCKED, "listed here"),))
            self._serve(zone, "listed in also")
        for name in excepted:
            self._except(name)

    def _serve(self, zone: LocalZone, source: str) -> None:
        self._zones[zone.name] = zone
        self._sources[zone.name] = source

    def _except(self, name: dns.name.Name) -> None:
        special = (dns.name.from_text(each.name) for each in SPECIAL_NAMES)
        if not any(name.is_subdomain(each) or each.is_subdomain(name) for each in (*special, *self.also)):
            raise OptionError(
                "except", f"{_short(name)} is passed on anyway: it has to do with no special name"
            )
        self._zones[name.to_digestable()] = None
        self._sources[name.to_digestable()] = "listed in except"

    def _designate(self) -> None:
        """Tell clients of the front that the options name."""
        if self.designate is None:
            if self.address:
                raise OptionError("address", "is of a TLS front, whose name 'designate' must give")
            return
        if self.designate == dns.name.root or self.designate.is_subdomain(RESOLVER):
            raise OptionError("designate", "is a name of the front's own, such as dot.example.net (RFC 9462)")
        zone = zoneOf(self._zones, OWNER)
        if zone is None or zone.zoneType is not LocalZoneType.SILENT:
            raise OptionError("designate", "is told at resolver.arpa, which 'except' or 'also' takes away")
        self.designatedResolver = DesignatedResolver(self.designate, self.port, self.address)
        self.designatedResolver.tell(zone)


def _short(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)
