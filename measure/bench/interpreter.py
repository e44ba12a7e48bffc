"""Which Python this is: how it was built matters to a query as much as its version."""

from __future__ import annotations

import platform
import sys
import sysconfig


def ways() -> list[str]:
    """How it was optimized, as far as it tells: Debian's has profiles, too, and says nothing of it."""
    flags = f"{sysconfig.get_config_var('CONFIG_ARGS')} {sysconfig.get_config_var('PY_CFLAGS')}"
    return [word for word in ("optimizations", "lto") if word in flags]


def described() -> str:
    """Its version and its build."""
    build = "the system's" if sys.base_prefix == "/usr" else " ".join(ways()) or "without optimizations"
    return f"{platform.python_version()} ({build})"
