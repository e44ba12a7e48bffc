"""The words of C{dotchain query}."""

from __future__ import annotations

import socket
import threading

import dns.edns
import dns.flags
from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands.question import Words, addresses, queries, question, server, sort

from .peers import makeQueries


def read(words: str, reverse: str | None = None) -> tuple[str, str, str]:
    """Name, type and class asked for by these words."""
    asked = question(sort(words.split()), reverse)
    return asked.name.to_text(), asked.type.name, asked.dnsClass.name


class WordsTests(SynchronousTestCase):
    """What each word is."""

    def test_order(self) -> None:
        """Name, type, class and server stand in any order, as dig takes them."""
        for words in (
            "foo.example.org mx ch @::1",
            "@::1 MX foo.example.org CH",
            "CH mx @::1 foo.example.org.",
        ):
            self.assertEqual(read(words), ("foo.example.org.", "MX", "CH"))
            self.assertEqual(sort(words.split()).servers, ["::1"])

    def test_defaults(self) -> None:
        """A in IN; for an address its PTR."""
        self.assertEqual(read("foo.example.org"), ("foo.example.org.", "A", "IN"))
        self.assertEqual(read("", "192.0.2.1"), ("1.2.0.192.in-addr.arpa.", "PTR", "IN"))
        self.assertEqual(read("TXT", "2001:db8::1")[1], "TXT")

    def test_nameLikeType(self) -> None:
        """A name is needed, so where all words are types the first is the name."""
        self.assertEqual(read("mx a"), ("mx.", "A", "IN"))
        self.assertEqual(read("ns"), ("ns.", "A", "IN"))

    def test_international(self) -> None:
        """Letters beyond ASCII become A-labels (RFC 5891), in any case."""
        self.assertEqual(read("BÜCHER.example")[0], "xn--bcher-kva.example.")
        self.assertEqual(server("bücher.example#853"), ("xn--bcher-kva.example", 853))

    def test_wrong(self) -> None:
        """What makes no question is told, with what would be right."""
        for words, text in (
            ("", "no name to ask for"),
            ("@::1", "no name to ask for"),
            ("one two", "'two' is neither a record type nor a server"),
            ("one a aaaa", "one type and one class at a time"),
            ("one ch in", "one type and one class at a time"),
            ("one axfr", "zone transfers"),
            ("a..b", "not a domain name"),
            ("x" * 64, "not a domain name"),
        ):
            self.assertIn(text, str(self.assertRaises(ValueError, read, words)))
        for name in ("", "a b", "bü cher.example"):
            self.assertRaises(ValueError, question, Words([name], [], [], []), None)
        self.assertIn("-x wants an IP address", str(self.assertRaises(ValueError, read, "", "192.0.2")))


class QueriesTests(SynchronousTestCase):
    """What is sent."""

    def test_plain(self) -> None:
        """RD and AD are set, DO and CD are not; there is an OPT without options."""
        (query,) = makeQueries()
        self.assertEqual(query.flags, dns.flags.RD | dns.flags.AD)
        self.assertEqual((query.edns, query.ednsflags, query.payload, query.options), (0, 0, 1232, ()))

    def test_switches(self) -> None:
        """DO, CD, RD=0 and options of any kind, as asked for."""
        asked = question(sort(["foo.example.org"]), None)
        nsid = dns.edns.GenericOption(dns.edns.OptionType.NSID, b"")
        (query,) = queries(
            asked, 1, dnssec=True, checkingDisabled=True, recurse=False, padded=False, options=[nsid]
        )
        self.assertEqual(query.flags, dns.flags.CD | dns.flags.AD)
        self.assertEqual(query.ednsflags, dns.flags.DO)
        self.assertEqual([option.otype for option in query.options], [dns.edns.OptionType.NSID])

    def test_padded(self) -> None:
        """A padded query has a multiple of 128 octets, whatever its name (RFC 8467 section 4.1)."""
        for length in range(1, 64):
            (query,) = makeQueries(words=f"{'x' * length}.{'y' * 40}.example.org", padded=True)
            self.assertEqual(len(query.to_wire()) % 128, 0)

    def test_ids(self) -> None:
        """No two queries have the same ID."""
        self.assertEqual(len({query.id for query in makeQueries(3000)}), 3000)


class ServerTests(SynchronousTestCase):
    """Who is asked."""

    def test_forms(self) -> None:
        """Addresses, with and without brackets, and names; a port behind #."""
        self.assertEqual(server("192.0.2.1"), ("192.0.2.1", None))
        self.assertEqual(server("[2001:db8::1]#5300"), ("2001:db8::1", 5300))
        self.assertEqual(server("dns.example.org#853"), ("dns.example.org", 853))

    def test_wrong(self) -> None:
        """Anything else is told."""
        for text in ("", "#53", "192.0.2.1#", "192.0.2.1#x", "192.0.2.1#0", "192.0.2.1#65536", "a/b"):
            self.assertRaises(ValueError, server, text)
        error = self.assertRaises(ValueError, server, "192.0.2.1:5300")
        self.assertIn("@192.0.2.1#5300", str(error))

    def test_ports(self) -> None:
        """53, and 853 for TLS; the other way round is refused (RFC 7858 section 3.1)."""
        self.assertEqual(str(*addresses(server("::1"), "udp", 1)), "udp://[::1]:53")
        self.assertEqual(str(*addresses(server("::1"), "tls", 1)), "tls://[::1]:853")
        for text, transport in (("::1#53", "tls"), ("::1#853", "tcp"), ("::1#853", "udp")):
            refused = self.assertRaises(ValueError, addresses, server(text), transport, 1)
            self.assertIn("RFC 7858 section 3.1", str(refused))

    def test_resolved(self) -> None:
        """A name is looked up by the system; its addresses keep their order, each once."""

        def look(host: str, port: None, type: int) -> list[tuple[object, ...]]:
            self.assertEqual(host, "dns.example.org")
            return [(0, 0, 0, "", (each, 0)) for each in ("2001:db8::1", "192.0.2.1", "2001:db8::1")]

        self.patch(socket, "getaddrinfo", look)
        found = addresses(server("dns.example.org#8853"), "tls", 10)
        self.assertEqual([str(each) for each in found], ["tls://[2001:db8::1]:8853", "tls://192.0.2.1:8853"])

    def test_unresolved(self) -> None:
        """A name without an address is the system's error."""

        def look(host: str, port: None, type: int) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        self.patch(socket, "getaddrinfo", look)
        error = self.assertRaises(OSError, addresses, server("nowhere.invalid"), "udp", 10)
        self.assertEqual(error.strerror, "Name or service not known")

    def test_slow(self) -> None:
        """A system's resolver that does not come back is left behind."""
        released = threading.Event()
        self.addCleanup(released.set)
        self.patch(socket, "getaddrinfo", lambda *_, **__: released.wait(10) and [])
        self.assertRaises(TimeoutError, addresses, server("slow.example.org"), "udp", 0)
