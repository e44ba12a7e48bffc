"""The verb check."""

from __future__ import annotations

import io
import json
import sys

from twisted.trial.unittest import SynchronousTestCase

from dotchain.commands.main import main

from ..configs import GOOD
from ..folders import written
from ..rehearsal.files import FILE


class CheckTests(SynchronousTestCase):
    """C{dotchain check}."""

    def run_(self, text: str, *words: str) -> tuple[int, str, str]:
        """Status, stdout and stderr, the file's name shortened to C{f.ini}."""
        stdout, stderr = io.StringIO(), io.StringIO()
        self.patch(sys, "stdout", stdout)
        self.patch(sys, "stderr", stderr)
        file = written(self, text)
        status = main(["check", str(file), *words])
        short = [output.getvalue().replace(str(file), "f.ini") for output in (stdout, stderr)]
        return status, short[0], short[1]

    def test_good(self) -> None:
        """Warnings are told, and leave the status 0."""
        self.assertEqual(
            self.run_(GOOD),
            (
                0,
                "f.ini:12: [upstream end]: warning: beware of a\n"
                "f.ini:12: [upstream end]: warning: beware of b\n"
                "f.ini: good\n",
                "",
            ),
        )

    def test_openFiles(self) -> None:
        """Connections for which there are no open files are told with figures (A23)."""
        text = GOOD.replace("udp://", "tcp://") + "[dotchain]\nopen-files = 64\n"
        status, stdout, _ = self.run_(text)
        self.assertEqual(status, 0)
        self.assertIn(
            "f.ini:2: [front lan] max-connections: warning: the limit of 64 open files leaves "
            "31 connections to each address, and 5000 are allowed; raise the limit",
            stdout,
        )

    def test_limits(self) -> None:
        """With --limits the limits of each front are told as they come to, with open files and workers."""
        limited = GOOD.replace("udp://", "tcp://127.0.0.1:5301 udp://")
        status, stdout, _ = self.run_(limited + "[dotchain]\nworkers = 4\nopen-files = 1064\n", "--limits")
        self.assertEqual(status, 0)
        self.assertEqual(
            stdout.partition("f.ini: good\n")[2],
            "\n"
            "each of 4 workers        lan (tcp)  lan (udp)\n"
            "max-connections               1030          -\n"
            "max-client-connections         257          -\n"
            "max-network-connections        515          -\n"
            "max-client-in-flight          1250       1250\n"
            "max-network-in-flight         3750       3750\n",
        )
        found = json.loads(self.run_(limited, "--limits", "--json")[1])
        self.assertEqual((found["workers"], found["limits"]["lan"]["tcp"]["max-connections"]), (1, 5000))
        self.assertNotIn("limits", json.loads(self.run_(limited, "--json")[1]))

    def test_wrong(self) -> None:
        """Errors are the daemon's, and give status 1."""
        status, stdout, stderr = self.run_(GOOD.replace("chain = home", "chain = hom"))
        self.assertEqual((status, stdout), (1, ""))
        self.assertIn(
            "f.ini:4: [front lan] chain: there is no section [chain hom]; did you mean 'home'?\n", stderr
        )

    def test_json(self) -> None:
        """Programs get an object."""
        status, stdout, _ = self.run_(GOOD, "--json")
        found = json.loads(stdout)
        self.assertEqual((status, found["file"], found["errors"]), (0, "f.ini", []))
        self.assertEqual(
            found["warnings"][0],
            {"file": "f.ini", "line": 12, "section": "upstream end", "key": "", "text": "beware of a"},
        )

    def test_jsonWrong(self) -> None:
        """Errors, too, are in the object."""
        status, stdout, stderr = self.run_(GOOD + "x = 1\n", "--json")
        (error,) = json.loads(stdout)["errors"]
        self.assertEqual((status, stderr), (1, ""))
        self.assertEqual((error["line"], error["section"], error["key"]), (15, "upstream end", "x"))

    def test_tests(self) -> None:
        """With --test each test that fails is a line, and the status 1; others are counted."""
        text = (
            FILE + "[test a]\nquery = x.lan\nexpect = by special\n[test b]\nquery = x.lan\nexpect = to out\n"
        )
        status, stdout, stderr = self.run_(text, "--test")
        self.assertEqual((status, stdout), (1, "f.ini: good; 1 of 2 tests failed\n"))
        self.assertRegex(
            stderr, r"^f.ini:\d+: \[test b\] expect: 'to out', but came NXDOMAIN, EDE 15.*decided\n$"
        )
        self.assertEqual(self.run_(text), (0, "f.ini: good\n", ""))
        status, stdout, _ = self.run_(text.replace("to out", "blocked"), "--test")
        self.assertEqual((status, stdout), (0, "f.ini: good; all 2 tests hold\n"))
        one = FILE + "[test a]\nquery = x.lan\nexpect = blocked\n"
        self.assertEqual(self.run_(one, "--test")[1], "f.ini: good; its test holds\n")
        failing = one.replace("blocked", "NODATA")
        self.assertEqual(self.run_(failing, "--test")[1], "f.ini: good; 1 of 1 test failed\n")
        self.assertIn("it has no [test NAME]", self.run_(FILE, "--test")[1])

    def test_testsJson(self) -> None:
        """Programs get all tests, those that hold too."""
        text = FILE + "[test a]\nquery = x.lan\nexpect = to out NXDOMAIN\n"
        status, stdout, _ = self.run_(text, "--test", "--json")
        (test,) = json.loads(stdout)["tests"]
        self.assertEqual((status, test["name"], test["by"]), (1, "a", ["special"]))
        self.assertEqual(
            (test["came"], test["failures"][0]["key"]), ("NXDOMAIN, EDE 15: listed here", "expect")
        )
        self.assertNotIn("tests", json.loads(self.run_(text, "--json")[1]))
