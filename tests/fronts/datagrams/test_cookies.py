"""DNS cookies at the UDP front (RFC 7873)."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import dns.edns
import dns.message
import dns.rcode

from dotchain.contract.violations import turnEnd
from dotchain.fronts.datagrams.cookies import Cookies
from dotchain.fronts.datagrams.port import DatagramPort
from dotchain.options import OptionError
from dotchain.testing import Scripted, makeAnswer, makeQuery
from dotchain.wire import Query

from ...folders import folder
from ..frontcase import FrontCase
from ..streams.portcase import ANSWER, sized
from .portcase import UdpCase

COOKIE = dns.edns.OptionType.COOKIE


def responder(*cookies: bytes, name: str = "foo.example.org.", identity: int = 7) -> bytes:
    """A query with these COOKIE options."""
    options: list[dns.edns.Option] = [dns.edns.GenericOption(COOKIE, each) for each in cookies]
    message = dns.message.make_query(name, "A", use_edns=0, payload=1232, options=options, id=identity)
    return message.to_wire()


def cookieOf(message: dns.message.Message) -> bytes:
    """The data of the one COOKIE option."""
    (found,) = [option for option in message.options if option.otype == COOKIE]
    return found.to_wire() or b""


class CookieTests(UdpCase):
    """Cookies of clients."""

    required = False

    def serve(self, resolver: Any, deny: str = "", drop: bool = False, most: int = 5000) -> None:
        """Serve with cookies, at a time that the test sets."""
        super().serve(resolver, deny, drop, most)
        self.loop.removeReader(self.reader)
        self.time = 1_800_000_000.0
        self.cookies = Cookies(self.required, now=lambda: self.time)
        self.reader = DatagramPort(self.responder, self.sock, self.io, turnEnd(self.loop), self.cookies)
        self.reader.start(self.loop)

    def learned(self, client: bytes = b"clientck") -> bytes:
        """A whole cookie."""
        return cookieOf(self.asked(responder(client))[0])

    def test_learned(self) -> None:
        """Who sends a client cookie gets it back with a server cookie, who shows that gets the same."""
        self.serve(Scripted(ANSWER))
        (message,) = self.asked(responder(b"clientck"))
        whole = cookieOf(message)
        self.assertEqual((whole[:8], len(whole), len(message.answer)), (b"clientck", 24, 1))
        self.assertEqual(cookieOf(self.asked(responder(whole))[0]), whole)
        self.assertEqual(cookieOf(self.asked(responder(whole[:-1] + b"x"))[0]), whole)

    def test_later(self) -> None:
        """The same where the answer comes later."""
        self.serve(chain := Scripted(ANSWER, later=True))
        client = self.client()
        client.send(responder(b"clientck"))
        self.loop.settle()
        chain.fireAll()
        self.loop.settle()
        self.assertEqual(cookieOf(dns.message.from_wire(client.recv(4096)))[:8], b"clientck")

    def test_neverRemembered(self) -> None:
        """A response with a cookie is given to its client alone, whoever sends the same octets."""
        self.serve(Scripted(ANSWER))
        found = set()
        for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            client = self.client(host)
            for _ in range(2):
                client.send(responder(b"clientck"))
                self.loop.settle()
                found.add((host, cookieOf(dns.message.from_wire(client.recv(4096)))))
        self.assertEqual(len({cookie for _, cookie in found}), 3)
        self.assertEqual(len(found), 3)

    def test_others(self) -> None:
        """Clients without cookies are served as ever, and responses to them remembered."""
        self.serve(chain := Scripted(ANSWER))
        wire = responder()
        for _ in range(3):
            (message,) = self.asked(wire)
            self.assertEqual((len(message.answer), message.options), (1, ()))
        self.assertEqual(len(chain.asked), 1)

    def test_lengths(self) -> None:
        """A cookie of a length that there is none of gets FORMERR (RFC 7873 section 5.2.2)."""
        self.serve(chain := Scripted(ANSWER))
        for length in (0, 7, 9, 15, 41):
            (message,) = self.asked(responder(bytes(length)))
            self.assertEqual((message.rcode(), message.options), (dns.rcode.FORMERR, ()))
        self.assertEqual(chain.asked, [])

    def test_first(self) -> None:
        """Of several cookies the first counts (RFC 7873 section 5.2)."""
        self.serve(Scripted(ANSWER))
        (message,) = self.asked(responder(b"clientck", b"another", b"x"))
        self.assertEqual(cookieOf(message)[:8], b"clientck")

    def test_errors(self) -> None:
        """Failures, refusals and truncated responses carry the cookie, too."""
        self.serve(Scripted(sized(5000), makeAnswer(makeQuery(), rcode=2), replays=False), deny="127.0.0.2")
        (cut,) = self.asked(responder(b"clientck"))
        (failed,) = self.asked(responder(b"clientck"))
        self.assertEqual((bool(cut.flags & 0x0200), failed.rcode()), (True, dns.rcode.SERVFAIL))
        client = self.client("127.0.0.2")
        client.send(responder(b"clientck"))
        self.loop.settle()
        refused = dns.message.from_wire(client.recv(4096))
        self.assertEqual(refused.rcode(), dns.rcode.REFUSED)
        for message in (cut, failed, refused):
            self.assertEqual(len(cookieOf(message)), 24)

    def test_size(self) -> None:
        """The cookie counts to the size that the client takes."""
        self.serve(Scripted(sized(1232 - 12 - 21 - 12 - 11 - 28), sized(1232 - 12 - 21 - 12 - 11 - 27)))
        whole = [self.asked(responder(b"clientck"))[0] for _ in range(2)]
        self.assertEqual([bool(message.flags & 0x0200) for message in whole], [False, True])

    def test_alone(self) -> None:
        """A query for a cookie alone gets one, with QDCOUNT 0 (RFC 7873 section 5.4)."""
        self.serve(chain := Scripted(ANSWER))
        message = dns.message.Message(9)
        message.use_edns(0, options=[dns.edns.GenericOption(COOKIE, b"clientck")])
        (found,) = self.asked(message.to_wire())
        self.assertEqual((found.id, found.rcode(), found.question), (9, 0, []))
        self.assertEqual(len(cookieOf(found)), 24)
        (found,) = self.asked(message.to_wire() + bytes(99))
        self.assertEqual((found.rcode(), len(cookieOf(found))), (0, 24))
        for data in (b"", b"clientc"):
            message.use_edns(0, options=[dns.edns.GenericOption(COOKIE, data)] if data else [])
            self.assertEqual(self.asked(message.to_wire())[0].rcode(), dns.rcode.FORMERR)
        self.assertEqual(chain.asked, [])

    def test_renewed(self) -> None:
        """Secrets live for a day in UTC; the last one's cookies are recognized after that, for an hour."""
        self.serve(Scripted(ANSWER))
        self.time += 86399 - self.time % 86400
        old = self.learned()
        self.time += 2
        new = cookieOf(self.asked(responder(old))[0])
        self.assertNotEqual(new, old)
        self.assertEqual(cookieOf(self.asked(responder(new))[0]), new)


