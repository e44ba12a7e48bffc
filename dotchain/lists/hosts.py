"""Lists in the format of /etc/hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..host import isIP
from .lines import Lines
from .namelist import ITSELF

if TYPE_CHECKING:
    from .entries import Entries

_OWN: Final = frozenset(
    b"localhost localhost.localdomain localhost4 localhost4.localdomain4 localhost6 localhost6.localdomain6"
    b" local broadcasthost ip6-localhost ip6-loopback ip6-localnet ip6-mcastprefix ip6-allnodes"
    b" ip6-allrouters ip6-allhosts 0.0.0.0".split()
)


class HostsLines(Lines):
    """
    C{0.0.0.0 name name}: these names alone, whatever the address; the names that a host has for itself don't
    count.
    """

    def __init__(self) -> None:
        super().__init__("hosts")
        # It is the same one in nearly all lines.
        self._address = b""

    def isOne(self, line: bytes) -> bool:
        """Whether a line begins with an address."""
        word = line.split(None, 1)[0]
        if word != self._address:
            if not (word[:1].isdigit() or b":" in word) or not isIP(word.decode("latin-1")):
                return False
            self._address = word
        return True

    def read(self, line: bytes, entries: Entries) -> None:
        """See L{Lines.read}."""
        words = line.partition(b"#")[0].split()
        if len(words) < 2 or not self.isOne(line):
            entries.refuse()
            return
        good = True
        for word in words[1:]:
            if word not in _OWN:
                good = entries.take(word, ITSELF) and good
        if good:
            self.taken += 1
        else:
            entries.refuse()
