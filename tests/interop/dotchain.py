"""dotchain itself, run as its operator runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from .daemon import Daemon

CHECKOUT = Path(__file__).resolve().parents[2]
_TWISTD = "from twisted.scripts.twistd import run; run()"
_COMMAND = "import sys; from dotchain.commands.main import main; sys.exit(main())"


def environment(checkout: Path = CHECKOUT) -> dict[str, str]:
    """The environment in which Python finds a checkout: this one, unless another is given."""
    return {**os.environ, "PYTHONPATH": str(checkout), "PYTHONUNBUFFERED": "1"}


def twistd(config: Path) -> list[str]:
    """C{twistd -n dotchain --config FILE}."""
    return [sys.executable, "-c", _TWISTD, "-n", "dotchain", "--config", str(config)]


def dotchainCommand(
    *arguments: str, timeout: float = 20, **variables: str
) -> subprocess.CompletedProcess[str]:
    """
    The C{dotchain} command, run to its end.

    @param variables: more of its environment.
    """
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**environment(), **variables},
        check=False,
    )


def lookable(text: str) -> str:
    """A configuration whose processes we may look into, who are not root: tests count their open files."""
    if os.geteuid() == 0 or "dumpable" in text:
        return text
    section = "[dotchain]\n"
    keyed = f"{section}dumpable = yes\n"
    return text.replace(section, keyed, 1) if section in text else f"{text}\n{keyed}"


class Dotchain(Daemon):
    """
    The daemon with a configuration of the test's own.

    When the block ends it must end by SIGTERM with status 0, and no traceback may stand in its log.

    @ivar checkout: where it is run from.
    """

    name = "dotchain"
    # On a busy machine several workers take their time.
    startsWithin = 60.0
    checkout = CHECKOUT

    def __init__(self, folder: Path, text: str | None = None) -> None:
        super().__init__(folder)
        self.text = text
        self.config = folder / "dotchain.ini"

    def configure(self) -> None:
        """The INI file, unless the folder has one."""
        if self.text is not None:
            self.config.write_text(lookable(self.text))

    def command(self) -> list[str]:
        """As the operator types it."""
        return twistd(self.config)

    def environment(self) -> dict[str, str]:
        """With this checkout, and its control socket in the folder."""
        return {**environment(self.checkout), "RUNTIME_DIRECTORY": str(self.folder)}

    def ready(self) -> bool:
        """It says so."""
        return "dotchain ready:" in self.said()

    def hangUp(self) -> None:
        """SIGHUP."""
        self.process.send_signal(signal.SIGHUP)

    def terminate(self) -> None:
        """SIGTERM."""
        self.process.send_signal(signal.SIGTERM)

    def __exit__(self, *why: object) -> None:
        super().__exit__(*why)
        said = self.said()
        assert self.process.returncode == 0, f"dotchain ended with {self.process.returncode}:\n{said}"
        for bug in ("Traceback", "Unhandled"):
            assert bug not in said, f"{bug} in dotchain's log:\n{said}"
