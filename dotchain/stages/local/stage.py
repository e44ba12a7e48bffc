"""The stage C{local}: names of the operator's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from ...api import Option, OptionError, Options, flag, seconds
from ...clockwork.aside import aside
from ...clockwork.filewatch import FileWatch
from ...contract.guard import coreOf
from ...match.names import nameText
from ...options import paths
from ...readahead import asWhole
from ..deciding import DECIDING, Deciding
from .core import LocalCore
from .dataset import STAR, Dataset, Sources
from .records import Record, records

if TYPE_CHECKING:
    from ...api import IResolver, Query, Reactor
    from ...node import Node


class Local(Deciding, Service):
    """
    Answer names of the operator's own: of hosts files, of records in the INI file, and of zones in master
    files.

    A name that is there has the records that are there and no others; names below it are somebody else's,
    but for those of a zone. Files are read anew when they change, apart from the reactor's thread.
    """

    kind = "local"
    options: ClassVar[Options] = {
        "hosts": Option(paths, "", "files in the form of /etc/hosts"),
        "records": Option(records, "", "a record a line, such as printer.home. 60 IN A 192.168.1.9"),
        "zones": Option(paths, "", "master files of zones, each by its $ORIGIN, or its name up to .zone"),
        "ptr": Option(flag, "yes", "make up PTR for the addresses of hosts and records"),
        "ttl": Option(seconds, "1m", "TTL of what has none of its own"),
        **DECIDING,
    }

    _log = Logger()

    def __init__(
        self,
        next: IResolver,
        reactor: Reactor,
        *,
        hosts: tuple[Path, ...] = (),
        records: tuple[Record, ...] = (),
        zones: tuple[Path, ...] = (),
        ptr: bool = True,
        ttl: float = 60.0,
        **options: Any,
    ) -> None:
        """@raise OptionError: where there is nothing to answer, or a file can't be read."""
        super().__init__(next, reactor, **options)
        if not (hosts or records or zones):
            raise OptionError("hosts", "without 'hosts', 'records' or 'zones' it does nothing")
        self._sources = Sources(hosts, records, zones, ptr, int(ttl))
        self._watch = FileWatch(reactor, self._sources.files, self._changed)
        self._dataset = asWhole(("local", self._sources), partial(Dataset, self._sources))
        # Reads that were begun, and the latest of those that are in use.
        self._begun = self._latest = 0
        self.core: LocalCore = self.coreBefore(coreOf(next))

    def coreBefore(self, next: Node) -> LocalCore:
        """See L{StageShell.coreBefore}."""
        return LocalCore(next, self.decisions, self._dataset.data)

    def startService(self) -> None:
        """Look for changes from now on."""
        Service.startService(self)
        self._watch.start()

    def stopService(self) -> None:
        """Look no more."""
        self._watch.stop()
        Service.stopService(self)

    def reload(self) -> Deferred[Any]:
        """
        Read all files anew, and the lists of C{match} before.

        @return: fails with L{OptionError} where one can't be read; what was read before stays in use.
        """
        lists = super().reload()
        return self._read() if lists is None else lists.addCallback(lambda _: self._read())

    def _read(self) -> Deferred[None]:
        self._watch.taken()
        self._begun += 1
        return aside(self.reactor, Dataset, self._sources).addCallback(self._use, self._begun)

    def _use(self, dataset: Dataset, number: int) -> None:
        # One that was begun later may have come first.
        if number > self._latest:
            self._latest = number
            self._dataset = dataset
            self.core.data = dataset.data

    def _changed(self) -> None:
        self._read().addCallbacks(self._tell, self._keep)

    def _tell(self, _: None) -> None:
        self._log.info("[{section}] files have changed, and are read anew", section=self.section)

    def _keep(self, failure: Failure) -> None:
        why = str(failure.value) if failure.check(OptionError) else failure.getErrorMessage()
        self._log.error("[{section}] keeps the old state: {why}", section=self.section, why=why)

    @property
    def names(self) -> list[bytes]:
        """All names that are answered here, zones by their own; in wire form and lower case."""
        data = self._dataset.data
        return [*data.names, *data.above]

    @property
    def addresses(self) -> set[bytes]:
        """The addresses of all names, those in zones aside; in octets."""
        return self._dataset.addresses()

    def why(self, query: Query) -> str:
        """See L{Deciding.why}."""
        name, data = query.key[:-6], self._dataset.data
        if name not in data.names:
            holder = data.holder(name)
            if holder is None:
                return ""
            name = STAR + holder if isinstance(data.above[holder], tuple) else holder
        source, line = self._dataset.places[name]
        return f"{nameText(name)} in {source}:{line}"
