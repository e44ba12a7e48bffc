"""The client's half of DNS cookies."""

from __future__ import annotations

import dns.edns
import dns.message

from soak.cookies import Cookies
from tests.interop.asking import query

COOKIE = dns.edns.OptionType.COOKIE


def answer(cookie: bytes) -> dns.message.Message:
    """One that has a cookie."""
    found = dns.message.make_response(query("example.org"))
    found.use_edns(0, options=[dns.edns.GenericOption(COOKIE, cookie)])
    return found


def sent(cookies: Cookies) -> bytes:
    """What goes with the next query."""
    asked = query("example.org")
    cookies.add(asked)
    return asked.options[0].to_wire() or b""


def test_learns() -> None:
    """The server's half is sent back as soon as it is known (RFC 7873 section 5.1)."""
    cookies = Cookies(b"12345678")
    assert sent(cookies) == b"12345678"
    assert cookies.learn(answer(b"12345678" + bytes(16)))
    assert sent(cookies) == b"12345678" + bytes(16)


def test_foreign() -> None:
    """An answer without our half, or without the server's, is none for us (RFC 7873 section 5.3)."""
    assert not Cookies(b"12345678").learn(answer(b"87654321" + bytes(16)))
    assert not Cookies(b"12345678").learn(answer(b"12345678"))
