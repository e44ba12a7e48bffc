"""make keys and certificates: self-signed, or of a CA of your own"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from ..tls.errors import TLSFileError
from ..tls.issue import CA_DAYS, IP, LEAF_DAYS, Issued, authority, issue, selfSigned
from ..tls.pins import pinLine, pinOf, pinText
from ..tls.store import load, save

_EXAMPLES = """\
The recipe's two ways, each with the pin to give to clients:
  dotchain cert self-signed --name dns.example.org --address 192.0.2.1
  dotchain cert ca --name "Home CA"
  dotchain cert issue --ca ca.crt --ca-key ca.key --name dns.example.org
"""


def addArguments(parser: argparse.ArgumentParser) -> None:
    """What the command line may say."""
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    ways = parser.add_subparsers(dest="way", metavar="WAY", required=True)
    alone = ways.add_parser("self-signed", help="a server's certificate that no CA signed: for pins")
    _serverArguments(alone)
    _commonArguments(alone, LEAF_DAYS)
    ca = ways.add_parser("ca", help="a CA, to issue servers' certificates with")
    ca.add_argument("--name", required=True, help="what people read of it: its common name")
    _commonArguments(ca, CA_DAYS)
    issued = ways.add_parser("issue", help="a certificate of a server, or of a client, signed by a CA")
    issued.add_argument("--ca", type=Path, required=True, metavar="FILE", help="the CA's certificate")
    issued.add_argument("--ca-key", type=Path, required=True, metavar="FILE", help="the CA's key")
    issued.add_argument("--client", action="store_true", help="for a client (mTLS), and not for a server")
    _serverArguments(issued)
    _commonArguments(issued, LEAF_DAYS)


def _serverArguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", action="append", default=[], help="a DNS name of the server; repeatable")
    parser.add_argument(
        "--address",
        action="append",
        type=_address,
        default=[],
        help="an IP address by which clients authenticate it; repeatable",
    )


def _commonArguments(parser: argparse.ArgumentParser, days: int) -> None:
    add = parser.add_argument
    add("--days", type=_days, default=days, help="how long it is valid (default: %(default)s)")
    add("--type", choices=("ec", "rsa"), default="ec", help="P-256 (default), or RSA with 3072 bits")
    add("--out", type=Path, default=Path(), metavar="DIR", help="the folder for both files (default: here)")
    add("--certificate", type=Path, metavar="FILE", help="the certificate's file instead, with its chain")
    add("--key", type=Path, metavar="FILE", help="the key's file instead")
    add("--force", action="store_true", help="take the place of files that are there")
    add("--json", action="store_true", help="for programs")


def _address(text: str) -> IP:
    try:
        return ip_address(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address such as 192.0.2.1") from None


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 36500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to 36500")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """
    Make the files, and print where they are and the pin.

    @return: 0; 1 where a file is in the way or can't be used; 2 for names that can't be.
    """
    try:
        issued = _WAYS[arguments.way](arguments)
        certificate, key = _places(arguments)
        save(issued, certificate, key, arguments.force)
    except TLSFileError as error:
        print(f"dotchain cert: {error}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"dotchain cert: {error}", file=sys.stderr)
        return 2
    _show(arguments, issued, certificate, key)
    return 0


def _alone(arguments: argparse.Namespace) -> Issued:
    return selfSigned(arguments.name, arguments.address, arguments.days, arguments.type)


def _ca(arguments: argparse.Namespace) -> Issued:
    return authority(arguments.name, arguments.days, arguments.type)


def _issue(arguments: argparse.Namespace) -> Issued:
    ca = load(arguments.ca, arguments.ca_key)
    return issue(ca, arguments.name, arguments.address, arguments.days, arguments.type, arguments.client)


_WAYS: dict[str, Callable[[argparse.Namespace], Issued]] = {
    "self-signed": _alone,
    "ca": _ca,
    "issue": _issue,
}


def _places(arguments: argparse.Namespace) -> tuple[Path, Path]:
    """Where the certificate and the key go."""
    stem = "ca"
    if arguments.way != "ca":
        stem = str(arguments.name[0] if arguments.name else arguments.address[0]).replace("*", "any")
    certificate = arguments.certificate or arguments.out / f"{stem}.crt"
    return certificate, arguments.key or arguments.out / f"{stem}.key"


def _show(arguments: argparse.Namespace, issued: Issued, certificate: Path, key: Path) -> None:
    pin, expires = pinOf(issued.certificate), issued.certificate.not_valid_after_utc
    if arguments.json:
        shown = {
            "certificate": str(certificate),
            "key": str(key),
            "pin-sha256": pinText(pin),
            "not-after": expires.isoformat(),
        }
        print(json.dumps(shown, indent=2))
        return
    print(f"certificate = {certificate}")
    print(f"key         = {key}")
    print(f"{pinLine(pin)}  ; valid until {expires.date()}")
