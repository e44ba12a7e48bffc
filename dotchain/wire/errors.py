"""The one exception type that may leave the codec."""

from __future__ import annotations


class FormatError(Exception):
    """
    These octets are not a message that can be acted on.

    @ivar rcode: the RCODE to answer (FORMERR, NOTIMP or BADVERS), or None where
        nothing may be answered at all: a response (QR=1) or less than a header.
    """

    def __init__(self, reason: str, rcode: int | None = 1) -> None:
        super().__init__(reason)
        self.rcode = rcode
