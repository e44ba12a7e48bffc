"""The upstream C{zone}: answers from an RFC 1035 master file, as its authority."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import dns.name
from twisted.internet.defer import Deferred
from zope.interface import implementer, provider

from ..clockwork.aside import aside
from ..interfaces import IKind, IResolver
from ..node import Later, Node
from ..options import REQUIRED, Option, Options, domain, path
from ..readahead import asWhole
from ..shell import Shell
from ..wire import Answer
from ..wire.codes import EDE_NOT_SUPPORTED, REFUSED
from ..wire.names import fold
from ..zones.authority import Finding, finding
from ..zones.masterfile import readZone

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorCore

    from ..wire import Query

_META = Answer(0, REFUSED, errors=((EDE_NOT_SUPPORTED, "no record has this type"),))


@implementer(IResolver)
@provider(IKind)
class Zone(Shell):
    """
    Answer for one zone that is read from a file, as its authority does.

    For what the lab and tests need.
    """

    kind = "zone"
    role = "upstream"
    replays = True
    options: ClassVar[Options] = {
        "file": Option(path, REQUIRED, "the zone's master file (RFC 1035 section 5), without $INCLUDE"),
        "origin": Option(
            domain,
            None,
            "the zone's name; without it the file's $ORIGIN, or its name up to .zone",
            automatic=True,
        ),
    }

    def __init__(self, reactor: IReactorCore, *, file: Path, origin: dns.name.Name | None = None) -> None:
        """@raise OptionError: where the file can't be read, with its line."""
        self._reactor = reactor
        self._file = file
        self._origin = origin
        self.core: ZoneCore = ZoneCore()
        self._use(asWhole(("zone", file, origin), self._read))

    def _read(self) -> Finding:
        return finding(readZone(self._file, self._origin))

    def _use(self, find: Finding) -> None:
        self.core.find = find

    def reload(self) -> Deferred[None]:
        """
        Read the file anew.

        @return: fails with L{OptionError} where it can't be read; what was read before stays in use.
        """
        return aside(self._reactor, self._read).addCallback(self._use)


class ZoneCore(Node):
    """
    Looks up what a zone says.

    @ivar find: the answer to a question, its name in lower case.
    """

    find: Finding

    def resolve(self, query: Query) -> Answer | Later:
        """See L{Node.resolve}."""
        return _META if query.meta else self.find(fold(query.question)).answer
