"""The TLS of one front: what its keys say, held together, and the channels that are made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..address import Address
from ..options import OptionError, Remark
from ..tls.clientauthorities import ClientAuthorities
from ..tls.clientchannel import ClientChannel
from ..tls.namedserverchannel import NamedServerChannel
from ..tls.opensslsettings import Unsettable
from ..tls.pair import Files
from ..tls.server import CIPHERS_1_2, ServerIdentity
from ..tls.serverchannel import ServerChannel
from ..tls.servercontext import ServerSettings
from .tlsoptions import ACCEPT, TLS, Ciphers, ciphersBefore


class FrontTLS:
    """
    The TLS of one front.

    @ivar identity: who it is to clients.
    @ivar life: seconds that keys of session tickets live.
    """

    LIFE = 86400.0

    def __init__(self, listen: Iterable[Address], given: dict[str, Any], named: bool = False) -> None:
        """
        @param given: the values of L{TLS}, taken out of it; those that are missing were not given.
        @param named: clients are to be told apart by the server name that they ask for.
        @raise OptionError: where TLS lacks a file, a file TLS, or values don't go together.
        @raise TLSFileError: where a file can't be used.
        """
        values = {key: given.pop(key, None) for key in (each.replace("-", "_") for each in TLS)}
        self._ciphers: Ciphers = values["ciphers"] or Ciphers((), ())
        self.life: float = values["ticket_lifetime"] or self.LIFE
        encrypted = any(address.transport == "tls" for address in listen)
        _check(encrypted, values)
        self.identity = self._identity(values) if encrypted else None
        self._named = named

    def channel(self) -> ServerChannel:
        """The TLS of one more connection."""
        identity = self.identity
        assert identity is not None
        clients = identity.settings.clients
        if clients is not None:
            return ClientChannel(identity.context, identity.byName, clients)
        if self._named or identity.byName is not None:
            return NamedServerChannel(identity.context, identity.byName)
        return ServerChannel(identity.context)

    def _identity(self, values: dict[str, Any]) -> ServerIdentity:
        authorities, demand = values["client_ca"], values["client_certificate"]
        settings = ServerSettings(
            values["tls_min"] or "1.2",
            *self._ciphers,
            values["groups"] or (),
            values["tickets"] is not False,
            authorities and ClientAuthorities(authorities, demand != ACCEPT),
        )
        (certificate, key), *others = map(Files, _files(values["certificate"]), _files(values["key"]))
        try:
            return ServerIdentity(certificate, key, others, settings)
        except Unsettable as error:
            raise OptionError("groups" if settings.groups else "ciphers", str(error)) from None

    def warnings(self) -> list[str]:
        """What C{dotchain check} should tell of it."""
        weak = [each for each in self._ciphers.before if each not in ciphersBefore(CIPHERS_1_2)]
        text = "has no forward secrecy or no AEAD (RFC 9325 section 4.2)"
        found = [Remark.of("ciphers", f"{each} {text}") for each in weak]
        return found + ([] if self.identity is None else self.identity.warnings())


def _files(value: Path | Sequence[Path] | None) -> Sequence[Path]:
    return (value,) if isinstance(value, Path) else value or ()


def _check(encrypted: bool, values: dict[str, Any]) -> None:
    for key, value in values.items():
        if not encrypted and value not in (None, (), ""):
            raise OptionError(key.replace("_", "-"), "is for tls:// addresses, and 'listen' has none")
    certificates, keys = _files(values["certificate"]), _files(values["key"])
    for option, files in (("certificate", certificates), ("key", keys)):
        if encrypted and not files:
            raise OptionError("listen", f"a tls:// address needs the key '{option}' with a PEM file")
    if len(certificates) != len(keys):
        right = "the same number is right, and double quotes around names with blanks"
        text = f"names {len(keys)} files, 'certificate' {len(certificates)}; {right}"
        raise OptionError("key", text)
    if values["client_certificate"] and not values["client_ca"]:
        raise OptionError("client-certificate", "needs the key 'client-ca' with a PEM file")
    if values["ticket_lifetime"] and values["tickets"] is False:
        raise OptionError("ticket-lifetime", "is of no use: tickets = no")
    if values["tls_min"] == "1.3" and values["ciphers"] and values["ciphers"].before:
        raise OptionError("ciphers", f"{values['ciphers'].before[0]} is of TLS 1.2, and tls-min = 1.3")
