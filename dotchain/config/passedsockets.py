"""C{listen = systemd://NAME}: addresses in the place of names, once it is known what systemd passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..activation import Passed, PassedSocket, SocketName
from ..address import Address
from .ini import Problem, Section
from .plan import Plan

# What a front may have there, where that is not known: as by `dotchain check`, which systemd does not start.
_UNKNOWN = "127.0.0.1", 0


def resolve(plan: Plan, values: Mapping[Section, dict[str, Any]], passed: Passed | None) -> list[Problem]:
    """
    Put addresses in the values of fronts; a front that can't have one loses its C{listen}.

    @param passed: what systemd passes; None where that is not known.
    @return: the sockets that are not passed, and those that no front can use.
    """
    problems = []
    for front in plan.role("front"):
        own = values[front]
        try:
            if "listen" in own:
                encrypted = bool(own.get("certificate"))
                own["listen"] = tuple(_resolved(own["listen"], encrypted, passed))
        except ValueError as error:
            del own["listen"]
            problems.append(front.problem("listen", str(error)))
    return problems


def unused(plan: Plan, values: Mapping[Section, dict[str, Any]], passed: Passed | None) -> list[Problem]:
    """A warning of each socket that no front serves: its clients would wait in vain."""
    wanted = {each for front in plan.role("front") for each in values[front].get("listen", ())}
    return [
        Problem(1, "", "", f"systemd passes a socket named {each.name!r} that no front listens on")
        for each in passed or ()
        if wanted.isdisjoint(each.at(transport) for transport in ("udp", "tcp", "tls"))
    ]


def _resolved(listen: Any, encrypted: bool, passed: Passed | None) -> Iterator[Address]:
    for each in listen:
        if not isinstance(each, SocketName):
            yield each
        elif passed is None:
            yield Address("udp", *_UNKNOWN)
            yield Address("tls" if encrypted else "tcp", *_UNKNOWN)
        else:
            yield from (_address(each, one, encrypted) for one in _named(each, passed))


def _named(wanted: SocketName, passed: Passed) -> list[PassedSocket]:
    """@raise ValueError: where there are none."""
    if found := [each for each in passed if each.name == wanted.name]:
        return found
    names = ", ".join(sorted({repr(each.name) for each in passed}))
    instead = f"but {names}; write that, or" if names else "nor any other; start its socket unit, and"
    raise ValueError(
        f"{wanted}: systemd passes no socket named {wanted.name!r}, {instead} "
        f"give the unit FileDescriptorName={wanted.name}"
    )


def _address(wanted: SocketName, found: PassedSocket, encrypted: bool) -> Address:
    """
    Its address; TCP is for TLS where the front has a certificate, but on port 53.

    @raise ValueError: where no front can serve there.
    """
    if found.wrong:
        raise ValueError(f"{wanted}: what systemd passes {found.wrong}")
    secured = encrypted and found.transport == "tcp" and found.port != 53
    if found.port == 853 and not secured:
        needs = "needs the key 'certificate'" if found.transport == "tcp" else "is for TCP"
        raise ValueError(
            f"{wanted}: systemd passes port 853 of {found.transport.upper()}, which is for TLS alone "
            f"(RFC 7858 section 3.1) and {needs}"
        )
    return found.at("tls" if secured else found.transport)
