"""What the tests of C{rpz} have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dotchain.api import Client
from dotchain.stages.rpz.stage import Rpz
from dotchain.testing import StageCase
from dotchain.testing.messages import Line

UDP, TCP = Client("192.0.2.7", "udp", "lan"), Client("192.0.2.7", "tcp", "lan")
HEAD = """\
$TTL 300
@ IN SOA ns.policy.example. hostmaster.policy.example. (
    7 3600 600 86400 60 ) ; SOA
@ NS ns
"""


class RpzCase(StageCase):
    """Tests of stages before a scripted resolver."""

    def zoneFile(self, *lines: str, head: str = HEAD) -> Path:
        """A file with a zone C{policy.example}."""
        file = Path(self.mktemp())
        file.write_text("$ORIGIN policy.example.\n" + head + "\n".join(lines) + "\n", encoding="utf-8")
        return file

    def rpz(self, lines: tuple[str, ...] | str, *script: Line, **options: str) -> Rpz:
        """A stage with such a zone."""
        lines = (lines,) if isinstance(lines, str) else lines
        return self.made(Rpz, *script, zone=str(self.zoneFile(*lines)), **options)

    def before(self, following: Rpz, lines: tuple[str, ...] | str, **options: Any) -> Rpz:
        """One more stage, before another one."""
        lines = (lines,) if isinstance(lines, str) else lines
        stage = self.rpz(lines)
        values: dict[str, Any] = {key: getattr(stage, key) for key in ("zone", "policy", "match", "mode")}
        self.next = following._behind  # type: ignore[assignment]
        return Rpz(following, self.clock, **{**values, **options})
