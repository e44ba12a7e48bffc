"""Zones as RFC 1035 section 5 has them in files."""

from __future__ import annotations

import re
from functools import partial
from io import StringIO
from pathlib import Path

import dns.exception
import dns.name
import dns.zone

from ..options import OptionError, domain
from .boundedzone import BoundedZone


def readZone(file: Path, origin: dns.name.Name | None = None) -> dns.zone.Zone:
    """
    Read a master file, which may have no $INCLUDE.

    @param origin: the zone's name, or None to find it in the file or in its name up to C{.zone}.
    @raise OptionError: of C{file} or C{origin}, where it can't be read, with its line where one is to
        blame.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OptionError("file", f"{file}: not UTF-8") from None
    except OSError as error:
        raise OptionError("file", f"{file}: {error.strerror}") from None
    try:
        return _parse(file, text, origin)
    except dns.zone.UnknownOrigin:
        return _parse(file, text, _originOf(file))


def _originOf(file: Path) -> dns.name.Name:
    try:
        return domain(file.name.removesuffix(".zone"))
    except ValueError as error:
        raise OptionError("origin", f"none in {file}, and {error}") from None


def _parse(file: Path, text: str, origin: dns.name.Name | None) -> dns.zone.Zone:
    source = StringIO(text)
    try:
        zone = dns.zone.from_file(
            source,
            origin,
            zone_factory=partial(BoundedZone, text.count("\n") + 1),
            relativize=False,
            filename=str(file),
            allow_include=False,
            check_origin=False,
        )
        if zone.origin is None:
            raise dns.zone.UnknownOrigin
        zone.check_origin()
    except dns.zone.UnknownOrigin:
        raise
    except dns.zone.BadZone as error:
        raise OptionError("file", f"{file}: {error}") from None
    except (dns.exception.DNSException, ValueError) as error:
        # The last octet read is within the line to blame, its end included.
        line = text.count("\n", 0, max(source.tell() - 1, 0)) + 1
        said = re.sub(r"^.*?:\d+: ", "", str(error))
        raise OptionError("file", f"{file}:{line}: {said}") from None
    return zone
