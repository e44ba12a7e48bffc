"""The daemon that is reloaded, and looked at from inside."""

from __future__ import annotations

from pathlib import Path

from tests.interop.certificates import NAME, Issued
from tests.interop.changing import Changing
from tests.interop.ports import HOST, freePort

from ..inside.notes import noting

_CONFIG = """\
[dotchain]
control = s
workers = {workers}
drain   = 2s

[front lan]
listen = udp://{host}:{plain} tcp://{host}:{plain} {more}
chain  = home
{front}
[front dot]
listen      = tls://{host}:{tls}
certificate = front.crt
key         = front.key
chain       = kept
{front}
[chain home]
path = blocked {path} out

[chain kept]
path = blocked steady coalesce same

[stage blocked]
kind  = block
lists = list

[stage steady]
kind = cache
size = 8M

[stage anew]
kind = cache
size = 8M

[upstream out]
address = tls://{host}:{back}
name    = {name}
ca-file = {trusted}
{upstream}
[upstream same]
address = tls://{host}:{back}
name    = {name}
ca-file = {trusted}
"""

# All clients have one address, so that what one may have in flight must do for all.
_FIRST = {"more": "", "front": "max-client-in-flight = 40000\n", "path": "anew", "upstream": ""}
_SECOND = {
    "more": "udp://{host}:{other} tcp://{host}:{other}",
    "front": "max-client-in-flight = 30000\n",
    "path": "any anew coalesce",
    "upstream": "timeout = 4s\n",
}


class Subject(Changing):
    """
    UDP and TCP with a chain whose every part is another one after each reload; TLS with one that stays.

    Its INI file goes to and fro between two states: a front has other keys and two addresses more, its
    chain other stages, and the upstream, and with it the cache before it, is another one.

    @ivar port: of UDP and TCP.
    @ivar tlsPort: of TLS.
    @ivar notes: where its processes write what they note.
    """

    def __init__(self, folder: Path, ca: Issued, trusted: Path, server: int, workers: int) -> None:
        """
        @param trusted: the CA's certificate.
        @param server: the port of the server that is asked, of TLS.
        """
        super().__init__(folder, ca)
        self.port, self.tlsPort = freePort(), freePort()
        self.notes = folder / "notes"
        self._values = {
            "host": HOST,
            "name": NAME,
            "plain": self.port,
            "tls": self.tlsPort,
            "other": freePort(),
            "back": server,
            "trusted": trusted,
            "workers": workers,
        }

    def configure(self) -> None:
        """And a folder for notes."""
        self.notes.mkdir()
        super().configure()

    def ini(self) -> str:
        """One of the two."""
        state = _SECOND if self.reloads % 2 else _FIRST
        values = {name: text.format(**self._values) for name, text in state.items()}
        return _CONFIG.format(**self._values, **values)

    def environment(self) -> dict[str, str]:
        """With what looks from inside."""
        return noting(super().environment(), self.notes)
