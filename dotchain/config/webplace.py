"""Where the web site is to be, and who can come to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..web.webaddress import WebAddress
from .ini import Problem, Section


class WebPlace(NamedTuple):
    """
    Where one daemon's site is to be.

    @ivar addresses: its addresses.
    @ivar group: the group that may use UNIX sockets besides the daemon's user, or None.
    @ivar section: C{[dotchain]}, to blame.
    """

    addresses: tuple[WebAddress, ...]
    group: int | None
    section: Section

    def warnings(self) -> list[Problem]:
        """One for each address that people on other machines can come to: the site asks nobody who he is."""
        return [
            self.section.problem(
                "web",
                f"{address} can be asked from other machines, and asks nobody who he is: keep others out by "
                "a firewall, or let a proxy with authentication ask http://127.0.0.1",
            )
            for address in self.addresses
            if not address.isPrivate
        ]


def planned(section: Section, values: Mapping[str, Any]) -> WebPlace | None:
    """
    The place, or None for no site.

    @param section: C{[dotchain]}.
    @param values: those of the section.
    """
    addresses = values.get("web")
    return WebPlace(addresses, values.get("control_group"), section) if addresses else None
