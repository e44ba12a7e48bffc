"""The server behind everyone: an address for every name of example.org, and some answers that are large."""

from __future__ import annotations

from ..bench.daemons.servers import UnboundLocal

LARGE = "large.example.net"
"""A name with 3000 octets of TXT and four keys; of a domain that no resolver answers for by itself."""

_STRINGS = 12
_KEYS = 4
_TTL = 86400


class LargeLocal(UnboundLocal):
    """Unbound with both."""

    def source(self) -> str:
        """And those records."""
        texts = [f'TXT "{chr(97 + number) * 250}"' for number in range(_STRINGS)]
        keys = [f"DNSKEY 257 3 8 {chr(65 + number) * 340}" for number in range(_KEYS)]
        records = (f"  local-data: '{LARGE}. {_TTL} {each}'\n" for each in (*texts, *keys))
        return f'{super().source()}  local-zone: "{LARGE}." static\n{"".join(records)}'