class RequiredTests(CookieTests):
    """C{cookies = require}: only those who have shown a cookie of ours are answered."""

    required = True

    def asked(self, *wires: bytes) -> list[dns.message.Message]:
        """The same, after a client with cookies has learned his."""
        found = super().asked(*wires)
        if len(found) == 1 and found[0].rcode() == dns.rcode.BADCOOKIE:
            self.assertEqual(found[0].answer, [])
            return super().asked(responder(cookieOf(found[0])))
        return found

    def test_others(self) -> None:
        """Clients without cookies are sent to TCP, which proves their address, too."""
        self.serve(chain := Scripted(ANSWER))
        for wire in (responder(), responder(), makeQuery().wire):
            (message,) = self.asked(wire)
            self.assertEqual((bool(message.flags & 0x0200), message.answer), (True, []))
        self.assertEqual(chain.asked, [])

    def test_later(self) -> None:
        """Without a cookie of ours nothing is asked: BADCOOKIE, with the right one."""
        self.serve(chain := Scripted(ANSWER, later=True))
        (message,) = super(CookieTests, self).asked(responder(b"clientck"))
        self.assertEqual((message.rcode(), message.answer, chain.asked), (dns.rcode.BADCOOKIE, [], []))
        super(CookieTests, self).asked(responder(cookieOf(message)))
        self.assertEqual(len(chain.asked), 1)

    def test_neverRemembered(self) -> None:
        """A cookie of one address proves nothing of another."""
        self.serve(chain := Scripted(ANSWER))
        client = self.client("127.0.0.2")
        client.send(responder(self.learned()))
        self.loop.settle()
        message = dns.message.from_wire(client.recv(4096))
        self.assertEqual((message.rcode(), len(chain.asked)), (dns.rcode.BADCOOKIE, 1))

    def test_errors(self) -> None:
        """Whoever may not ask is refused first."""
        self.serve(Scripted(ANSWER), deny="127.0.0.2")
        client = self.client("127.0.0.2")
        client.send(responder())
        self.loop.settle()
        self.assertEqual(dns.message.from_wire(client.recv(4096)).rcode(), dns.rcode.REFUSED)


