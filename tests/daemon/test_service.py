"""The root service."""

from __future__ import annotations

import io
import resource
import signal
import sys
from collections.abc import Callable
from errno import EADDRINUSE
from os import strerror
from pathlib import Path

from twisted.internet.defer import ensureDeferred
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.build import Part
from dotchain.config.ini import Problem, Section
from dotchain.config.load import warningsOf
from dotchain.config.place import SocketPlace
from dotchain.config.source import source
from dotchain.config.tree import Tree
from dotchain.daemon.launch import CannotStart
from dotchain.daemon.service import Daemon
from dotchain.options import Remark, Value

from ..daemons import Kept, Reactor, Thing
from ..folders import folder, written
from ..upstreams.test_routewatch import Notices


class DaemonTests(SynchronousTestCase):
    """L{Daemon}."""

    def setUp(self) -> None:
        """Two fronts and an upstream."""
        self.events: list[str] = []
        self.reactor = Reactor()
        self.signals: dict[int, Callable[..., None]] = {}
        self.log: list[str] = []
        self.patch(resource, "setrlimit", self.setLimit)
        self.limits: list[tuple[int, int]] = []
        observer = Kept(self.log)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.a, self.b = (
            Thing("a", self.events),
            Thing("b", self.events, "tls://[::1]:853 tcp://127.0.0.1:53"),
        )
        self.up = Thing("up", self.events)
        fronts = [self.part("front", thing) for thing in (self.a, self.b)]
        parts = [self.part("upstream", self.up), Part(Section("stage", "s", 9, Path()), object())]
        self.tree = Tree("f.ini", fronts, parts, drain=5.0)
        self.daemon = Daemon(self.tree, self.reactor, self.signals.__setitem__, lambda: None)

    def setLimit(self, which: int, limits: tuple[int, int]) -> None:
        """In place of setrlimit(2)."""
        self.limits.append(limits)

    def part(self, role: str, thing: Thing) -> Part:
        """A part of the tree, in line 3, its address in line 4."""
        values = {"listen": Value.at("", Path(), 4)}
        return Part(Section(role, thing.name or "", 3, Path(), values), thing)

    def test_networkChanged(self) -> None:
        """A change of the network is told to whoever wants to know, and to no stage that does not."""
        notices = Notices()
        self.daemon = Daemon(self.tree, self.reactor, self.signals.__setitem__, lambda: notices)
        self.start()
        (watch,) = self.reactor.getReaders()
        notices.left = 3
        watch.doRead()
        self.reactor.advance(0.3)
        self.assertIn("changed up", self.events)

    def start(self) -> None:
        """As twistd starts a service."""
        self.daemon.privilegedStartService()
        self.daemon.startService()
        self.reactor.run()
        self.events.clear()

    def test_fail(self) -> None:
        """An address that is lost for good ends the daemon with a status that a supervisor acts on."""
        statuses: list[int] = []
        self.daemon = Daemon(self.tree, self.reactor, self.signals.__setitem__, lambda: None, statuses.append)
        self.start()
        for _ in range(2):
            self.a.fatal("front lan (udp) has lost its socket")
        self.assertEqual((statuses, self.reactor.stops), ([1], 1))
        self.assertIn("dotchain stops: front lan (udp) has lost its socket", self.log[-1])

    def test_deafPart(self) -> None:
        """One part that does not cope with a change of the network does not keep it from others."""
        notices = Notices()
        self.patch(self.up, "networkChanged", lambda: exec("raise SystemExit"))
        self.daemon = Daemon(self.tree, self.reactor, self.signals.__setitem__, lambda: notices)
        self.start()
        notices.left = 1
        self.reactor.getReaders()[0].doRead()
        self.reactor.advance(0.3)
        self.assertEqual(len(self.flushLoggedErrors(SystemExit)), 1)

    def send(self, number: int) -> None:
        """A signal, and the reactor's next turn."""
        self.signals[number](number, None)
        self.reactor.turn()

    def test_order(self) -> None:
        """All is bound first; then upstreams start, then fronts."""
        self.daemon.privilegedStartService()
        self.assertEqual(self.events, ["bind a", "bind b"])
        self.daemon.startService()
        self.assertEqual(self.events[2:], ["start up", "start a", "start b"])

    def test_confined(self) -> None:
        """It is confined as the user who serves, once all is bound and before anything starts."""
        self.daemon.confine = lambda dumpable: self.events.append(f"confined, dumpable {dumpable}")
        self.daemon.privilegedStartService()
        self.daemon.startService()
        self.assertEqual(self.events[1:4], ["bind b", "confined, dumpable False", "start up"])

    def test_confinedAgain(self) -> None:
        """Whether it may be looked into is as the file says, after a reload, too."""
        confined: list[bool] = []
        self.daemon.confine = confined.append
        self.start()
        self.tree.dumpable = True
        self.daemon.reload()
        self.assertEqual(confined, [False, True])

    def test_unprivileged(self) -> None:
        """A runner that only calls startService has it bound, too."""
        self.daemon.startService()
        self.assertEqual(self.events[:3], ["bind a", "bind b", "start up"])

    def test_ready(self) -> None:
        """Ready means that the reactor runs; warnings come before."""
        self.tree.warnings.append(Problem(7, "front b", "", "old"))
        self.daemon.startService()
        self.assertEqual([line for line in self.log if "ready" in line], [])
        self.reactor.run()
        self.assertEqual(
            self.log[-2:],
            [
                "f.ini:7: [front b]: old",
                "dotchain ready: 2 fronts, 1 upstream, listening on "
                "udp://127.0.0.1:53 tls://[::1]:853 tcp://127.0.0.1:53",
            ],
        )

    def test_openFiles(self) -> None:
        """The soft limit of open files becomes the hard one, or what the file says."""
        self.patch(resource, "getrlimit", lambda which: (1024, 9999))
        self.daemon.privilegedStartService()
        for wanted in (4096, 20000):
            self.tree.openFiles = wanted
            self.daemon.privilegedStartService()
        self.assertEqual(self.limits, [(9999, 9999), (4096, 9999), (20000, 20000)])

    def test_fewOpenFiles(self) -> None:
        """Connections are held below the limit before anything listens, and that is told (A23)."""
        self.patch(resource, "getrlimit", lambda which: (64, 64))
        self.patch(self.b, "bind", lambda: self.events.append(f"{self.b.maxConnections} for b"))
        self.daemon.startService()
        self.reactor.run()
        self.assertIn("14 for b", self.events)
        self.assertIn("leaves 14 connections to each address, and 100 are allowed", self.log[-2])

    def test_openFilesRefused(self) -> None:
        """A limit that can't be had is no reason not to start."""

        def refuse(which: int, limits: tuple[int, int]) -> None:
            raise ValueError("not allowed to raise maximum limit")

        self.patch(resource, "setrlimit", refuse)
        self.patch(resource, "getrlimit", lambda which: (1024, 9999))
        self.daemon.privilegedStartService()
        self.assertEqual(self.log, ["open files stay limited to 1024: not allowed to raise maximum limit"])

    def test_cannotListen(self) -> None:
        """An address that can't be had is one line on stderr and in the log, and status 1."""
        self.b.refuses = OSError(EADDRINUSE, strerror(EADDRINUSE))
        stderr = io.StringIO()
        self.patch(sys, "__stderr__", stderr)
        error = self.assertRaises(CannotStart, self.daemon.privilegedStartService)
        line = "f.ini:4: [front b] listen: cannot listen on tcp://127.0.0.1:53: Address already in use"
        self.assertEqual((stderr.getvalue(), self.log[-1]), (f"{line}\n", line))
        self.assertEqual((error.code, str(error)), (1, line))
        self.assertIsInstance(error, SystemExit)
        self.assertIsInstance(error, Exception)

    def test_termStopsReactor(self) -> None:
        """TERM stops the reactor, and so exits 0; nothing is done inside the signal."""
        self.start()
        self.signals[signal.SIGTERM](signal.SIGTERM, None)
        self.assertEqual(self.reactor.stops, 0)
        self.reactor.turn()
        self.assertEqual((self.reactor.stops, self.log[-1]), (1, "dotchain stops: SIGTERM"))

    def test_intStopsReactor(self) -> None:
        """INT does the same."""
        self.start()
        self.send(signal.SIGINT)
        self.assertEqual((self.reactor.stops, self.log[-1]), (1, "dotchain stops: SIGINT"))

    def test_drain(self) -> None:
        """Fronts answer what is in flight before upstreams stop."""
        self.start()
        done = self.daemon.stopService()
        self.assertEqual(self.events, ["stop b", "stop a"])
        self.a.drained.callback(None)
        self.assertNoResult(done)
        self.b.drained.callback(None)
        self.assertEqual(self.events[2:], ["stop up"])
        self.up.drained.callback(None)
        self.successResultOf(done)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_drainTakesTooLong(self) -> None:
        """After the drain's time all is closed."""
        self.start()
        done = self.daemon.stopService()
        self.reactor.advance(4.9)
        self.assertNoResult(done)
        self.reactor.advance(0.2)
        self.successResultOf(done)
        self.assertEqual(self.events, ["stop b", "stop a", "abort a", "abort b", "stop up"])
        for thing in (self.a, self.b):
            thing.drained.callback(None)
        self.assertEqual(len(self.events), 5)

    def test_secondTerm(self) -> None:
        """A second signal does not wait for the drain."""
        self.start()
        self.send(signal.SIGTERM)
        done = self.daemon.stopService()
        self.send(signal.SIGTERM)
        self.successResultOf(done)
        self.assertEqual(self.events[2:], ["abort a", "abort b", "stop up"])
        self.send(signal.SIGTERM)
        self.assertEqual((self.reactor.stops, len(self.events)), (1, 5))

    def test_hup(self) -> None:
        """HUP reloads every part that can, and stops nothing; what fronts remember is of the old state."""
        self.start()
        self.send(signal.SIGHUP)
        self.assertEqual(self.events, ["reload a", "reload b", "reload up", "forget a", "forget b"])
        self.assertEqual((self.reactor.stops, self.log[-1]), (0, "dotchain reloaded: 3 parts"))

    def test_hupBeforeReady(self) -> None:
        """HUP never kills: it is taken over before the reactor runs, and waits."""
        self.daemon.privilegedStartService()
        self.signals[signal.SIGHUP](signal.SIGHUP, None)
        self.assertEqual(len(self.reactor.fromThread), 1)

    def test_hupFails(self) -> None:
        """What can't be reloaded is one line, and the others are reloaded."""
        self.start()
        self.a.wrong = OSError("no\nsuch file")
        self.b.wrong = KeyError("bug")
        self.send(signal.SIGHUP)
        self.assertEqual(
            self.log[-3:],
            [
                "f.ini:3: [front a]: keeps the old state: no such file",
                "f.ini:3: [front b]: keeps the old state: 'bug'",
                "dotchain reloaded: 1 parts of 3; 2 kept the old state",
            ],
        )
        self.assertEqual(self.events[-3:], ["reload up", "forget a", "forget b"])

    def test_reloaded(self) -> None:
        """Who asks for a reload is told how it went, part by part."""
        self.start()
        self.a.wrong = OSError("no such file")
        outcomes = self.successResultOf(self.daemon.reload())
        self.assertEqual(outcomes, [("front a", "no such file"), ("front b", None), ("upstream up", None)])
        self.daemon.end()
        self.assertEqual(
            self.successResultOf(self.daemon.reload()), [("f.ini", "the daemon is about to end")]
        )

    def test_fileChanged(self) -> None:
        """An INI file that is wrong changes nothing: HUP says what is wrong, and so is who asked told."""
        file = written(self, "[front a]\n")
        self.tree.source = source(str(file))
        self.start()
        outcomes = self.successResultOf(self.daemon.reload())
        self.assertNotIn("f.ini", dict(outcomes))
        file.write_text("nonsense\n")
        told = self.successResultOf(self.daemon.reload())
        self.assertIn("f.ini: keeps the old state: it can't be taken as it is now", self.log)
        lines = str(dict(told)["f.ini"]).splitlines()
        self.assertEqual(lines[1], f"{file}:1: 'nonsense' is neither [role name] nor key = value")
        self.assertIn(lines[1], self.log)
        self.assertEqual([name for name, _ in told], ["f.ini"])
        # That something was reloaded is said once, of the first.
        self.assertEqual([each for each in self.log if "reloaded" in each], ["dotchain reloaded: 3 parts"])

    def test_warnings(self) -> None:
        """What parts warn of since a reload is told once, and again where it has gone and come back."""
        told: list[str] = ["as at the start"]
        self.patch(self.up, "reload", lambda: None)
        vars(self.up)["warnings"] = lambda: told
        self.tree.warnings = warningsOf(self.tree)
        self.daemon = Daemon(self.tree, self.reactor, self.signals.__setitem__, lambda: None)
        self.start()
        for said, new in (
            (["as at the start"], []),
            (
                ["as at the start", Remark.of("listen", "few names")],
                ["f.ini:4: [upstream up] listen: few names"],
            ),
            ([Remark.of("listen", "few names")], []),
            ([], []),
            ([Remark.of("listen", "few names")], ["f.ini:4: [upstream up] listen: few names"]),
        ):
            told[:] = said
            self.log.clear()
            self.successResultOf(self.daemon.reload())
            self.assertEqual(self.log, [*new, "dotchain reloaded: 3 parts"])
            result = self.successResultOf(ensureDeferred(self.daemon.carryOut(b'{"verb": "reload"}')))
            self.assertNotIn("warnings", result)

    def test_warningsAsked(self) -> None:
        """Who asks for the reload is told of them, too, with the file's whole path."""
        self.start()
        vars(self.up)["warnings"] = lambda: ["few names"]
        result = self.successResultOf(ensureDeferred(self.daemon.carryOut(b'{"verb": "reload"}')))
        self.assertEqual(
            result["warnings"], [f"{Path('f.ini').absolute()}:3: [upstream up]: warning: few names"]
        )

    def test_hupAtTheEnd(self) -> None:
        """Nothing is reloaded any more during the drain."""
        self.start()
        self.send(signal.SIGTERM)
        self.send(signal.SIGHUP)
        self.assertEqual(self.events, [])

    def control(self, **values: str) -> Path:
        """A daemon with a control socket in a folder that others may write to; its path."""
        where = folder(self)
        where.chmod(0o777)
        section = Section("dotchain", "", 7, Path(), {key: Value(text) for key, text in values.items()})
        self.tree.control = SocketPlace(where / "s", None, section)
        self.daemon = Daemon(self.tree, self.reactor, self.signals.__setitem__, lambda: None)
        return where / "s"

    def test_control(self) -> None:
        """The control socket is there while the daemon runs."""
        path = self.control(control="s")
        self.start()
        self.assertTrue(path.exists())
        done = self.daemon.stopService()
        for thing in (self.a, self.b, self.up):
            thing.drained.callback(None)
        self.reactor.advance(0)
        self.successResultOf(done)
        self.assertFalse(path.exists())

    def test_noControl(self) -> None:
        """Where nobody asked for a control socket it is no reason not to start."""
        path = self.control()
        self.start()
        self.assertIn(f"f.ini:7: [dotchain]: no control socket: cannot listen on {path}: ", self.log[-2])

    def test_noControlDemanded(self) -> None:
        """Where the operator named its path it is, with the line that names it."""
        path = self.control(control="s")
        path.write_text("precious")
        self.patch(sys, "__stderr__", io.StringIO())
        error = self.assertRaises(CannotStart, self.daemon.privilegedStartService)
        self.assertIn(f"[dotchain] control: cannot listen on {path}: {path} is there", str(error))

    def test_sameNames(self) -> None:
        """Two parts may have the same service name: upstreams may authenticate the same one."""
        parts = [self.part("upstream", Thing("up", self.events)) for _ in range(2)]
        Daemon(Tree("f.ini", [], parts), self.reactor, self.signals.__setitem__, lambda: None).startService()
        self.assertEqual(self.events.count("start up"), 2)

    def test_failingStop(self) -> None:
        """An upstream that fails to stop keeps nothing from ending."""
        self.start()
        done = self.daemon.stopService()
        for thing in (self.a, self.b):
            thing.drained.callback(None)
        self.up.drained.errback(RuntimeError("stuck"))
        self.successResultOf(done)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)
