"""What a table was measured with: programs, libraries, machine."""

from __future__ import annotations

import os
import platform
import re
import ssl
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from dotchain.compiled import VERSION
from tests.interop.asking import output

from ..interpreter import described

_PROGRAMS = {
    "dnsperf": "-h",
    "unbound": "-V",
    "dnsdist": "--version",
    "kresd": "--version",
    "named": "-v",
    "stubby": "-V",
    "stunnel": "-version",
    "valkey-server": "--version",
    "redis-server": "--version",
}
_NUMBER = re.compile(r"(?:version|bind|dnsdist|stubby|stunnel|server) +(?:v=)?(\d[\w.]*)", re.IGNORECASE)
_PROCESSOR = re.compile(r"^model name\s*: (.+)", re.MULTILINE)


def versions() -> dict[str, str]:
    """By name; without programs that aren't installed."""
    found = {
        "dotchain": VERSION,
        "machine": f"{os.cpu_count()} × {_processor()}, Linux {platform.release()}",
        "Python": described(),
        "OpenSSL": ssl.OPENSSL_VERSION.split()[1],
        "Twisted": version("twisted"),
        "pyOpenSSL": version("pyopenssl"),
    }
    for program, option in _PROGRAMS.items():
        number = _programVersion(program, option)
        if number:
            found[program] = number
    return found


def measuredOn(used: Mapping[str, str]) -> str:
    """The processors and the Python of these, which every ratio depends on; empty where they aren't known."""
    known = used.get("machine", "").partition(", Linux")[0], used.get("Python", "")
    return f"{known[0]}, Python {known[1]}" if all(known) else ""


def _programVersion(program: str, option: str) -> str | None:
    try:
        match = _NUMBER.search(output(program, option))
    except (pytest.skip.Exception, pytest.fail.Exception):
        return None
    return match[1] if match else "of unknown version"


def _processor() -> str:
    match = _PROCESSOR.search(Path("/proc/cpuinfo").read_text())
    return match[1] if match else platform.machine()
