"""The root service of a daemon with several processes."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from dotchain.config.load import load
from dotchain.daemon.launch import CannotStart
from dotchain.fronts.listening import spreads
from dotchain.workers.parent import Parent

from ..daemons import Kept
from ..folders import written
from .yard import Far, Yard

TEXT = """
[dotchain]
workers = 3
drain = 4s
control = none

[front lan]
listen = udp://127.0.0.1:0 tcp://127.0.0.1:0
chain = home

[chain home]
path = up

[upstream up]
address = udp://192.168.0.1
"""


class ParentTests(SynchronousTestCase):
    """L{Parent}."""

    def setUp(self) -> None:
        """Three workers of one front, not started."""
        self.patch(resource, "setrlimit", lambda which, limits: None)
        self.yard = Yard()
        self.signals: dict[int, Callable[..., None]] = {}
        self.log: list[str] = []
        observer = Kept(self.log)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.file = written(self, TEXT)
        self.parent = Parent(load(str(self.file), self.yard), self.yard, self.signals.__setitem__)
        self.addCleanup(self.closeAll)

    def closeAll(self) -> None:
        """Close what listens."""
        for front in self.parent.tree.fronts:
            front.thing.abort()

    def start(self) -> list[Far]:
        """As twistd does; the far ends of all channels."""
        self.parent.privilegedStartService()
        self.parent.startService()
        self.yard.run()
        return [process.far for process in self.yard.processes]

    def serve(self) -> list[Far]:
        """All workers serve."""
        ends = self.start()
        for end in ends:
            end.answer([])
        for end in ends:
            end.take()
        return ends

    def send(self, number: int) -> None:
        """A signal, and the reactor's next turn."""
        self.signals[number](number, None)
        self.yard.turn()

    def test_sockets(self) -> None:
        """Each worker is given a UDP socket of each, and the one that listens; the parent serves on none."""
        self.start()
        (udp, tcp) = self.parent.tree.fronts[0].thing.ports
        self.assertEqual((len(udp), len(tcp)), (3 if spreads() else 1, 1))
        names = {each.getsockname() for each in udp}
        self.assertEqual(self.yard.getReaders(), [])
        for process in self.yard.processes:
            given = [process.files[each] for each in sorted(process.files)][5:]
            self.assertEqual(given, [each.fileno() for each in [*udp, *tcp]])
        self.assertEqual(len(names), len(udp))

    def test_ready(self) -> None:
        """It is ready when all workers serve; what they warn of is told once."""
        ends = self.start()
        for end in ends[:2]:
            end.answer(["f.ini:3: few files"])
        self.assertEqual(self.log, [])
        ends[2].answer(["f.ini:3: few files"])
        self.assertEqual(self.log[0], "f.ini:3: few files")
        self.assertTrue(self.log[1].startswith("[front "))
        self.assertTrue(self.log[2].startswith("dotchain ready: 1 front, 1 upstream, listening on udp://"))
        self.assertEqual(len(self.log), 3)

    def test_again(self) -> None:
        """A worker that ends is stood in for and replaced, which is told; ready is told only once."""
        ends = self.serve()
        self.yard.processes[1].end(9)
        self.assertEqual(ends[2].asked(), [("cover", {"number": 2})])
        self.yard.advance(0.11)
        self.yard.processes[3].far.answer([])
        self.assertEqual(ends[2].asked(), [("uncover", {"number": 2})])
        self.assertEqual(self.log[-1], "worker 2 serves again")

    def test_environment(self) -> None:
        """Only the parent talks to systemd."""
        told = {"NOTIFY_SOCKET": "/nonexistent", "LISTEN_FDS": "1", "WATCHDOG_USEC": "9000000"}
        self.patch(os, "environ", {**told, "LANG": "C"})
        self.start()
        env = self.yard.processes[0].env
        self.assertEqual((env.get("LANG"), [each for each in told if each in env]), ("C", []))
        self.assertEqual(self.yard.processes[1].arguments[2:], ["worker 2 of 3:", str(self.file)])

    def test_sameSecret(self) -> None:
        """All workers are told the same secret, and it is none that can be guessed."""
        told = [end.take()[0]["arguments"]["secret"] for end in self.start()]
        self.assertEqual((len(set(told)), len(told[0])), (1, 64))

    def reloaded(self, *results: Any) -> list[str]:
        """What is logged when workers answer so to HUP; None ends one."""
        ends = self.serve()
        self.log.clear()
        self.send(signal.SIGHUP)
        for end, result in zip(ends, results, strict=True):
            if result is None:
                end.end()
            else:
                end.answer(result)
        return self.log

    def test_reload(self) -> None:
        """HUP reloads all workers, and the outcome is told once."""
        good = [["front lan", None], ["upstream up", None]]
        self.assertEqual(self.reloaded(good, good, good), ["dotchain reloaded: 2 parts"])

    def test_reloadFails(self) -> None:
        """What a single worker could not read is told."""
        good = [["front lan", None], ["upstream up", None]]
        bad = [["front lan", "no such file"], ["upstream up", None]]
        self.assertEqual(
            self.reloaded(good, bad, bad),
            [
                f"{self.file}:7: [front lan]: keeps the old state: no such file",
                "dotchain reloaded: 1 parts of 2; 1 kept the old state",
            ],
        )

    def test_reloadGone(self) -> None:
        """A worker that ends meanwhile reads what is there when it is started again."""
        good = [["front lan", None]]
        self.assertIn("dotchain reloaded: 1 parts", self.reloaded(good, good, None))

    def test_warnings(self) -> None:
        """What workers warn of since a reload is told once, whoever says it."""
        ends = self.serve()
        for _ in range(2):
            self.log.clear()
            self.send(signal.SIGHUP)
            for end in ends:
                end.say(ask="warned", arguments={"problems": [[13, "upstream up", "", "few names"]]})
                end.answer([["front lan", None]])
            self.assertEqual(
                self.log, [f"{self.file}:13: [upstream up]: few names", "dotchain reloaded: 1 parts"]
            )

    def test_stop(self) -> None:
        """The parent's sockets close first, so that nobody waits to be accepted; then all drain."""
        ends = self.serve()
        names = [each[0].getsockname() for each in self.parent.tree.fronts[0].thing.ports]
        self.send(signal.SIGTERM)
        self.assertEqual(self.yard.stops, 1)
        done = self.parent.stopService()
        with socket.socket() as client, contextlib.suppress(ConnectionRefusedError):
            client.connect(names[1])
            self.fail("it still listens")
        for process in self.yard.processes:
            self.assertNoResult(done)
            self.assertEqual(process.far.asked(), [("stop", {})])
            process.end()
        self.successResultOf(done)
        self.assertEqual((self.yard.getDelayedCalls(), len(ends)), ([], 3))

    def test_drainTakesTooLong(self) -> None:
        """At the end of the drain's time workers are told to hurry, and a second later killed."""
        ends = self.serve()
        done = self.parent.stopService()
        self.yard.processes[0].end()
        for end in ends:
            end.take()
        self.yard.advance(4.1)
        self.assertEqual([end.asked() for end in ends], [[], [("hurry", {})], [("hurry", {})]])
        self.yard.advance(1.1)
        self.assertEqual([each.signals for each in self.yard.processes], [[], ["KILL"], ["KILL"]])
        for process in self.yard.processes[1:]:
            process.end(9)
        self.successResultOf(done)

    def test_confined(self) -> None:
        """It is confined as the user who serves, before it starts workers."""
        self.parent.confine = lambda dumpable: self.log.append(f"{len(self.yard.processes)} {dumpable}")
        self.start()
        self.assertIn("0 False", self.log)

    def test_noRights(self) -> None:
        """What workers could not read as the user that they run as keeps the daemon from starting."""
        self.parent.privilegedStartService()
        self.patch(os, "geteuid", lambda: 65534)
        source = self.parent.tree.source
        self.parent.tree.source = source._replace(text=source.text + "ca-file = /nonexistent\n")
        error = self.assertRaises(CannotStart, self.parent.startService)
        self.assertIn("[upstream up] ca-file", str(error))
        self.assertEqual(self.yard.processes, [])
