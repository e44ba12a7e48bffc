"""Who asks: all that a policy stage may know of a client."""

from __future__ import annotations

from typing import NamedTuple


class Client(NamedTuple):
    """
    The sender of a query.

    @ivar address: its IP address in presentation form; empty for dotchain itself.
    @ivar transport: how the query came: C{udp}, C{tcp} or C{tls}.
    @ivar front: the name of the front that took it.
    @ivar sni: the server name that its TLS asked for, in lower case without a final dot; empty for none.
    @ivar identity: the name in its certificate, in lower case; empty for none.
    """

    address: str
    transport: str
    front: str = ""
    sni: str = ""
    identity: str = ""


NOBODY = Client("", "", "")
"""dotchain itself, for queries of its own."""
