"""BIND as primary and as secondary of a zone that is transferred and updated."""

from __future__ import annotations

from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rcode

from .authorities import Named
from .ports import HOST

ORIGIN = "big.example"
KEY = "S0xbb3VyIHRlc3RzJyBrZXksIG5vYm9keSBlbHNlJ3M="

_KEY = f'key transfers {{ algorithm hmac-sha256; secret "{KEY}"; }};'


def _options(named: Named) -> str:
    """What both have in common."""
    return f"""
controls {{ }};
options {{
  directory "{named.folder}";
  pid-file none;
  session-keyfile none;
  listen-on port {named.port} {{ {HOST}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  notify no;
  allow-notify {{ {HOST}; }};
}};
"""


def bigZone(count: int) -> str:
    """A zone of so many addresses."""
    head = f"$ORIGIN {ORIGIN}.\n$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\n"
    return f"{head}ns IN A 192.0.2.53\n" + "".join(
        f"n{number} IN A 10.{number >> 16}.{number >> 8 & 255}.{number & 255}\n" for number in range(count)
    )


class Primary(Named):
    """
    BIND with a large zone that it gives to whoever asks from this host, and to holders of the key elsewhere.

    @ivar keyFile: the key, as C{dig -k} and C{nsupdate -k} take it.
    """

    def __init__(self, folder: Path, count: int) -> None:
        super().__init__(folder)
        self._count = count
        self.keyFile = folder / "transfers.key"

    def configure(self) -> None:
        """named.conf, with a zone that may be updated."""
        self.keyFile.write_text(_KEY)
        (self.folder / "big.zone").write_text(bigZone(self._count))
        (self.folder / "named.conf").write_text(
            f"""
{_KEY}
{_options(self)}
zone "{ORIGIN}" {{
  type primary;
  file "big.zone";
  allow-transfer {{ {HOST}; }};
  allow-update {{ key transfers; }};
}};
"""
        )

    def ready(self) -> bool:
        """It answers for the zone."""
        return serial(self.port) is not None


class Secondary(Named):
    """BIND that gets the zone over TLS (RFC 9103), with signed messages."""

    def __init__(self, folder: Path, primary: int) -> None:
        """@param primary: the port of DNS over TLS that the zone comes from."""
        super().__init__(folder)
        self._primary = primary

    def configure(self) -> None:
        """named.conf."""
        (self.folder / "named.conf").write_text(
            f"""
{_KEY}
{_options(self)}
zone "{ORIGIN}" {{
  type secondary;
  file "secondary.zone";
  masterfile-format text;
  primaries {{ {HOST} port {self._primary} key transfers tls ephemeral; }};
}};
"""
        )

    def ready(self) -> bool:
        """It has got the zone."""
        return serial(self.port) is not None


def serial(port: int) -> int | None:
    """The serial number of the zone here, or None where nobody has it."""
    query = dns.message.make_query(ORIGIN, "SOA")
    try:
        answer = dns.query.udp(query, HOST, timeout=1, port=port)
    except (OSError, dns.exception.DNSException):
        return None
    return int(answer.answer[0][0].serial) if answer.rcode() == dns.rcode.NOERROR else None
