"""What C{twistd dotchain} runs: its options, and the service that they ask for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from twisted.python import usage

from .ini import ConfigError

if TYPE_CHECKING:
    from .daemon import Daemon


class Options(usage.Options):
    """C{twistd dotchain --config FILE}."""

    synopsis = "[options]"
    longdesc = "Runs the resolver chain that an INI file describes; `dotchain check FILE` looks it over."
    optParameters = (("config", "c", None, "The INI file."),)
    compData = usage.Completions(optActions={"config": usage.CompleteFiles("*.ini")})

    def postOptions(self) -> None:
        """
        @raise UsageError: without a file.
        """
        if not self["config"]:
            raise usage.UsageError(
                "--config FILE is missing. Examples: etc/lab.ini (try it out, offline), "
                "etc/agg.ini (privacy aggregator), etc/server.ini (server proxy), "
                "etc/forwarder.ini (full forwarder)"
            )


def makeService(options: Options, reactor: Any = None) -> Daemon:
    """
    The root service; nothing is bound yet.

    @raise SystemExit: with status 1, where the configuration is wrong; each line on
        stderr is one error.
    """
    # Importing the reactor installs it, which twistd's --reactor must do first.
    from .config import load  # noqa: PLC0415
    from .daemon import Daemon  # noqa: PLC0415
    from .workers.parent import Parent  # noqa: PLC0415

    if reactor is None:
        from twisted.internet import reactor  # noqa: PLC0415
    try:
        tree = load(options["config"], reactor)
    except ConfigError as error:
        print(*error.lines, sep="\n", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    return (Daemon if tree.share.of == 1 else Parent)(tree, reactor)
