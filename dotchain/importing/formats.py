"""Whose configuration a file is."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import named, stubby, stunnel, unbound
from .namedsyntax import Include
from .settings import CannotImport, Settings, Where

_FORMATS: tuple[tuple[str, Callable[[str, str, Include], Settings]], ...] = (
    (
        r"^(upstream_recursive_servers|resolution_type|dns_transport_list|listen_addresses)[^\S\n]*:",
        lambda text, file, _: stubby.read(text, file),
    ),
    (
        r"^[^\S\n]*(server|forward-zone|stub-zone|remote-control|auth-zone|view|include(-toplevel)?)\s*:",
        unbound.read,
    ),
    (
        r"^[^\S\n]*(options|zone|acl|tls|logging|view|server|key|controls)\b[^;={]{0,400}\{"
        r"|^[^\S\n]*include\s{1,99}\"[^\"\n]*\"\s{0,99};",
        named.read,
    ),
    (r"(?i)^[^\S\n]*(accept|connect|client|cert|CAfile|include)[^\S\n]*=", stunnel.read),
)


def settings(text: str, file: str, include: Include) -> Settings:
    """
    What a file says, whosever it is.

    @param include: reads what it includes.
    @raise CannotImport: where it is nobody's, or makes no sense.
    """
    for pattern, read in _FORMATS:
        if re.search(pattern, text, re.MULTILINE):
            found = read(text, file, include)
            # What holds for several services or servers is met several times.
            found.left = sorted(set(found.left))
            return found
    raise CannotImport(Where(file, 1), "is none of stunnel.conf, stubby.yml, unbound.conf and named.conf")
