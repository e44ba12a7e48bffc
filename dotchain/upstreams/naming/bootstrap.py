"""Nameservers that are asked for what an upstream can't be asked for: its own addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import dns.rcode
from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger
from zope.interface import implementer

from ...address import Address, NamedAddress, Target
from ...interfaces import IResolver
from ...options import OptionError, Remark
from ...reason import Reason, joined, phrase
from ...resolver import ResolveError, Result
from ...wire.codes import NOERROR, NXDOMAIN
from ..source import Source
from ..upstreamcommon import UpstreamCommon

if TYPE_CHECKING:
    from ...wire import Answer, Query


class BootstrapServer(Protocol):
    """One nameserver to ask: a L{Forward<dotchain.upstreams.forward.Forward>}."""

    @property
    def mostFiles(self) -> int:
        """Files that it may have open at a time."""

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""

    def attempt(self, query: Query) -> Result:
        """See L{IPromptResolver.attempt<dotchain.interfaces.IPromptResolver.attempt>}."""

    def setName(self, name: str) -> None:
        """What log lines call it."""

    def networkChanged(self) -> None:
        """A link, an address or a route of this host has changed."""

    def startService(self) -> None:
        """Ask again after a stop."""

    def stopService(self) -> Deferred[Any]:
        """Close every connection."""

    def reload(self) -> None:
        """Read trusted CAs anew."""


@implementer(IResolver)
class Bootstrap:
    """
    Ask one nameserver after the other until one knows.

    @ivar addresses: where they are, in order of preference.
    @ivar local: whether all of them are on this host.
    """

    _log = Logger()
    replays = False

    # UDP sockets to each: what is asked there is little.
    SOCKETS = 8

    def __init__(
        self,
        make: Callable[..., BootstrapServer],
        addresses: Sequence[Address],
        caFile: Path | None,
        timeout: float,
        source: Source | None = None,
    ) -> None:
        """
        @param make: makes what asks one nameserver, of options.
        @param caFile: the CAs that tls:// ones are verified by.
        @param timeout: seconds that a query may take at all of them together.
        @param source: from where they are asked, as far as it has an address of their family.
        @raise OptionError: where one can't be asked like that.
        """
        self.addresses = addresses
        self.local = all(each.ip.is_loopback for each in addresses)
        self._name = UpstreamCommon.name
        self._told = False
        self._servers: list[BootstrapServer] = []
        for each in addresses:
            encrypted = each.transport == "tls"
            options: dict[str, Any] = {
                "address": (each,),
                # Nothing else than its IP address is known of it (RFC 8310 section 8.1).
                "name": each.host.partition("%")[0] if encrypted else None,
                "ca_file": caFile if encrypted else None,
                "timeout": timeout / len(addresses),
                "keep_warm": 0.0,
                "sockets": self.SOCKETS,
                "source": source and source.towards(each.host),
            }
            try:
                self._servers.append(make(**options))
            except OptionError as error:
                key = "bootstrap" if error.key == "address" else error.key
                raise OptionError(key, f"{each}: {error}") from None

    @property
    def clear(self) -> list[Address]:
        """Those that are asked in clear text."""
        return [each for each in self.addresses if each.transport != "tls"]

    @property
    def mostFiles(self) -> int:
        """Files that they may have open at a time."""
        return sum(server.mostFiles for server in self._servers)

    def resolve(self, query: Query) -> Result:
        """See L{IResolver.resolve}."""
        if not self._told and self.clear:
            self._told = True
            where = " ".join(map(str, self.clear))
            self._log.info(
                "upstream {upstream}: bootstrap in clear text from now on, at {where}",
                upstream=self._name,
                where=where,
            )
        return Deferred.fromCoroutine(self._ask(query))

    async def _ask(self, query: Query) -> Answer:
        """@raise ResolveError: where none of them knows, with what each said."""
        reasons: list[str] = []
        for address, server in zip(self.addresses, self._servers, strict=True):
            # Only the last is worth waiting for where it can't be reached.
            how = server.resolve if server is self._servers[-1] else server.attempt
            which = Reason(str(address), "a bootstrap server")
            try:
                answer = await cast("Deferred[Answer]", how(query))
            except ResolveError as error:
                reasons.append(phrase("{}: {}", which, error.text))
                continue
            if answer.rcode in (NOERROR, NXDOMAIN):
                return answer
            rcode = dns.rcode.to_text(dns.rcode.Rcode(answer.rcode))
            reasons.append(phrase("{} answers {}", which, rcode))
        raise ResolveError(joined("; ", reasons))

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell."""
        public = [each for each in self.clear if each.ip.is_global]
        return [Remark.of("bootstrap", f"bootstrap queries go to {each} in clear text") for each in public]

    def setName(self, name: str) -> None:
        """What log lines call the upstream that this is for."""
        self._name = name
        for server in self._servers:
            server.setName(f"{name}, bootstrap")

    def networkChanged(self) -> None:
        """A link, an address or a route of this host has changed."""
        for server in self._servers:
            server.networkChanged()

    def start(self) -> None:
        """Ask again after a stop."""
        for server in self._servers:
            server.startService()

    def stop(self) -> Deferred[Any]:
        """Close every connection."""
        return DeferredList([server.stopService() for server in self._servers])

    def reload(self) -> None:
        """Read trusted CAs anew."""
        for server in self._servers:
            server.reload()


def checkUse(targets: Sequence[Target], addresses: Sequence[Address] | None, clockNames: object) -> None:
    """@raise OptionError: where a name has no bootstrap, or bootstrap nothing to do."""
    named = [each for each in targets if isinstance(each, NamedAddress)]
    if named and not addresses:
        raise OptionError(
            "address",
            f"{named[0]} is a name: it needs 'bootstrap', the IP addresses of nameservers that resolve it, "
            "such as bootstrap = 9.9.9.9; the system's resolver may be dotchain itself, and is never asked",
        )
    if clockNames and not addresses:
        raise OptionError("clock-names", "needs 'bootstrap', the nameservers that are asked for them")
    if addresses and not named and not clockNames:
        raise OptionError("bootstrap", "is for names in 'address' and for 'clock-names'; there are none")
