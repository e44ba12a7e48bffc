"""Who we are to clients: certificates and their keys, and what the front's TLS is made of."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509

from ..options import Remark
from .certificates import day
from .contextsbyname import ContextsByName
from .errors import TLSFileError
from .lint import warningsOf
from .pair import Files, Pair
from .servercontext import CIPHERS_1_2, DEFAULT, ServerSettings

__all__ = ["CIPHERS_1_2", "ServerIdentity", "TLSFileError"]


class ServerIdentity:
    """
    A server's certificates and keys, ready for handshakes.

    A reload makes new session ticket keys too, so reloading weekly rotates them
    (RFC 9325 section 3.4); clients with older tickets do a full handshake.

    @ivar settings: what all certificates have in common.
    @ivar context: what connections are made of from now on; those that are open keep
        the one that they began with.
    @ivar byName: the same where the client's server name decides; None with one certificate.
    @ivar chains: the certificates that it sends, leaf first; those of the first pair first.
    """

    def __init__(
        self,
        certificate: Path,
        key: Path,
        others: Sequence[Files] = (),
        settings: ServerSettings = DEFAULT,
    ) -> None:
        """
        @param others: further pairs.
        @raise TLSFileError: where a file can't be used.
        """
        self.settings = settings
        self._files = (Files(certificate, key), *others)
        self._use([Pair(each) for each in self._files])

    @property
    def chain(self) -> list[x509.Certificate]:
        """What the first pair's certificate is sent with."""
        return self.chains[0]

    def reload(self) -> None:
        """
        Read the files again, for connections from now on.

        @raise TLSFileError: where a file can't be used; then the old ones stay.
        """
        pairs = [Pair(each) for each in self._files]
        for before, after in zip(self._pairs, pairs, strict=True):
            _refuseExpired(before.chain[0], after.chain[0], after.files.certificate)
        self._use(pairs)

    def _use(self, pairs: list[Pair]) -> None:
        contexts = ContextsByName(pairs, self.settings)
        self._pairs = pairs
        self.chains = [each.chain for each in pairs]
        self.context: ssl.SSLContext = contexts.default
        self._serving = contexts.serving()
        self.byName = contexts if len(pairs) > 1 else None

    def warnings(self) -> list[str]:
        """What C{dotchain check} says of these files, most urgent first."""
        now = datetime.now(timezone.utc)
        found = [text for each in self._pairs for text in warningsOf(each.chain, each.files.key, now)]
        clients = self.settings.clients
        return [*found, *self._idle(), *([] if clients is None else clients.warnings())]

    def _idle(self) -> list[str]:
        """Certificates that no client gets."""
        return [
            Remark.of("certificate", f"{each.files.certificate} is never sent: others are for its names")
            for each in self._pairs
            if each not in self._serving
        ]


def _refuseExpired(before: x509.Certificate, after: x509.Certificate, file: Path) -> None:
    """
    One that still serves clients is better than one that has expired.

    @raise TLSFileError: where that is to take its place.
    """
    expires, now = after.not_valid_after_utc, datetime.now(timezone.utc)
    if expires < now <= before.not_valid_after_utc:
        raise TLSFileError(file, f"expired on {day(expires)}, and the one that serves has not")
