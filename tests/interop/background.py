"""dotchain as a daemon in the background, by twistd's own options."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from .daemon import until
from .dotchain import environment
from .manyworkers import isAlive
from .ports import HOST, freePort

INI = """\
[dotchain]
control = s
workers = {workers}

[front lan]
listen = tcp://{host}:{port}
chain  = home

[chain home]
path = out

[upstream out]
address = udp://{host}:9
"""


class Background:
    """
    dotchain with twistd's own options.

    @ivar port: the one that it listens on.
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self.folder, self.port = folder, freePort()
        self.config = folder / "f.ini"
        self.config.write_text(INI.format(host=HOST, port=self.port, workers=workers))

    def start(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Until it is in the background, or has failed."""
        run = "from twisted.scripts.twistd import run; run()"
        given = ["--pidfile=pid", "--logfile=daemon.log", *options]
        return subprocess.run(
            [sys.executable, "-c", run, *given, "dotchain", "--config", str(self.config)],
            cwd=self.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def pid(self) -> int:
        """The process."""
        return int((self.folder / "pid").read_text())

    @property
    def said(self) -> str:
        """Its log."""
        return (self.folder / "daemon.log").read_text()

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it."""
        pid = self.pid
        os.kill(pid, number)
        until(lambda: not isAlive(pid))

    def fails(self, why: str, *options: str) -> None:
        """It does not start, and the reason stands whole on standard error; nothing is left behind."""
        done = self.start(*options)
        assert done.returncode == 1
        assert why in done.stderr.splitlines(), done.stderr
        assert "Traceback" not in done.stderr
        assert not (self.folder / "pid").exists()
