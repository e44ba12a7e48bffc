"""The DNS cookie of a client (RFC 7873), which it keeps for one server."""

from __future__ import annotations

import dns.edns
import dns.message

_COOKIE = dns.edns.OptionType.COOKIE
_OWN = 8


class Cookies:
    """Its own half, and the server's as soon as that is known."""

    def __init__(self, own: bytes) -> None:
        """@param own: eight octets."""
        self._cookie = self._own = own

    def add(self, query: dns.message.Message) -> None:
        """Send what is known."""
        query.use_edns(0, options=[dns.edns.GenericOption(_COOKIE, self._cookie)])

    def learn(self, answer: dns.message.Message) -> bool:
        """
        Take the server's half.

        @return: whether our own came back with it, as it must.
        """
        for option in answer.options:
            if option.otype == _COOKIE:
                self._cookie = option.to_wire() or b""
        return len(self._cookie) > _OWN and self._cookie.startswith(self._own)
