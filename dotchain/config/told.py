"""Whether an upstream is told of clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def toldOfClients(values: Mapping[str, Any]) -> bool:
    """Whether the values of an upstream's section say so: it is asked behind PROXY headers."""
    return str(values.get("proxy_protocol", "no")) != "no"
