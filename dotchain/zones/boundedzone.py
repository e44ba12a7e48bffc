"""A zone that grows no further than its file can be meant to have it."""

from __future__ import annotations

from typing import Any, ClassVar

import dns.exception
import dns.name
import dns.rdataset
import dns.transaction
import dns.zone


class BoundedZone(dns.zone.Zone):
    """
    A zone of a master file with $GENERATE: a few octets of that can stand for any number of records.

    Each other record takes a line of the file at least.
    """

    # Records beyond those, as many as a reverse zone of an IPv4 /16 has names.
    GENERATED: ClassVar[int] = 65_536
    # Records of a name and type that an answer of 65,535 octets may have room for, 12 octets each at least.
    SET: ClassVar[int] = 65_535 // 12

    def __init__(self, lines: int, *parts: Any, **more: Any) -> None:
        """@param lines: of the file."""
        super().__init__(*parts, **more)
        self._left = lines + self.GENERATED

    def writer(self, replacement: bool = False) -> dns.zone.Transaction:
        """See L{dns.zone.Zone.writer}; a dns.exception.SyntaxError comes where there are too many records."""
        made = super().writer(replacement)
        made.check_put_rdataset(self._check)
        return made

    def _check(
        self, _: dns.transaction.Transaction, name: dns.name.Name, records: dns.rdataset.Rdataset
    ) -> None:
        self._left -= 1
        if self._left < 0:
            raise _wrong(f"$GENERATE makes more than {self.GENERATED} records")
        if len(records) > self.SET:
            raise _wrong(
                f"no answer has room for more than {self.SET} records of one name and type, as {name} has"
            )


def _wrong(text: str) -> dns.exception.SyntaxError:
    return dns.exception.SyntaxError(text)  # type: ignore[no-untyped-call]
