"""L{install}: which reactor the daemon runs with."""

from __future__ import annotations

import select
import sys
from unittest import skipUnless
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from dotchain.daemon import reactor
from dotchain.daemon.reactor import EpollReactor


class InstallTests(SynchronousTestCase):
    """Which reactor the daemon runs with."""

    def installed(self, modules: dict[str, object]) -> list[object]:
        """What is installed where these modules are there."""
        found: list[object] = []
        self.patch(reactor, "installReactor", found.append)
        with patch.dict(sys.modules, modules):
            for name in set(sys.modules) - set(modules):
                if name == "twisted.internet.reactor":
                    del sys.modules[name]
            reactor.install()
        return found

    @skipUnless(hasattr(select, "epoll"), "the system has no epoll")
    def test_default(self) -> None:
        """Ours where nobody has chosen."""
        (found,) = self.installed({})
        self.assertIsInstance(found, EpollReactor)

    def test_chosen(self) -> None:
        """That of C{twistd --reactor} where somebody has."""
        self.assertEqual(self.installed({"twisted.internet.reactor": sys}), [])
