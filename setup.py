"""
What setup.cfg can't say: C{DOTCHAIN_COMPILE=1 pip install .} compiles the hot path (docs/install.rst).

Without that variable neither mypy nor a C compiler is needed, and nothing is compiled.
"""

from __future__ import annotations

import os
from configparser import ConfigParser
from importlib.util import find_spec
from typing import Any

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

# What every query goes through, as far as mypyc takes it and makes it cheaper.
COMPILED = (
    "dotchain.client",
    "dotchain.clockwork.turn",
    "dotchain.contract.answertimeouts",
    "dotchain.wire.answer",
    "dotchain.wire.codes",
    "dotchain.wire.compress",
    "dotchain.wire.cookies",
    "dotchain.wire.edns",
    "dotchain.wire.errors",
    "dotchain.wire.framing",
    "dotchain.wire.names",
    "dotchain.wire.outgoing",
    "dotchain.wire.query",
    "dotchain.wire.records",
    "dotchain.wire.reply",
    "dotchain.wire.shift",
    "dotchain.wire.siphash",
    "dotchain.wire.transfer",
    "dotchain.stages.cache.admission",
    "dotchain.stages.cache.denials",
    "dotchain.stages.cache.entry",
    "dotchain.stages.cache.failures",
    "dotchain.stages.cache.fetch",
    "dotchain.stages.cache.evictionqueue",
    "dotchain.stages.cache.prefetch",
    "dotchain.stages.cache.store",
    "dotchain.upstreams.streams.connections",
    "dotchain.upstreams.pendingqueries",
    "dotchain.upstreams.inflighttable",
    "dotchain.upstreams.streams.pipeline",
    "dotchain.upstreams.streams.pool",
    "dotchain.upstreams.ednsfallback",
    "dotchain.upstreams.endpoint",
    "dotchain.upstreams.upstreamcommon",
    "dotchain.upstreams.streams.window",
    "dotchain.upstreams.failurelog",
    "dotchain.fronts.responder",
    "dotchain.fronts.queryslots",
    "dotchain.fronts.packetcache",
    "dotchain.fronts.datagrams.mmsg",
    "dotchain.fronts.datagrams.port",
)


class Compile(build_ext):
    """
    Has mypyc translate L{COMPILED} when all else is known.

    Only then: pip runs this file before what it builds with is there, to be told what that is.
    """

    def run(self) -> None:
        """See L{Command<setuptools.Command>}."""
        from mypyc.build import mypycify  # noqa: PLC0415 - there by now

        paths = [f"{name.replace('.', '/')}.py" for name in COMPILED]
        self.distribution.ext_modules = mypycify(paths, opt_level="3", group_name="dotchain")
        kept = {"inplace": self.inplace, "editable_mode": self.editable_mode}
        self.reinitialize_command(self, **kept).ensure_finalized()
        super().run()


def compiled() -> dict[str, Any]:
    """What is said of a compiled build."""
    return {
        "cmdclass": {"build_ext": Compile},
        "ext_modules": [Extension(name, []) for name in COMPILED],
        "setup_requires": [] if find_spec("mypyc") else _required(),
    }


def _required() -> list[str]:
    """mypy, and what it reads types from, which is all that dotchain imports."""
    config = ConfigParser()
    config.read("setup.cfg", encoding="utf-8")
    found = config["options"]["install_requires"].split("\n")
    return ["mypy >= 2.4", "mypy-zope >= 1.0.17", "types-cffi", *filter(None, found)]


setup(**compiled() if os.environ.get("DOTCHAIN_COMPILE") == "1" else {})
