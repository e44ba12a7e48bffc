"""Who has an address already."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

from dotchain.address import address
from dotchain.fronts.addressinuse import whoListens

from ..folders import folder

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def words(packed: bytes) -> str:
    """Octets as the kernel prints addresses on this machine."""
    parts = [packed[place : place + 4] for place in range(0, len(packed), 4)]
    return "".join(f"{int.from_bytes(part, sys.byteorder):08X}" for part in parts)


class WhoListensTests(SynchronousTestCase):
    """A machine of a few files."""

    def setUp(self) -> None:
        self.proc = folder(self)
        (self.proc / "net").mkdir()

    def socket(self, table: str, host: str, port: int, inode: int, state: str = "07", uid: int = 0) -> None:
        """A socket that is open."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        local = f"{words(socket.inet_pton(family, host))}:{port:04X}"
        file = self.proc / "net" / table
        text = file.read_text() if file.exists() else HEAD
        file.write_text(f"{text}  1: {local} 0:0 {state} 0:0 00:0 0 {uid} 0 {inode} 2 0 0\n")

    def process(self, pid: int, name: str, *inodes: int) -> None:
        """A process that has these sockets open."""
        files = self.proc / str(pid) / "fd"
        files.mkdir(parents=True)
        (files.parent / "comm").write_text(f"{name}\n")
        (files / "0").symlink_to("/dev/null")
        for place, inode in enumerate(inodes, 3):
            (files / str(place)).symlink_to(f"socket:[{inode}]")

    def whoListens(self, text: str) -> str | None:
        return whoListens(address(text), self.proc)

    def test_program(self) -> None:
        """Name and process, by transport, address and port."""
        self.socket("udp", "127.0.0.1", 53, 11)
        self.socket("tcp", "127.0.0.1", 53, 12, "0A")
        self.process(7, "unbound", 11)
        self.process(20, "named", 12)
        self.assertEqual(self.whoListens("udp://127.0.0.1"), "unbound (pid 7)")
        self.assertEqual(self.whoListens("tcp://127.0.0.1"), "named (pid 20)")
        self.assertEqual(self.whoListens("tls://127.0.0.1:853"), None)
        self.assertEqual(self.whoListens("udp://127.0.0.2"), None)

    def test_wildcard(self) -> None:
        """All addresses are in the way of one, and one in that of all; IPv6's may take IPv4's as well."""
        self.socket("udp", "0.0.0.0", 53, 11)
        self.process(7, "four", 11)
        self.socket("udp6", "::", 54, 12)
        self.socket("udp6", "::ffff:127.0.0.1", 55, 12)
        self.process(8, "six", 12)
        self.assertEqual(self.whoListens("udp://192.0.2.1"), "four (pid 7)")
        self.assertEqual(self.whoListens("udp://[2001:db8::1]"), None)
        self.assertEqual(self.whoListens("udp://[2001:db8::1]:54"), "six (pid 8)")
        self.assertEqual(self.whoListens("udp://192.0.2.1:54"), "six (pid 8)")
        self.assertEqual(self.whoListens("udp://0.0.0.0:55"), "six (pid 8)")
        self.assertEqual(self.whoListens("udp://[::]:55"), None)

    def test_connections(self) -> None:
        """A connection from that port keeps nobody from listening there."""
        self.socket("tcp", "127.0.0.1", 53, 11, "01")
        self.process(7, "dig", 11)
        self.assertEqual(self.whoListens("tcp://127.0.0.1"), None)

    def test_several(self) -> None:
        """Processes that share it, each once, and not a hundred of them."""
        self.socket("udp", "127.0.0.1", 53, 11)
        self.socket("udp", "127.0.0.1", 53, 12)
        for pid in (9, 10, 11, 12):
            self.process(pid, "kresd", 11, 12)
        self.assertEqual(self.whoListens("udp://127.0.0.1"), "kresd (pid 9), kresd (pid 10), kresd (pid 11)")

    def test_user(self) -> None:
        """Where the processes of others can't be looked at, their user is told."""
        self.socket("udp", "127.0.0.1", 53, 11, uid=0)
        self.socket("udp", "127.0.0.2", 53, 11, uid=4_000_000)
        self.assertEqual(self.whoListens("udp://127.0.0.1"), "a process of root")
        self.assertEqual(self.whoListens("udp://127.0.0.2"), "a process of user 4000000")

    def test_otherSystems(self) -> None:
        """Without such a folder nothing is known."""
        self.assertEqual(whoListens(address("udp://127.0.0.1"), Path("/nonexistent")), None)

    def test_ourselves(self) -> None:
        """On Linux the real folder has it."""
        if not sys.platform.startswith("linux"):
            raise SkipTest("the platform has no such folder")
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
            one.bind(("::1", 0))
            said = whoListens(address(f"udp://[::1]:{one.getsockname()[1]}"))
        self.assertIn(f"(pid {os.getpid()})", str(said))
