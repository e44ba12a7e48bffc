"""Lists in the format of /etc/hosts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from .made import line, listed, parsed


class HostsLinesTests(SynchronousTestCase):
    """What a line stands for."""

    def test_exactly(self) -> None:
        """All names behind the address, and nothing below them."""
        text = "0.0.0.0 a.example b.example\n::1\tc.example # d.example\n"
        names = ("a.example", "b.example", "c.example", "d.example", "www.a.example", "example")
        self.assertEqual(listed(text, *names), list(names[:3]))
        self.assertEqual(line(text, "c.example"), 2)

    def test_own(self) -> None:
        """The names that every host has for itself are not listed, nor counted as skipped."""
        text = (
            "127.0.0.1 localhost localhost.localdomain local\n255.255.255.255 broadcasthost\n"
            "::1 ip6-localhost\nfe80::1%lo0 localhost\nff02::2 ip6-allrouters\n0.0.0.0 0.0.0.0\n"
            "0.0.0.0 ads.example\n"
        )
        found = parsed(text)
        self.assertEqual((found.entries, found.skipped, found.format), (1, 0, "hosts"))
        self.assertEqual(listed(text, "localhost", "ads.example"), ["ads.example"])

    def test_addresses(self) -> None:
        """Whatever the address, the names are listed."""
        text = "127.0.0.1 a.example\n192.0.2.7 b.example\n2001:db8::1 c.example\n"
        self.assertEqual(parsed(text).entries, 3)

    def test_invalid(self) -> None:
        """A line without a name, or with what is none, is skipped; good names in it count."""
        found = parsed("0.0.0.0\n0.0.0.0 a..example b.example\n0.0.0.0 c.example\n", "hosts")
        self.assertEqual((found.entries, found.skipped, found.firstSkipped), (2, 2, 1))
