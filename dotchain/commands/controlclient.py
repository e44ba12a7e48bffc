"""The running daemon, asked over its control socket."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..config import place
from ..config.ini import ConfigError
from .presentation import clean

# Seconds that an answer may take: the longest command gives up sooner.
_PATIENCE = 25.0
# Seconds that one which may not be meant may keep us.
_GLANCE = 1.0
# Octets of an answer.
_MOST = 64 << 20

_FIND = "--config FILE or --socket PATH says which one is meant"


class ControlClientError(Exception):
    """
    Why there is no result.

    @ivar status: the exit status that goes with it.
    """

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


def addArguments(parser: argparse.ArgumentParser) -> None:
    """What each verb has that asks the daemon."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--config", "-c", metavar="FILE", help="the INI file that the daemon runs with")
    which.add_argument("--socket", type=Path, metavar="PATH", help="its control socket")
    parser.add_argument("--json", action="store_true", help="print the whole result as a JSON object")


def tell(
    arguments: argparse.Namespace,
    show: Callable[[Any], str],
    said: Mapping[str, object] = MappingProxyType({}),
    negative: Callable[[Any], bool] | None = None,
    verb: str = "",
) -> int:
    """
    Ask, and print the result.

    @param show: the result as people read it.
    @param said: the verb's own arguments.
    @param negative: whether a result is no success; without it, any is.
    @param verb: what the daemon calls it, where that is not what was typed.
    @return: the exit status.
    """
    try:
        result = ask(find(arguments), {"verb": verb or arguments.verb, **said})
    except ControlClientError as error:
        print(f"dotchain {arguments.verb}: {error}", file=sys.stderr)
        return error.status
    print(json.dumps(result, indent=2) if arguments.json else show(result))
    return 1 if negative is not None and negative(result) else 0


def find(arguments: argparse.Namespace) -> Path:
    """
    The socket that is meant; without a word about it, that of the one daemon that runs here.

    @raise ControlClientError: where there is none, or several.
    """
    if arguments.socket is not None:
        return Path(arguments.socket)
    return _alone() if arguments.config is None else _ofFile(arguments.config)


def _ofFile(file: str) -> Path:
    try:
        places = place.ofFile(file)
    except ConfigError as error:
        raise ControlClientError("\n".join(error.lines), 2) from None
    except ValueError as error:
        raise ControlClientError(f"{file}: control: {error}", 2) from None
    if not places:
        raise ControlClientError(f"{file} says control = {place.NONE}, so that nobody can ask its daemon")
    there = [each for each in places if each.exists()]
    # What a killed daemon has left hides none that runs.
    return next(filter(_answers, there), None) or next(iter(there), places[0])


def _alone() -> Path:
    found = list(filter(_answers, place.everywhere())) or list(filter(_answers, place.elsewhere()))
    if not found:
        raise ControlClientError(f"no daemon runs here that this user may ask; {_FIND}")
    if len(found) > 1:
        raise ControlClientError(f"several daemons run here ({', '.join(map(str, found))}); {_FIND}", 2)
    return found[0]


def _answers(path: Path) -> bool:
    with suppress(OSError):
        _connected(path, _GLANCE).close()
        return True
    return False


def _connected(path: Path, patience: float = _PATIENCE) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(patience)
    try:
        made.connect(str(path))
    except OSError:
        made.close()
        raise
    return made


def ask(path: Path, request: dict[str, object], patience: float = _PATIENCE) -> Any:
    """
    The result of one command.

    @param patience: seconds that it may take.
    @raise ControlClientError: where there is none.
    """
    try:
        with _connected(path, patience) as connection:
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as replies:
                line = replies.readline(_MOST)
    except (FileNotFoundError, ConnectionRefusedError):
        raise ControlClientError(f"no daemon listens at {path}") from None
    except TimeoutError:
        raise ControlClientError(f"{path}: no answer within {patience:g} s") from None
    except OSError as error:
        raise ControlClientError(f"{path}: {error.strerror or error}") from None
    return _result(path, line)


def _result(path: Path, line: bytes) -> Any:
    try:
        reply = json.loads(line)
        if not isinstance(reply, dict) or reply.keys().isdisjoint(("error", "result")):
            raise ValueError
    except (ValueError, RecursionError):
        raise ControlClientError(
            f"{path}: what listens there is no dotchain, or it ended meanwhile"
        ) from None
    if "error" in reply:
        raise ControlClientError(clean(str(reply["error"])))
    return reply["result"]
