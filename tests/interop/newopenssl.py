"""A newer OpenSSL than the system's: that of psycopg2's wheel, of which nothing else is used."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from .daemon import unavailable

_WHEEL = "psycopg2-binary"
_LEAST = (3, 5)
"""The first one with X25519MLKEM768."""


def newOpenssl(folder: Path) -> dict[str, str]:
    """
    An environment in which Python and C{openssl} use OpenSSL 3.5 or later.

    Where the system's is that old, the test is L{unavailable} without the wheel.

    @param folder: where links to the libraries are made.
    """
    if _hasIt({}):
        return {}
    for library in ("libssl", "libcrypto"):
        (folder / f"{library}.so.3").symlink_to(_library(library))
    variables = {"LD_LIBRARY_PATH": str(folder)}
    return variables if _hasIt(variables) else unavailable("this Python's ssl module has its own OpenSSL")


def _library(name: str) -> Path:
    try:
        files = metadata.files(_WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for each in files:
        if each.name.startswith(f"{name}-") and each.name.endswith(".so.3"):
            return Path(str(each.locate()))
    return unavailable(f"{_WHEEL}, whose wheel has OpenSSL 3.5, is not installed")


def _hasIt(variables: dict[str, str]) -> bool:
    asked = f"import ssl, sys; sys.exit(ssl.OPENSSL_VERSION_INFO < {_LEAST})"
    done = subprocess.run([sys.executable, "-c", asked], env={**os.environ, **variables}, check=False)
    return done.returncode == 0
