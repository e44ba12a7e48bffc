"""Tests in the file."""

from __future__ import annotations

import socket
from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.ini import ConfigError
from dotchain.config.load import load
from dotchain.rehearsal.filetests import Tried, tried
from dotchain.rehearsal.rehearsal import Rehearsal

from ..folders import written
from .files import FILE


class FileTestsCase(SynchronousTestCase):
    """Runs tests that stand behind L{FILE}."""

    def tried(self, *tests: str, text: str = FILE) -> list[Tried]:
        """What they come to."""
        sections = [f"[test t{number}]\n{test}\n" for number, test in enumerate(tests)]
        self.file = written(self, text + "\n".join(sections))
        return list(tried(Rehearsal(str(self.file))))

    def holds(self, *tests: str, text: str = FILE) -> None:
        """All of them hold."""
        failures = [each.text for found in self.tried(*tests, text=text) for each in found.failures]
        self.assertEqual(failures, [])

    def fails(self, test: str, text: str = FILE) -> str:
        """The one line that a test which fails is told in."""
        (found,) = self.tried(test, text=text)
        (failure,) = found.failures
        return failure.at("f.ini")


class ExpectedTests(FileTestsCase):
    """Each word of C{expect}, where it holds and where it does not."""

    def test_answers(self) -> None:
        """What upstreams answer comes to the client: addresses, names, RCODEs, nothing."""
        self.holds(
            "query = www.example.org\nanswer = 192.0.2.1\nexpect = 192.0.2.1 NOERROR !NODATA !192.0.2.2",
            "query = www.example.org AAAA\nanswer = 192.0.2.1\nexpect = NODATA NOERROR",
            "query = www.example.org\nanswer = CNAME safe.example.\nexpect = safe.example !b.example",
            "query = www.example.org\nanswer = NXDOMAIN\nexpect = NXDOMAIN !NODATA !blocked",
            "query = www.example.org\nexpect = NODATA !dropped !truncated",
        )

    def test_decided(self) -> None:
        """A stage that answers by itself has decided, and so blocked where its EDE says that."""
        self.holds(
            "query = x.lan\nexpect = by special blocked EDE 15 NXDOMAIN !to both !by kids",
            "query = www.example.org TXT\nclient = 192.0.2.9\nexpect = by kids REFUSED EDE 17",
            "query = www.example.org TXT\nexpect = !by kids !by special !blocked",
        )

    def test_asked(self) -> None:
        """Upstreams, groups and chains that were asked; of a group those that it came to."""
        self.holds(
            "query = www.example.org\nexpect = to both to out !to other to home !to guests",
            "query = www.example.org\nanswer = SERVFAIL\nexpect = to other to out SERVFAIL",
            "query = www.example.org\nfront = dot\nexpect = to guests !to home to out !to both",
        )

    def test_front(self) -> None:
        """Access lists count, and the front is who decides."""
        self.holds("query = www.example.org\nclient = 203.0.113.5\nexpect = REFUSED EDE 18 by lan !to home")
        dropping = FILE.replace("allow", "refuse = drop\nallow")
        self.holds("query = www.example.org\nclient = 203.0.113.5\nexpect = dropped by lan", text=dropping)

    def test_serverName(self) -> None:
        """The server name that the client's TLS asks for."""
        self.holds(
            "query = www.example.org AAAA\nfront = dot\nsni = Full.example\nexpect = !by empty to out",
            "query = www.example.org AAAA\nfront = dot\nexpect = by empty NODATA",
        )

    def test_time(self) -> None:
        """A test says when it is; matches by time hold then, and not at another time."""
        text = FILE.replace("match = client:192.0.2.0/24", "match = time:mon-thu,22:00-06:00")
        asked = "query = www.example.org TXT\nexpect = "
        self.holds(
            f"time = mon 23:00\n{asked}by kids REFUSED",
            f"time = fri 05:59\n{asked}by kids",
            f"time = mon 21:59\n{asked}!by kids to out",
            f"time = 2026-03-02 23:00\n{asked}by kids",
            f"time = 2026-03-07T23:00:00\n{asked}!by kids",
            text=text,
        )

    def test_routed(self) -> None:
        """A stage whose rule asks another one than its next has decided, whatever that answers."""
        text = (
            FILE.replace("path = special kids", "path = special route kids")
            + "[stage route]\nrules = corp.example -> other\n  guest.example -> guests\n"
        )
        for budget in ("", "budget = 1s\n"):
            self.holds(
                "query = a.corp.example\nanswer = 192.0.2.1\nexpect = by route to other !to out 192.0.2.1",
                "query = a.corp.example\nexpect = by route to other !by special",
                "query = a.guest.example AAAA\nexpect = by route by empty to guests",
                "query = www.example.org\nanswer = 192.0.2.1\nexpect = !by route to out",
                text=text + budget,
            )

    def test_apart(self) -> None:
        """No test sees what a cache keeps of the one before."""
        self.holds(
            "query = www.example.org\nanswer = 192.0.2.1\nexpect = 192.0.2.1 to out",
            "query = www.example.org\nanswer = 192.0.2.2\nexpect = 192.0.2.2 to out !by cache",
        )

    def test_zone(self) -> None:
        """A zone file is asked as it is; it decides, as nothing leaves."""
        text = (
            FILE.replace("path = special empty out", "path = empty here")
            + "[upstream here]\nkind = zone\nfile = z.zone\n"
        )
        self.file = written(
            self, text + "[test a]\nquery = www.z.example\nfront = dot\nexpect = 192.0.2.7 to here by here"
        )
        self.file.with_name("z.zone").write_text(
            "$ORIGIN z.example.\n@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\nwww 60 A 192.0.2.7\n"
        )
        (found,) = tried(Rehearsal(str(self.file)))
        self.assertEqual(found.failures, [])


