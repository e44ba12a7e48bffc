"""print the SPKI pins of a key, a certificate or a live server"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cryptography import x509

from ..tls.certificates import day, words
from ..tls.errors import AuthenticationError, TLSFileError
from ..tls.pins import pinsInFile, pinText
from ..tls.probe import probe

_MEANINGS = {
    "issuer": "issuer (proven by signature)",
    "sent along": "merely sent along: it proves nothing, and no pin matches it",
}


def addArguments(parser: argparse.ArgumentParser) -> None:
    """What the command line may say."""
    parser.add_argument(
        "where",
        metavar="FILE|HOST[#PORT]",
        help="a PEM file of certificates and keys; else a server, asked on port 853, whose "
        "certificates are shown without being verified",
    )
    parser.add_argument("--name", help="the server name to ask a server for (SNI), where it is not HOST")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    """
    Print every pin; a file wins where there is one of that name.

    @return: 0; 1 where there is nothing to pin; 2 where HOST#PORT can't be.
    """
    where: str = arguments.where
    try:
        entries = _ofFile(Path(where)) if Path(where).is_file() else _ofServer(where, arguments.name)
    except ValueError as error:
        print(f"dotchain pin: {error}", file=sys.stderr)
        return 2
    except (TLSFileError, AuthenticationError) as error:
        prefix = "" if isinstance(error, TLSFileError) else f"{where}: "
        print(f"dotchain pin: {prefix}{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"dotchain pin: {where}: {error.strerror or error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(entries, indent=2))
    else:
        print("\n".join(map(_lines, entries)))
    return 0


def _ofFile(path: Path) -> list[dict[str, str]]:
    return [
        {"what": found.what, "pin-sha256": pinText(found.pin), **_about(found.certificate)}
        for found in pinsInFile(path)
    ]


def _ofServer(where: str, name: str | None) -> list[dict[str, str]]:
    host, port = _split(where)
    return [
        {"what": shown.role, "pin-sha256": pinText(shown.pin), **_about(shown.certificate)}
        for shown in probe(host, port, name)
    ]


def _split(where: str) -> tuple[str, int]:
    host, _, port = where.partition("#")
    host = host.strip("[]")
    if not host or "/" in host or (port and not (port.isascii() and port.isdigit())):
        raise ValueError(
            f"{where!r} is neither a file that is there nor HOST or HOST#PORT such as dns.example.org#853"
        )
    number = int(port or 853)
    if not 0 < number < 65536 or number == 53:
        raise ValueError(f"{where!r}: the port is one from 1 to 65535, and not 53 (RFC 7858 section 3.1)")
    return host, number


def _about(certificate: x509.Certificate | None) -> dict[str, str]:
    if certificate is None:
        return {}
    return {
        "subject": words(certificate.subject),
        "issuer": words(certificate.issuer),
        "not-before": day(certificate.not_valid_before_utc),
        "not-after": day(certificate.not_valid_after_utc),
    }


def _lines(entry: dict[str, str]) -> str:
    line = f'pin-sha256="{entry["pin-sha256"]}"  ; {_MEANINGS.get(entry["what"], entry["what"])}'
    if "subject" not in entry:
        return line
    return (
        f"{line}\n    ; {entry['subject']}, issued by {entry['issuer']}, "
        f"valid from {entry['not-before']} to {entry['not-after']}"
    )
