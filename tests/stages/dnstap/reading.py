"""Frames read by the packages that others read them with."""

from __future__ import annotations

from importlib import import_module
from typing import Any

DNSTAP: Any = import_module("dnstap_pb")
FSTRM: Any = import_module("fstrm")


def frames(octets: bytes) -> list[tuple[int, Any]]:
    """Each frame: its control number, 0 for data, with content types or the message."""
    codec = FSTRM.FstrmCodec()
    codec.append(octets)
    found: list[tuple[int, Any]] = []
    while codec.process():
        control, contents, payload = codec.decode()
        found.append((control, contents if control else DNSTAP.Dnstap.FromString(payload)))
    assert not codec.buf
    return found


def messages(octets: bytes) -> list[Any]:
    """The messages in data frames."""
    return [message for control, message in frames(octets) if not control]
