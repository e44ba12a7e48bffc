"""DNS cookies of a UDP front (RFC 7873): forged answers are told from ours, forged senders from clients."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from ...options import OptionError
from ...wire import Answer, FormatError, Hop, Query
from ...wire import edns as _edns
from ...wire.codes import BADCOOKIE, CD, COOKIE, RA, RD, TC
from ...wire.cookies import SECRET, Cookie, judge
from ...wire.records import messageEnd
from ...wire.reply import DATAGRAM

_ONLY_OPT = b"\0\0\0\0\0\0\0\1"


class Cookies:
    """
    @ivar required: only clients who have proven their address by a cookie get an answer.
    """

    # Seconds after which a random secret makes way for a new one; the last one is still
    # recognized (RFC 7873 section 7.1: about a day).
    LIFE = 86400

    def __init__(
        self,
        required: bool = False,
        file: Path | None = None,
        seed: bytes = b"",
        now: Callable[[], float] = time.time,
    ) -> None:
        """
        @param file: a file of secrets, so that several servers know each other's cookies;
            without it they are random.
        @param seed: what makes those, so that workers of one server know each other's cookies; empty
            for one that nobody else has.
        @param now: the time in seconds since 1970.
        @raise OptionError: where the file can't be used.
        """
        self.required = required
        self._file = file
        self._now = now
        self._seed = seed or secrets.token_bytes(32)
        self._day = 0
        self._secrets = () if file is None else _read(file)

    def reload(self) -> None:
        """
        Read the file of secrets anew.

        @raise OptionError: where it can't be used; the old secrets stay.
        """
        if self._file is not None:
            self._secrets = _read(self._file)

    def meet(self, query: Query, address: bytes) -> tuple[Hop, Answer | None]:
        """
        Look at the cookie of a query.

        @param address: the octets of the client's address.
        @return: the way back, and the answer where the client must prove his address
            first: BADCOOKIE to those who know cookies, TC to all others (RFC 7873
            section 5.2.3), as TCP proves it as well.
        @raise FormatError: for a cookie of a wrong length.
        """
        sent = query.edns.option(COOKIE) if query.edns else None
        if sent is None:
            return DATAGRAM, _OVER_TCP if self.required else None
        cookie = self._judge(sent, address)
        answer = _BAD if self.required and not cookie.proven else None
        return Hop(cookie=_edns.option(COOKIE, cookie.reply)), answer

    def alone(self, wire: bytes, address: bytes) -> bytes | None:
        """
        The response to a query for nothing but a cookie (RFC 7873 section 5.4), or None
        where the octets are no such thing.
        """
        if wire[4:12] != _ONLY_OPT or wire[12:15] != b"\0\0\x29" or wire[2] & 0xF8:
            return None
        try:
            edns = _edns.parseQuery(wire[12 : messageEnd(wire)])
            sent = edns.option(COOKIE)
            cookie = sent and self._judge(sent, address)
        except FormatError:
            return None
        if not cookie:
            return None
        flags = 0x8000 | int.from_bytes(wire[2:4], "big") & (RD | CD) | RA
        opt = _edns.record(edns.do, 0, _edns.option(COOKIE, cookie.reply))
        return wire[:2] + flags.to_bytes(2, "big") + _ONLY_OPT + opt

    def _judge(self, sent: bytes, address: bytes) -> Cookie:
        second = self._now()
        if self._file is None and second // self.LIFE != self._day:
            self._day = int(second // self.LIFE)
            self._secrets = (self._secretOf(self._day), self._secretOf(self._day - 1))
        return judge(sent, address, self._secrets, int(second))

    def _secretOf(self, day: int) -> bytes:
        """The secret of a day, which all who have the seed find without a word to each other."""
        return blake2b(b"cookies %d" % day, key=self._seed, digest_size=SECRET).digest()


_BAD = Answer.bare(BADCOOKIE)
_OVER_TCP = Answer(RA | TC, 0)


def _read(file: Path) -> tuple[bytes, ...]:
    """The secrets of a file, 32 hexadecimal digits a line."""
    try:
        found = tuple(bytes.fromhex(line) for line in file.read_text(encoding="ascii").split())
    except OSError as error:
        raise OptionError("cookie-secret", f"{file}: {error.strerror}") from None
    except ValueError:
        found = ()
    if not found or any(len(each) != SECRET for each in found):
        raise OptionError(
            "cookie-secret",
            f"{file}: a secret is a line of {2 * SECRET} hexadecimal digits, and no other line",
        )
    return found
