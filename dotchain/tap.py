"""What C{twistd dotchain} runs: its options, and the service that they ask for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twisted.logger import Logger
from twisted.python import usage

from .compiled import VERSION
from .config.ini import ConfigError
from .daemon.garbage import holdBack, spareModules
from .daemon.pidfile import removeStale
from .daemon.twistd import Told, objections, taken

if TYPE_CHECKING:
    from .config.tree import Tree
    from .daemon.service import Daemon


_log = Logger("dotchain")


class Options(usage.Options):
    """C{twistd dotchain --config FILE}."""

    synopsis = "[options]"
    longdesc = "Runs the resolver chain that an INI file describes; `dotchain check FILE` looks it over."
    optParameters = (("config", "c", None, "The INI file."),)
    compData = usage.Completions(optActions={"config": usage.CompleteFiles("*.ini")})

    def postOptions(self) -> None:
        """
        Look whether a PID file is in the way, which twistd is about to do.

        @raise UsageError: without a file.
        """
        if not self["config"]:
            raise usage.UsageError(
                "--config FILE is missing. Examples: etc/lab.ini (try it out, offline), "
                "etc/agg.ini (privacy aggregator), etc/server.ini (server proxy), "
                "etc/forwarder.ini (full forwarder), etc/home.ini (with lists and names of its own)"
            )
        if self.parent and self.parent.get("pidfile"):
            removeStale(Path(self.parent["pidfile"]))


def makeService(options: Options, reactor: Any = None) -> Daemon:
    """
    The root service; nothing is bound yet.

    @param reactor: by default the global one, which is then watched by a
        L{StallWatch<dotchain.daemon.stallwatch.StallWatch>}.
    @raise SystemExit: with status 1, where the configuration is wrong, or twistd was told what
        it can't do; each line on stderr is one error.
    """
    watch = reactor is None
    if watch:
        holdBack()
    # Importing the reactor installs it, which twistd's --reactor must do first.
    from .activation import passed  # noqa: PLC0415
    from .clockwork.boottime import steady  # noqa: PLC0415
    from .config.load import load  # noqa: PLC0415
    from .contract.loopless import forbid  # noqa: PLC0415
    from .daemon.confinement import confine  # noqa: PLC0415
    from .daemon.reactor import install  # noqa: PLC0415
    from .daemon.service import Daemon  # noqa: PLC0415
    from .daemon.stallwatch import StallWatch  # noqa: PLC0415
    from .daemon.watchdog import Watchdog, tellWhere  # noqa: PLC0415

    if reactor is None:
        install()
        from twisted.internet import reactor  # noqa: PLC0415

        forbid(reactor)
        steady(reactor)
        spareModules()
    told: Told = options.parent or {}
    wrong = list(objections(told))
    try:
        tree = load(options["config"], reactor, dry=bool(wrong), passed=passed())
    except ConfigError as error:
        wrong += error.lines
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)  # noqa: T201
        raise SystemExit(1)
    _log.info("dotchain {version} with {file}", version=VERSION, file=str(Path(tree.file).absolute()))
    daemon = Daemon(tree, reactor) if tree.share.of == 1 else _parent(tree, reactor)
    daemon.twistd = taken(told)
    if watch:
        daemon.confine = confine
        tellWhere()
        Watchdog(reactor).start()
    if watch and tree.share.of == 1:
        # A parent of workers resolves nothing.
        StallWatch(reactor, tree.parts).start()
    return daemon


def _parent(tree: Tree, reactor: Any) -> Daemon:
    # Most of the time of a start goes into importing; who has one process needs none of this.
    from .workers.parent import Parent  # noqa: PLC0415

    return Parent(tree, reactor)
