"""What the verbs that ask the daemon take and print."""

from __future__ import annotations

from .daemon import DaemonCase


class FlushTests(DaemonCase):
    """C{dotchain flush}."""

    def test_printed(self) -> None:
        """Each stage with how many answers it forgot."""
        self.assertEqual(
            self.printed("flush", {"cache": 1, "other": 20}),
            "cache: 1 answer forgotten\nother: 20 answers forgotten\n",
        )

    def test_everywhere(self) -> None:
        """How many listened when all machines were told."""
        said = "cache: 1 answer forgotten\nshared: all machines forget: 3 processes listened\n"
        told = {"cache": 1, "shared": {"told": 3}}
        self.assertEqual(self.printed("flush", told, "example.org", "--everywhere"), said)

    def test_alone(self) -> None:
        """That this one listens alone."""
        told, said = {"shared": {"told": 1}}, "shared: all machines forget: 1 process listened\n"
        self.assertEqual(self.printed("flush", told, "--everywhere"), said)

    def test_away(self) -> None:
        """An exit status of 1, with the reason, where nobody could be told."""
        daemon = self.answering({"result": {"cache": 0, "shared": {"error": "no connection"}}})
        for words in ((), ("--json",)):
            status, stdout, _ = self.call("flush", "--socket", str(self.path), "--everywhere", *words)
            self.assertEqual(status, 1)
            self.assertIn("no connection", stdout)
        self.assertEqual(daemon.asked, {"verb": "flush", "everywhere": True})

    def test_nothing(self) -> None:
        """Where nothing is kept but what is shared, that is said."""
        self.assertIn("nothing is kept here", self.printed("flush", {}))

    def test_usage(self) -> None:
        """What is no name, and C{--below} nothing, are wrong usage; the daemon is not asked."""
        for words in (("a..b",), ("--below",), ("a", "b")):
            self.assertEqual(self.call("flush", *words)[0], 2)


class DrainTests(DaemonCase):
    """C{dotchain drain} and C{dotchain undrain}."""

    def test_printed(self) -> None:
        """What is left to be done there."""
        found = {"name": "quad9", "drained": True, "in-flight": 2, "connections": 1}
        said = "quad9: drained; 2 queries in flight, 1 connection open\n"
        self.assertEqual(self.printed("drain", found, "quad9"), said)

    def test_undrained(self) -> None:
        """That it is as before."""
        found = {"name": "quad9", "drained": False}
        self.assertEqual(self.printed("undrain", found, "quad9"), "quad9: asked as before\n")

    def test_refused(self) -> None:
        """That nobody else is there is a negative result."""
        daemon = self.answering({"error": "quad9 is all that [chain home] can ask now"})
        status, _, stderr = self.call("drain", "--socket", str(self.path), "quad9", "--force")
        self.assertEqual(
            (status, stderr), (1, "dotchain drain: quad9 is all that [chain home] can ask now\n")
        )
        self.assertEqual(daemon.asked, {"verb": "drain", "name": "quad9", "force": True})


class LogLevelTests(DaemonCase):
    """C{dotchain log-level}."""

    def test_printed(self) -> None:
        """What holds now; any other word is wrong usage."""
        said = "the log has warn and above\n"
        self.assertEqual(self.printed("log-level", {"level": "warn"}, "warn"), said)
        self.assertEqual(self.call("log-level", "loud")[0], 2)

    def test_asked(self) -> None:
        """The level goes to the daemon; without one it is only asked."""
        daemon = self.answering({"result": {"level": "info"}})
        for words in (("debug",), ()):
            self.assertEqual(self.call("log-level", "--socket", str(self.path), *words)[0], 0)
            self.assertEqual(
                daemon.asked, {"verb": "log-level", **dict(zip(("level",), words, strict=False))}
            )


class ReloadTests(DaemonCase):
    """C{dotchain reload}."""

    def test_printed(self) -> None:
        """Each part, and success."""
        self.assertEqual(
            self.printed("reload", {"parts": {"front dot": "reloaded"}}), "front dot: reloaded\n"
        )

    def test_kept(self) -> None:
        """Where a part kept its old state the status is 1."""
        self.answering(
            {"result": {"parts": {"front dot": "dns.crt: no such file", "upstream a": "reloaded"}}}
        )
        status, stdout, _ = self.call("reload", "--socket", str(self.path))
        self.assertEqual(status, 1)
        self.assertEqual(
            stdout, "front dot: keeps the old state: dns.crt: no such file\nupstream a: reloaded\n"
        )

    def test_warnings(self) -> None:
        """What is warned of since then stands below, and is a success all the same."""
        result = {
            "parts": {"stage list": "reloaded"},
            "warnings": ["f.ini:3: [stage list] file: warning: it is\x1b empty"],
        }
        self.assertEqual(
            self.printed("reload", result),
            "stage list: reloaded\nf.ini:3: [stage list] file: warning: it is? empty\n",
        )

    def test_changed(self) -> None:
        """An INI file that has changed is no success either, and all that is wrong with it is told."""
        said = "no daemon would start with it as it is now\nf.ini:3: [front lan] wrod: unknown key"
        self.answering({"result": {"parts": {"front lan": "reloaded", "f.ini": said}}})
        status, stdout, _ = self.call("reload", "--socket", str(self.path))
        self.assertEqual(status, 1)
        self.assertEqual(
            stdout,
            "front lan: reloaded\n"
            "f.ini: keeps the old state: no daemon would start with it as it is now\n"
            "  f.ini:3: [front lan] wrod: unknown key\n",
        )
