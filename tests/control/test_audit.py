"""The command audit."""

from __future__ import annotations

from typing import Any

from dotchain.control.audit import audit
from dotchain.testing import Scripted
from dotchain.upstreams.forward import Forward

from ..upstreams.network import Network
from ..upstreams.upstreamcommon import asked, forward
from .controlcase import ControlCase, part


class AuditTests(ControlCase):
    """L{audit}."""

    def setUp(self) -> None:
        super().setUp()
        self.network = self.clock = Network()

    def seen(self, where: str) -> Any:
        """What is told of an upstream that has answered two queries."""
        upstream: Forward = forward(self.network, where)
        self.addCleanup(upstream.stopService)
        asked(upstream, 2)
        self.network.attempts[-1].accept()
        self.network.advance(1.0)
        found = audit(self.running(part("upstream", "up", upstream), part("upstream", "own", Scripted())))
        self.assertEqual(list(found), ["up"])
        return found["up"]

    def test_clear(self) -> None:
        """Clear text counts by where it goes: the Internet, a private network, this machine."""
        for host, kind in (("9.9.9.9", "clear"), ("10.0.0.1", "private"), ("127.0.0.1", "local")):
            found = self.seen(f"tcp://{host}")
            sent = {each: found[each] for each in ("clear", "private", "local", "encrypted")}
            self.assertEqual(sent, {**dict.fromkeys(sent, 0), kind: 2})
            self.assertEqual((found["queries"], found["handshakes"], found["versions"]), (2, 0, {}))
