"""Whether the messages of a transfer are signed by whom they must be (RFC 8945)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.tsig

from ...wire.codes import TSIG
from ...wire.errors import FormatError

# Messages in a row that may go without (RFC 8945 section 5.3.1).
_UNSIGNED = 99


class Signatures:
    """The signatures of one transfer, message by message."""

    def __init__(
        self, key: dns.tsig.Key | None, requestMac: bytes, now: Callable[[], float] = time.time
    ) -> None:
        """
        @param key: what they must be made with; None where none are wanted.
        @param requestMac: the signature of the request.
        @param now: the wall clock.
        """
        self._key = key
        self._mac = requestMac
        self._now = now
        self._context: Any = None
        self._unsigned = 0

    def check(self, wire: bytes, last: bool, start: int) -> None:
        """
        Take one more message.

        @param last: whether it ends the transfer: it must be signed itself then.
        @param start: where its last record starts; 0 where that is no TSIG.
        @raise FormatError: where it is not what it must be.
        """
        if self._key is None:
            if start:
                raise FormatError("signed, but 'tsig' names no key")
            return
        if start:
            self._verify(wire, start)
            self._unsigned = 0
            return
        self._unsigned += 1
        if self._context is None or last or self._unsigned > _UNSIGNED:
            raise FormatError("not signed, as 'tsig' demands it")
        self._context.update(wire)

    def _verify(self, wire: bytes, start: int) -> None:
        try:
            owner, size = dns.name.from_wire(wire, start)
            data = start + size + 10
            rdata: Any = dns.rdata.from_wire(
                "ANY", dns.rdatatype.RdataType.make(TSIG), wire, data, len(wire) - data
            )
            key = self._key
            assert key is not None
            if owner != key.name:
                raise FormatError("signed with a key of another name")
            self._context = dns.tsig.validate(  # type: ignore[no-untyped-call]
                wire, key, owner, rdata, int(self._now()), self._mac, start, self._context, True
            )
        except dns.exception.DNSException as error:
            raise FormatError(f"its signature is not good: {str(error) or type(error).__name__}") from None