class SingleTests(CookieTests):
    """The same without the batched calls."""

    batched = False


class SecretTests(FrontCase):
    """The file of secrets, and the keys of a front."""

    def file(self, text: str) -> Path:
        """A file of secrets."""
        made = folder(self) / "cookies"
        made.write_text(text)
        return made

    def test_shared(self) -> None:
        """Servers with the same file know each other's cookies, those of the second line too."""
        now = lambda: 1_800_000_000.0  # noqa: E731
        first = Cookies(True, self.file("00" * 16 + "\n"), now=now)
        second = Cookies(True, self.file("11" * 16 + "\n" + "00" * 16 + "\n"), now=now)
        for each, other, good in ((first, second, True), (second, first, False)):
            hop, _ = each.meet(_query(b"clientck"), b"\x7f\0\0\1")
            _, answer = other.meet(_query(hop.cookie[4:]), b"\x7f\0\0\1")
            self.assertEqual(answer is None, good)

    def test_seed(self) -> None:
        """Workers of one daemon know each other's random secrets, also a day later; others don't."""
        self.day = 1_800_000_000.0
        first, second = (Cookies(True, seed=b"s" * 32, now=lambda: self.day) for _ in range(2))
        stranger = Cookies(True, now=lambda: self.day)
        hop, _ = first.meet(_query(b"clientck"), b"\x7f\0\0\1")
        self.day += 1800
        shown = _query(hop.cookie[4:])
        self.assertIsNone(second.meet(shown, b"\x7f\0\0\1")[1])
        self.assertIsNotNone(stranger.meet(shown, b"\x7f\0\0\1")[1])
        self.day += Cookies.LIFE
        fresh, _ = second.meet(_query(b"clientck"), b"\x7f\0\0\1")
        self.assertIsNone(first.meet(_query(fresh.cookie[4:]), b"\x7f\0\0\1")[1])

    def test_reload(self) -> None:
        """The file is read anew on HUP; a broken one leaves the old secrets, and is told."""
        file = self.file("00" * 16)
        front = self.front("udp://127.0.0.1:0", cookies="yes", cookie_secret=file)
        front.bind()
        front.startService()
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        client.connect(self.at(front))
        found = []
        for text in ("00" * 16, "11" * 16, "broken"):
            file.write_text(text)
            if text == "broken":
                self.assertRaises(OptionError, front.reload)
            else:
                front.reload()
            client.send(responder(b"clientck"))
            self.loop.settle()
            self.chain.fireAll()
            self.loop.settle()
            found.append(cookieOf(dns.message.from_wire(client.recv(4096)))[16:])
        self.assertNotEqual(found[0], found[1])
        self.assertEqual(found[1], found[2])

    def test_unfit(self) -> None:
        """What is no file of secrets is an error that says what would be."""
        for text in ("", "00" * 15, "xyz", "00" * 16 + " 11"):
            self.assertRaises(OptionError, Cookies, False, self.file(text))
        self.assertRaises(OptionError, Cookies, False, folder(self) / "missing")

    def test_exposed(self) -> None:
        """C{dotchain check} tells of a file that others can read."""
        file = self.file("00" * 16)
        front = self.front("udp://127.0.0.1:0", cookies="yes", cookie_secret=file)
        for mode, count in ((0o600, 0), (0o644, 1)):
            file.chmod(mode)
            self.assertEqual(len(front.warnings()), count)

    def test_useless(self) -> None:
        """Keys that would do nothing are errors that name the key."""
        for listen, options, key in (
            ("tcp://127.0.0.1:0", {"cookies": "require"}, "cookies"),
            ("tcp://127.0.0.1:0", {"cookie_secret": self.file("00" * 16)}, "cookie-secret"),
            ("udp://127.0.0.1:0", {"cookies": "no", "cookie_secret": self.file("00" * 16)}, "cookie-secret"),
        ):
            error = self.assertRaises(OptionError, self.front, listen, **{"cookies": "yes", **options})
            self.assertEqual(error.key, key)


def _query(cookie: bytes) -> Query:
    """A query with a cookie."""
    return Query(responder(cookie))
