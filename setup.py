"""
What setup.cfg can't say: which modules mypyc compiles where C{building.backend} has found that it can.

C{DOTCHAIN_COMPILE=1 python setup.py build_ext --inplace} compiles in a checkout; else pip asks the backend.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.errors import CompileError, ExecError, LinkError

from building.parts import inParts, sideBySide

# What every query goes through, as far as mypyc takes it and makes it cheaper.
COMPILED = (
    "dotchain.batchcalls",
    "dotchain.client",
    "dotchain.culprit",
    "dotchain.node",
    "dotchain.toll",
    "dotchain.networktable",
    "dotchain.lists.adblock",
    "dotchain.lists.dnsmasq",
    "dotchain.lists.entries",
    "dotchain.lists.expressions",
    "dotchain.lists.expressionsyntax",
    "dotchain.lists.hosts",
    "dotchain.lists.lines",
    "dotchain.lists.namelist",
    "dotchain.lists.nametext",
    "dotchain.lists.plain",
    "dotchain.lists.reading",
    "dotchain.lists.rpz",
    "dotchain.match.asked",
    "dotchain.match.clients",
    "dotchain.match.listed",
    "dotchain.match.match",
    "dotchain.match.names",
    "dotchain.match.rules",
    "dotchain.match.times",
    "dotchain.match.word",
    "dotchain.clockwork.histogram",
    "dotchain.clockwork.timers",
    "dotchain.clockwork.turn",
    "dotchain.clockwork.wheel",
    "dotchain.contract.answertimeouts",
    "dotchain.daemon.turns",
    "dotchain.contract.guardcore",
    "dotchain.contract.stopwatch",
    "dotchain.contract.waiting",
    "dotchain.tls.alpnoffer",
    "dotchain.tls.channel",
    "dotchain.tls.chosengroup",
    "dotchain.tls.clearchannel",
    "dotchain.tls.clientchannel",
    "dotchain.tls.helloextensions",
    "dotchain.tls.helloreader",
    "dotchain.tls.namedserverchannel",
    "dotchain.tls.serverchannel",
    "dotchain.tls.servername",
    "dotchain.wire.answer",
    "dotchain.wire.codes",
    "dotchain.wire.compress",
    "dotchain.wire.cookies",
    "dotchain.wire.depth",
    "dotchain.wire.edns",
    "dotchain.wire.errors",
    "dotchain.wire.framing",
    "dotchain.wire.names",
    "dotchain.wire.outgoing",
    "dotchain.wire.plain",
    "dotchain.wire.proxyheader",
    "dotchain.wire.query",
    "dotchain.wire.records",
    "dotchain.wire.reply",
    "dotchain.wire.shift",
    "dotchain.wire.siphash",
    "dotchain.wire.transfer",
    "dotchain.stages.anycore",
    "dotchain.stages.answers.core",
    "dotchain.stages.answers.denied",
    "dotchain.stages.answers.deniednames",
    "dotchain.stages.answers.reason",
    "dotchain.stages.answers.strip",
    "dotchain.stages.block.aliascore",
    "dotchain.stages.block.core",
    "dotchain.stages.block.replies",
    "dotchain.stages.coalescecore",
    "dotchain.stages.decidingcore",
    "dotchain.stages.limit.bucket",
    "dotchain.stages.limit.core",
    "dotchain.stages.limit.meter",
    "dotchain.stages.mirror.copies",
    "dotchain.stages.mirror.core",
    "dotchain.stages.mirror.sampling",
    "dotchain.stages.dns64.core",
    "dotchain.stages.dns64.prefix",
    "dotchain.stages.dns64.reverse",
    "dotchain.stages.dns64.synthesis",
    "dotchain.stages.dns64.synthesizer",
    "dotchain.stages.dns64.wellknown",
    "dotchain.stages.ecscore",
    "dotchain.stages.instead",
    "dotchain.stages.minimalcore",
    "dotchain.stages.rewritecore",
    "dotchain.stages.routecore",
    "dotchain.stages.dnstap.core",
    "dotchain.stages.local.core",
    "dotchain.stages.local.data",
    "dotchain.stages.querylog.core",
    "dotchain.stages.querylog.trail",
    "dotchain.stages.rpz.action",
    "dotchain.stages.rpz.core",
    "dotchain.stages.rpz.fiction",
    "dotchain.stages.rpz.masterfile",
    "dotchain.stages.rpz.nametable",
    "dotchain.stages.rpz.policy",
    "dotchain.stages.rpz.policyzone",
    "dotchain.stages.rpz.seen",
    "dotchain.stages.rpz.triggers",
    "dotchain.stages.shared.core",
    "dotchain.stages.shared.flushed",
    "dotchain.stages.shared.signature",
    "dotchain.stages.shared.values",
    "dotchain.stages.shared.waiting",
    "dotchain.stages.specialcore",
    "dotchain.stages.typescore",
    "dotchain.stages.cache.admission",
    "dotchain.stages.cache.core",
    "dotchain.stages.cache.deniednames",
    "dotchain.stages.cache.denials",
    "dotchain.stages.cache.entry",
    "dotchain.stages.cache.failures",
    "dotchain.stages.cache.fetch",
    "dotchain.stages.cache.evictionorder",
    "dotchain.stages.cache.evictionqueue",
    "dotchain.stages.cache.live",
    "dotchain.stages.cache.packed",
    "dotchain.stages.cache.prefetch",
    "dotchain.stages.cache.selection",
    "dotchain.stages.cache.stale",
    "dotchain.stages.cache.store",
    "dotchain.upstreams.datagrams.calls",
    "dotchain.upstreams.datagrams.connectedsocket",
    "dotchain.upstreams.datagrams.introducingpool",
    "dotchain.upstreams.datagrams.mmsg",
    "dotchain.upstreams.datagrams.socketpool",
    "dotchain.upstreams.datagrams.socketwatch",
    "dotchain.upstreams.streams.connections",
    "dotchain.upstreams.pendingqueries",
    "dotchain.upstreams.pendingquery",
    "dotchain.upstreams.inflighttable",
    "dotchain.upstreams.forwardcore",
    "dotchain.upstreams.groups.groupcore",
    "dotchain.upstreams.groups.groupquery",
    "dotchain.upstreams.groups.probe",
    "dotchain.upstreams.groups.member",
    "dotchain.upstreams.streams.pipeline",
    "dotchain.upstreams.streams.clientpool",
    "dotchain.upstreams.streams.introducingpool",
    "dotchain.upstreams.streams.pool",
    "dotchain.upstreams.ednsfallback",
    "dotchain.upstreams.endpoint",
    "dotchain.upstreams.upstreamcommon",
    "dotchain.upstreams.streams.window",
    "dotchain.upstreams.failurelog",
    "dotchain.upstreams.rate",
    "dotchain.valkey.circuit",
    "dotchain.valkey.counts",
    "dotchain.valkey.getset",
    "dotchain.valkey.inflight",
    "dotchain.valkey.link",
    "dotchain.valkey.replies",
    "dotchain.valkey.slots",
    "dotchain.valkey.store",
    "dotchain.valkey.waiting",
    "dotchain.fronts.meter",
    "dotchain.fronts.counts",
    "dotchain.fronts.prefixes",
    "dotchain.fronts.prefixlimits",
    "dotchain.fronts.ranking",
    "dotchain.fronts.responder",
    "dotchain.fronts.queryslots",
    "dotchain.fronts.waitingquery",
    "dotchain.fronts.packetcache",
    "dotchain.fronts.datagrams.batches",
    "dotchain.fronts.datagrams.datagramquery",
    "dotchain.fronts.datagrams.introducedbatches",
    "dotchain.fronts.datagrams.mmsg",
    "dotchain.fronts.datagrams.port",
    "dotchain.fronts.datagrams.segments",
    "dotchain.fronts.datagrams.vector",
    "dotchain.fronts.streams.backlog",
    "dotchain.fronts.streams.connection",
    "dotchain.fronts.streams.handshakequeue",
    "dotchain.fronts.streams.introducedconnection",
    "dotchain.fronts.streams.introducedport",
    "dotchain.fronts.streams.introduction",
    "dotchain.fronts.streams.listener",
    "dotchain.fronts.streams.port",
    "dotchain.fronts.streams.room",
    "dotchain.fronts.streams.slowreaders",
    "dotchain.fronts.streams.socketend",
    "dotchain.fronts.streams.streamquery",
    "dotchain.fronts.streams.transport",
    "dotchain.fronts.streams.transfers",
    "dotchain.fronts.streams.overtaken",
)


class Compile(build_ext):
    """Has mypyc translate L{COMPILED} when all that it takes is there: pip runs this file before, too."""

    def run(self) -> None:
        """See L{Command<setuptools.Command>}."""
        self.distribution.ext_modules = self._translated()
        kept: dict[str, Any] = {
            "inplace": self.inplace,
            "editable_mode": self.editable_mode,
            "parallel": self.parallel or os.cpu_count() or 1,
        }
        self.reinitialize_command(self, **kept).ensure_finalized()
        try:
            super().run()
        except (CompileError, ExecError, LinkError) as error:
            print(error)
            raise SystemExit("the C compiler failed, see `pip install -v .`") from error
        _imported("." if self.inplace else self.build_lib)

    def build_extensions(self) -> None:
        """See L{build_ext}: the one extension that has all of the code has several parts."""
        self.compiler.compile = sideBySide(self.compiler.compile, self.parallel)
        super().build_extensions()

    def _translated(self) -> list[Any]:
        """Have C made of the modules; what is wrong with them is the error's text."""
        from mypyc.build import mypycify  # noqa: PLC0415 - there by now

        paths = [f"--cache-dir={os.devnull}", *(f"{name.replace('.', '/')}.py" for name in COMPILED)]
        printed = StringIO()
        try:
            with redirect_stdout(printed):
                made: list[Any] = mypycify(
                    paths, opt_level="3", group_name="dotchain", target_dir=self.build_temp, multi_file=True
                )
        except SystemExit as ended:
            lines = printed.getvalue().splitlines() or [str(ended)]
            raise SystemExit("\n".join([f"mypyc: {lines[0]}", *lines[1:]])) from ended
        finally:
            print(printed.getvalue(), end="")
        for extension in made:
            if len(extension.sources) > 1:
                extension.sources = inParts(extension.sources, self.build_temp)
        return made


def _imported(place: str) -> None:
    """Fail where Python can't import what was made."""
    program = f"import sys; sys.path.insert(0, {place!r}); import {', '.join(COMPILED)}"
    if subprocess.run([sys.executable, "-c", program], check=False).returncode:
        raise SystemExit("what was compiled can't be imported")


class Tell(build_py):
    """Leaves the reason why nothing is compiled in the package, for C{dotchain --version}."""

    def run(self) -> None:
        """See L{Command<setuptools.Command>}."""
        super().run()
        if reason := os.environ.get("DOTCHAIN_INTERPRETED"):
            Path(self.build_lib, "dotchain", "interpreted.txt").write_text(f"{reason}\n", "utf-8")


def commands() -> dict[str, Any]:
    """What is done in other ways than setuptools' own."""
    if os.environ.get("DOTCHAIN_COMPILE") != "1":
        return {"cmdclass": {"build_py": Tell}}
    return {"cmdclass": {"build_ext": Compile}, "ext_modules": [Extension(name, []) for name in COMPILED]}


setup(**commands())
