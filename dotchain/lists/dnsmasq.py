"""Lists in the format of dnsmasq's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lines import Lines, uncommented
from .namelist import WITHIN

if TYPE_CHECKING:
    from .entries import Entries


class DnsmasqLines(Lines):
    """
    C{address=/name/name/ADDRESS}, C{server=/name/} and C{local=/name/}: these names and all below them.

    C{server=/name/#} is an exception: dnsmasq asks the usual servers for it. Who asks other servers says
    nothing about names. C{#} in the place of a name is every name.
    """

    def __init__(self) -> None:
        super().__init__("dnsmasq")

    def isOne(self, line: bytes) -> bool:
        """Whether a line sets something for names."""
        return b"=/" in line and line.partition(b"=")[0].replace(b"-", b"").isalpha()

    def read(self, line: bytes, entries: Entries) -> None:
        """See L{Lines.read}."""
        key, _, rest = uncommented(line).partition(b"=")
        parts = rest.split(b"/")
        if len(parts) < 3 or parts[0]:
            entries.refuse()
            return
        usual = parts[-1] == b"#"
        if key != b"address" and not (key in (b"server", b"local") and (usual or not parts[-1])):
            entries.skip()
            return
        allowed = usual and key != b"address"
        good = True
        for name in parts[1:-1]:
            good = self._take(name, entries, allowed) and good
        if good:
            self.taken += 1
        else:
            entries.refuse()

    def _take(self, name: bytes, entries: Entries, allowed: bool) -> bool:
        if name == b"#":
            entries.takeAll(WITHIN, allowed)
            return True
        return entries.take(name[1:] if name.startswith(b".") else name, WITHIN, allowed)