class FailureTests(FileTestsCase):
    """What is told of a test that fails."""

    def test_line(self) -> None:
        """File, line, what was expected, what came, and on which way."""
        line = self.fails("query = x.lan\nexpect = NXDOMAIN\n  !by special")
        self.assertEqual(
            line,
            f"f.ini:{FILE.count(chr(10)) + 4}: [test t0] expect: '!by special', but came NXDOMAIN, EDE 15: "
            "listed here; lan -> special (lan: listed in also) decided",
        )

    def test_way(self) -> None:
        """All who were asked stand in it, with what they say of the query."""
        line = self.fails("query = www.example.org\nclient = 192.0.2.9\nexpect = blocked")
        self.assertIn("'blocked', but came NODATA; lan -> special -> kids", line)
        self.assertTrue(line.endswith("-> both -> out"))

    def test_records(self) -> None:
        """The records that came, of many the first."""
        line = self.fails("query = www.example.org\nanswer = 192.0.2.1\n  192.0.2.2\nexpect = 192.0.2.3")
        self.assertIn("but came NOERROR, A 192.0.2.1, A 192.0.2.2; lan", line)
        many = "\n  ".join(f"192.0.2.{number}" for number in range(10))
        line = self.fails(f"query = www.example.org\nanswer = {many}\nexpect = NODATA")
        self.assertIn("A 192.0.2.7, 2 more; lan", line)
        line = self.fails("query = www.example.org\nanswer = CNAME safe.example.\nexpect = NODATA")
        self.assertIn("NOERROR, CNAME safe.example.; lan", line)

    def test_several(self) -> None:
        """What came and its way are told once, however many words don't hold."""
        (found,) = self.tried("query = x.lan\nexpect = NODATA !by special\n  to out")
        self.assertIn("'NODATA', but came NXDOMAIN", found.failures[0].text)
        self.assertEqual(
            [each.text for each in found.failures[1:]],
            ["'!by special' does not hold either", "'to out' does not hold either"],
        )
        self.assertEqual([each.line - found.failures[0].line for each in found.failures], [0, 0, 1])

    def test_bug(self) -> None:
        """What a stage did amiss, be it that it raised or that it gave what is no answer."""
        text = FILE.replace("path = special kids", "path = special mine kids") + "[stage mine]\nkind = "
        for kind, told in (
            ("Texts", "mine failed: stage mine returned a str, not an answer"),
            ("Raises", "mine failed: KeyError: 'over\\ntwo lines' (tests/badkinds.py line"),
        ):
            line = self.fails("query = www.example.org\nexpect = NODATA", f"{text}tests.badkinds.{kind}\n")
            self.assertIn(told, line)
            self.assertIn("but came SERVFAIL", line)
        self.flushLoggedErrors()

    def test_refused(self) -> None:
        """Where the front refuses, nobody else stands there."""
        line = self.fails("query = www.example.org\nclient = 203.0.113.5\nexpect = NODATA")
        self.assertTrue(line.endswith("EDE 18: not allowed to ask here; lan decided: may not ask"))


class HarmlessTests(FileTestsCase):
    """What running tests leaves behind."""

    def test_nothing(self) -> None:
        """No socket is opened and no file written, be it the key of a self-signed front."""

        def refuse(*args: object, **more: object) -> None:
            raise AssertionError("a socket")

        self.patch(socket, "socket", refuse)
        self.holds("query = www.example.org\nexpect = NODATA")
        self.assertEqual([each.name for each in self.file.parent.iterdir()], [self.file.name])


class ExampleTests(SynchronousTestCase):
    """The files in etc/."""

    def test_hold(self) -> None:
        """The tests that stand in them hold."""
        for name in ("lab", "server", "agg", "forwarder"):
            file = Path(__file__).parents[2] / "etc" / f"{name}.ini"
            failures = [each.at(name) for found in tried(Rehearsal(str(file))) for each in found.failures]
            self.assertEqual(failures, [])


class KeysTests(FileTestsCase):
    """The keys are checked whenever the file is read."""

    def test_wrong(self) -> None:
        """Names of fronts, stages and upstreams that are not there, clients that are none, nothing to ask."""
        text = (
            FILE
            + "[test a]\nquery = a b c\nclient = me\nfront = lam\ntime = noon\n"
            + "expect = by kid\n  to ot\n[test b]\n"
        )
        error = self.assertRaises(ConfigError, load, str(written(self, text)), MemoryReactorClock(), dry=True)
        found = [line.split(": ", 1)[1] for line in error.lines]
        self.assertEqual(
            found,
            [
                "[test a] query: 'a b c' is not a name and perhaps a type, such as www.example.org AAAA",
                "[test a] client: 'me' is no IP address such as 192.0.2.1 or 2001:db8::1",
                "[test a] front: there is no [front lam]; did you mean 'lan'?",
                "[test a] time: 'noon' is no time such as mon 23:00 or 2026-03-02 23:00",
                "[test a] expect: 'by kid': no such name; stages, upstreams decide; did you mean 'kids'?",
                "[test a] expect: 'to ot': no such name; upstreams, chains are asked; did you mean 'out'?",
                "[test b] query: is missing: what is asked for: a name and perhaps a type",
                "[test b] expect: is missing: what must come: blocked, dropped, truncated, by STAGE, to "
                "UPSTREAM or CHAIN, an RCODE, NODATA, an address, a name, EDE NUMBER; ! before one that "
                "must not",
            ],
        )
