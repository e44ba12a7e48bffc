"""Where a run takes place: in networks of its own, where this user and this system can have any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext

import pytest

from tests.interop.network.conftest import HERE, THERE, Network
from tests.interop.network.namespace import Namespace
from tests.interop.ports import HOST

_LINK = "link"
_LOST = f"iifname {_LINK} numgen random mod 100 < 20"
_LATE = "delay 20ms 10ms duplicate 5% reorder 25%"

Outage = Callable[[], AbstractContextManager[None]]


class Place:
    """
    The machine's own network, in which nothing is changed.

    @ivar far: the address of servers that are another network away.
    @ivar lacks: what can't be done to its networks, and why; empty where all can.
    """

    def __init__(self, far: str = HOST, lacks: str = "") -> None:
        self.far, self.lacks = far, lacks

    def atHome(self) -> AbstractContextManager[object]:
        """Be where the daemon and its clients are."""
        return nullcontext()

    def farAway(self) -> AbstractContextManager[object]:
        """Be where the servers are that are another network away."""
        return nullcontext()

    def outages(self) -> dict[str, Outage]:
        """What may happen to the network, by its kind."""
        return {}


class OwnPlace(Place):
    """Two networks, joined by a link that changes."""

    def __init__(self, stack: ExitStack) -> None:
        """
        @param stack: what takes them down.
        @raise pytest.skip.Exception: where there can't be any.
        @raise pytest.fail.Exception: the same.
        """
        super().__init__(THERE)
        home, far = (stack.enter_context(closing(Namespace())) for _ in range(2))
        home.join(far, _LINK)
        self._network = Network(home, far)
        self._network.link()

    def atHome(self) -> AbstractContextManager[object]:
        """See L{Place}."""
        return self._network.home.entered()

    def farAway(self) -> AbstractContextManager[object]:
        """See L{Place}."""
        return self._network.far.entered()

    def outages(self) -> dict[str, Outage]:
        """See L{Place}."""
        known: dict[str, Outage] = {
            "address gone": self._addressGone,
            "link down": self._linkDown,
            "packets lost": self._packetsLost,
        }
        if self._canDelay():
            known["packets late"] = self._packetsLate
        else:
            self.lacks = "no packets late, doubled and out of order: the kernel has no netem"
        return known

    @contextmanager
    def _addressGone(self) -> Iterator[None]:
        self._network.home.run("ip", "address", "del", f"{HERE}/24", "dev", _LINK)
        yield
        self._network.home.up(_LINK, f"{HERE}/24")

    @contextmanager
    def _linkDown(self) -> Iterator[None]:
        self._network.home.run("ip", "link", "set", "dev", _LINK, "down")
        yield
        self._network.home.up(_LINK)

    @contextmanager
    def _packetsLost(self) -> Iterator[None]:
        for side in self._network:
            side.drop(_LOST)
        yield
        for side in self._network:
            side.heal()

    @contextmanager
    def _packetsLate(self) -> Iterator[None]:
        for side in self._network:
            side.run("tc", "qdisc", "add", "dev", _LINK, "root", "netem", *_LATE.split())
        yield
        for side in self._network:
            side.run("tc", "qdisc", "del", "dev", _LINK, "root")

    def _canDelay(self) -> bool:
        """The kernel has netem."""
        try:
            with self._packetsLate():
                return True
        except AssertionError:
            return False


def place(stack: ExitStack) -> Place:
    """
    The best that can be had.

    @param stack: what leaves no trace of it.
    """
    try:
        return OwnPlace(stack)
    except (pytest.skip.Exception, pytest.fail.Exception) as why:
        return Place(lacks=f"no change of networks: {why}")
