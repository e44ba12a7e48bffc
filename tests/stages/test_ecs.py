"""The stage C{ecs}."""

from __future__ import annotations

from ipaddress import ip_address
from struct import pack

import dns.edns
import dns.message

from dotchain.api import FORMERR, Answer, Client, OptionError, Query, ResolveError
from dotchain.stages.cache.stage import Cache
from dotchain.stages.coalesce import Coalesce
from dotchain.stages.ecs import Ecs
from dotchain.stages.ecscore import Subnet, read
from dotchain.testing import StageCase, both
from dotchain.wire.codes import COOKIE, SUBNET
from dotchain.wire.edns import eachOption, option
from dotchain.wire.outgoing import SUBNET_PRIVATE, outgoing
from dotchain.wire.reply import render

from ..wire import vectors

FAR = Client("203.0.113.77", "udp")
NEAR = Client("192.168.1.5", "udp")
SIX = Client("2001:db8:1:2ff:3::4", "udp")


def subnet(address: str, source: int, scope: int = 0) -> bytes:
    """The data of an option."""
    ip = ip_address(address)
    return pack("!HBB", 1 if ip.version == 4 else 2, source, scope) + ip.packed[: (source + 7) // 8]


def asked(data: bytes | None = None, client: Client = FAR, *others: tuple[int, bytes]) -> Query:
    """A query of a client with EDNS, perhaps with this option."""
    options = [*others, *([(SUBNET, data)] if data is not None else [])]
    return Query(vectors.query(vectors.opt(*options)), client)


def leaving(query: Query, ours: bytes = b"") -> bytes | None:
    """The data of the option with which a query leaves for an upstream."""
    message = b"\0\0" + outgoing(query, False, False, ours)
    found = [
        each.to_wire()
        for each in dns.message.from_wire(message).options
        if isinstance(each, dns.edns.ECSOption)
    ]
    assert len(found) < 2
    return found[0] if found else None


@both
class EcsTests(StageCase):
    """What upstreams are told."""

    def told(self, query: Query, **options: str) -> bytes | None:
        """The data of the option that leaves."""
        self.answered(self.made(Ecs, "", **options), query)
        return leaving(self.next.asked[-1])

    def test_nothing(self) -> None:
        """Without the stage, and by default, nothing of a client's address leaves."""
        self.assertIsNone(leaving(asked(subnet("203.0.113.0", 24))))
        self.assertIsNone(self.told(asked(subnet("203.0.113.0", 24))))
        self.assertIsNone(self.told(asked()))

    def test_strip(self) -> None:
        """Stages behind see no such option, and all others; other queries go as they came."""
        self.told(asked(subnet("203.0.113.0", 24), FAR, (COOKIE, b"12345678")))
        edns = self.next.asked[0].edns
        assert edns is not None
        self.assertEqual(list(eachOption(edns.options)), [(COOKIE, b"12345678")])
        query = asked()
        self.told(query)
        self.assertIs(self.next.asked[0], query)

    def test_set(self) -> None:
        """All clients are told to be in one network, of his own family where there are both."""
        for client in (FAR, NEAR):
            told = self.told(asked(client=client), mode_of="set", prefix="198.51.100.0/24 2001:db8::/32")
            self.assertEqual(told, subnet("198.51.100.0", 24))
        told = self.told(asked(client=SIX), mode_of="set", prefix="198.51.100.0/24 2001:db8::/32")
        self.assertEqual(told, subnet("2001:db8::", 32))
        told = self.told(asked(subnet("203.0.113.0", 24)), mode_of="set", prefix="2001:db8::/32")
        self.assertEqual(told, subnet("2001:db8::", 32))

    def test_truncate(self) -> None:
        """The client's network, in as many bits as the operator likes."""
        self.assertEqual(self.told(asked(), mode_of="truncate"), subnet("203.0.113.0", 24))
        self.assertEqual(self.told(asked(client=SIX), mode_of="truncate"), subnet("2001:db8:1:200::", 56))
        told = self.told(
            asked(client=Client("::ffff:203.0.113.77", "udp")), mode_of="truncate", truncate="/20 /48"
        )
        self.assertEqual(told, subnet("203.0.112.0", 20))

    def test_truncateTold(self) -> None:
        """What a client says himself counts, but no more than so many bits of it."""
        for source, expected in ((32, 24), (24, 24), (16, 16)):
            data = subnet("198.51.0.0", source)
            self.assertEqual(self.told(asked(data), mode_of="truncate"), subnet("198.51.0.0", expected))

    def test_truncatePrivate(self) -> None:
        """A private address says nothing outside of its network, and neither does dotchain itself."""
        for client in (NEAR, Client("fd00::1", "udp"), Client("", "")):
            query = asked(client=client)
            self.assertIsNone(self.told(query, mode_of="truncate"))
            self.assertTrue(self.next.asked[0].shareable)

    def test_pass(self) -> None:
        """What the client tells, and nothing where he tells nothing."""
        self.assertEqual(
            self.told(asked(subnet("198.51.100.7", 32)), mode_of="pass"), subnet("198.51.100.7", 32)
        )
        self.assertIsNone(self.told(asked(), mode_of="pass"))

    def test_optOut(self) -> None:
        """Who wants nothing told of him says so, which is sent on in every mode (RFC 7871 section 7.1.2)."""
        for options in (
            {},
            {"mode_of": "set", "prefix": "198.51.100.0/24"},
            {"mode_of": "truncate"},
            {"mode_of": "pass"},
        ):
            for data in (b"\0\1\0\0", b"\0\2\0\0"):
                self.assertEqual(self.told(asked(data), **options), data)
                self.assertTrue(self.next.asked[0].shareable)

    def test_malformed(self) -> None:
        """An option that would be sent on must be whole (RFC 7871 section 6); else it only goes."""
        for data in (
            b"",
            b"\0\1\x18",
            b"\0\3\x18\0\1\2\3",
            b"\0\1\x21\0\1\2\3\4\5",
            b"\0\1\x18\0\1\2",
            b"\0\1\x18\0\1\2\3\4",
            b"\0\1\x17\0\1\2\3",
            b"\0\1\x18\x18\1\2\3",
        ):
            for mode in ("pass", "truncate"):
                stage = self.made(Ecs, "", mode_of=mode)
                self.assertEqual(self.answered(stage, asked(data)).rcode, FORMERR, data)
                self.assertEqual(self.next.asked, [])
            self.assertIsNone(self.told(asked(data)))

    def test_withoutEdns(self) -> None:
        """A client without EDNS can be told of as well."""
        self.assertEqual(
            self.told(Query(vectors.query(), FAR), mode_of="truncate"), subnet("203.0.113.0", 24)
        )

    def test_ecsPrivate(self) -> None:
        """An upstream that is told nothing of anybody (C{ecs-private}) is told nothing here, either."""
        self.answered(self.made(Ecs, "", mode_of="truncate"), asked())
        self.assertEqual(leaving(self.next.asked[0], SUBNET_PRIVATE), b"\0\1\0\0")

    def test_answered(self) -> None:
        """Who tells his network learns for which one the answer is (RFC 7871 section 7.2.2), and only he."""
        query = asked(subnet("198.51.100.0", 24))
        said = Answer.parse(
            vectors.response(additional=(vectors.opt((SUBNET, subnet("198.51.100.0", 24, 20))),))
        )
        answer = self.answered(self.made(Ecs, said, mode_of="pass"), query)
        self.assertIn(option(SUBNET, subnet("198.51.100.0", 24, 20)), render(query, answer))
        for other, options in ((asked(), {"mode_of": "truncate"}), (query, {})):
            answer = self.answered(self.made(Ecs, said, **options), other)
            self.assertNotIn(option(SUBNET, b"")[:2], render(other, answer)[30:])

    def test_match(self) -> None:
        """Only for some names or clients; what depends on who asks no front remembers."""
        for client, expected in ((FAR, subnet("203.0.113.0", 24)), (SIX, None)):
            told = self.told(asked(client=client), mode_of="truncate", match="client:203.0.113.0/24")
            self.assertEqual(told, expected)
        self.assertFalse(self.made(Ecs, "", mode_of="truncate").replays)
        self.assertTrue(self.made(Ecs, "").replays)

    def test_observe(self) -> None:
        """Counted, and nothing leaves."""
        stage = self.made(Ecs, "", mode_of="truncate", mode="observe")
        self.answered(stage, asked())
        self.assertEqual((stage.decided, leaving(self.next.asked[0])), (1, None))

    def test_failure(self) -> None:
        """Failures of the next resolver are the client's."""
        answer = self.answered(self.made(Ecs, ResolveError("down"), mode_of="truncate"), asked())
        self.assertEqual(answer.errors, ((23, "down"),))

    def test_signed(self) -> None:
        """A signed query can't be changed."""
        query = Query(vectors.query(vectors.TSIG), FAR)
        self.answered(self.made(Ecs, "", mode_of="truncate"), query)
        self.assertIs(self.next.asked[0], query)


@both
class SharingTests(StageCase):
    """Answers that are meant for a network are for nobody else (RFC 7871 section 7.3)."""

    def asks(self, *queries: Query, **options: str) -> int:
        """How often the upstream is asked, by way of a cache and of coalescing."""
        upstream = self.scripted("ok.t. 300 IN A 192.0.2.1")
        cache = Cache(Coalesce(upstream, self.clock), self.clock, lambda: 1000.0)
        made = self.made(Ecs, "", **options)
        self.next = upstream
        stage = made.before(cache)
        for query in queries:
            self.answered(stage, query)
        return len(upstream.asked)

    def test_notShared(self) -> None:
        """With a client's network, each query is asked by itself; without any, one answer is for all."""
        query = asked(subnet("198.51.100.0", 24))
        self.assertEqual(self.asks(asked(), asked(), mode_of="truncate"), 2)
        self.assertEqual(self.asks(query, query, mode_of="pass"), 2)
        self.assertEqual(self.asks(asked(), asked(), mode_of="pass"), 1)
        self.assertEqual(self.asks(query, query, asked(), asked(b"\0\1\0\0")), 1)

    def test_shared(self) -> None:
        """What is told of everybody is told for everybody."""
        clients = asked(), asked(client=NEAR), asked(client=SIX)
        self.assertEqual(self.asks(*clients, mode_of="set", prefix="198.51.100.0/24"), 1)


class OptionTests(StageCase):
    """What operators write."""

    def test_refused(self) -> None:
        """Prefixes that are missing, not of use or too many; lengths that are none."""
        for options in (
            {"mode_of": "set"},
            {"prefix": "192.0.2.0/24"},
            {"mode_of": "set", "prefix": "192.0.2.0/24 198.51.100.0/24"},
        ):
            error = self.assertRaises(OptionError, self.made, Ecs, "", **options)
            self.assertEqual(error.key, "prefix")
        for lengths in ("/24", "24 56", "/33 /56", "/24 /129"):
            self.assertRaises(ValueError, self.made, Ecs, "", truncate=lengths)

    def test_explain(self) -> None:
        """Which of the modes is of consequence."""
        self.assertEqual(self.made(Ecs, "", mode_of="truncate").explain(asked()), "truncate")
        self.assertEqual(self.made(Ecs, "").explain(asked()), "")

    def test_read(self) -> None:
        """Bits behind the length are cleared, and what was written can be read."""
        for address, length in (("203.0.113.77", 20), ("203.0.113.77", 32), ("2001:db8::ff", 127)):
            ip = ip_address(address)
            made = Subnet(1 if ip.version == 4 else 2, length, ip.packed)
            found = read(made.option()[4:])
            assert found is not None
            self.assertEqual((found.length, found.address), (length, made.address))
            self.assertEqual(made.truncated(8, 8).address, ip.packed[:1])
