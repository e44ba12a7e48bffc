"""A server of a shared cache that holds what another machine has asked for."""

from __future__ import annotations

from contextlib import ExitStack

from tests.interop.dotchain import CHECKOUT
from tests.interop.valkeyserver import ValkeyServer

from ..candidate import Room
from ..load import names
from ..load.dnsperf import Load, LoadError, ask, read
from ..site import Site, deaf
from .forwarders import SharedForwarder

# One that is lost is asked for again; a machine that others use too may lose some.
_TRIES = 5


def filled(site: Site, stack: ExitStack) -> None:
    """
    Add it to a place, with as many names as pass in a run.

    @raise LoadError: where they can't be put there.
    """
    site.valkey = stack.enter_context(deaf(ValkeyServer(site.place("valkey")))).port
    file = names.held(site.place("held"), site.room.passing)
    other = SharedForwarder(site.place("other"), site.servers, site.trusted, site.credentials, Room())
    other.valkey = site.valkey
    other.checkout = site.compiled or CHECKOUT
    with deaf(other):
        for _ in range(_TRIES):
            text = ask(Load("udp", 8), other.port, file, "-n", "1", seconds=300)
            if not read(text).lost:
                return
    raise LoadError(f"the shared cache could not be filled:\n{text}")
