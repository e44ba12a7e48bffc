"""The zone that every authoritative daemon of these tests serves."""

from __future__ import annotations

from pathlib import Path

ORIGIN = "example.org."
BIG_STRINGS = 12

_RECORDS = """\
$ORIGIN example.org.
$TTL 300
@       IN SOA  ns hostmaster 1 3600 600 86400 60
@       IN NS   ns
ns      IN A    192.0.2.53
foo     IN A    192.0.2.1
foo     IN AAAA 2001:db8::1
alias   IN CNAME foo
*.many  IN A    192.0.2.9
"""


def zoneText() -> str:
    """The master file (RFC 1035 section 5); C{big} has 3000 octets of TXT."""
    strings = " ".join(f'"{chr(97 + number) * 250}"' for number in range(BIG_STRINGS))
    return f"{_RECORDS}big     IN TXT  {strings}\n"


def writeZone(folder: Path) -> Path:
    """The zone as a file."""
    file = folder / "example.org.zone"
    file.write_text(zoneText())
    return file
