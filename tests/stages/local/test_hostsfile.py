"""Tests of reading hosts files."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.stages.local.hostsfile import Host, readHosts

from ...folders import folder, written


class HostsTests(SynchronousTestCase):
    """Lines, and what is wrong with them."""

    def read(self, text: str) -> list[Host]:
        """What a file with this text says."""
        return list(readHosts(written(self, text, "hosts")))

    def test_lines(self) -> None:
        """Addresses of both sorts, names in lower case, blanks of any sort, comments anywhere."""
        self.assertEqual(
            self.read("# all\n\n127.0.0.1\tLocalhost  local. # here\r\n  ::1 localhost\n"),
            [
                Host(b"\x7f\0\0\1", (b"\x09localhost\0", b"\5local\0"), 3),
                Host(bytes(15) + b"\1", (b"\x09localhost\0",), 4),
            ],
        )

    def test_elsewhere(self) -> None:
        """A file that was written on Windows, with a byte order mark and carriage returns."""
        self.assertEqual(self.read("\ufeff127.0.0.1 a\r\n"), [Host(b"\x7f\0\0\1", (b"\1a\0",), 1)])

    def test_links(self) -> None:
        """Addresses of one link alone are left out."""
        self.assertEqual(self.read("fe80::1%lo0 localhost\n"), [])

    def test_strangeNames(self) -> None:
        """Names with characters that hosts don't have, and such as are no ASCII."""
        (host,) = self.read("192.0.2.1 a_b.home x\\.y.home bücher.home\n")
        self.assertEqual(host.names, (b"\3a_b\4home\0", b"\3x.y\4home\0", b"\x0dxn--bcher-kva\4home\0"))

    def test_mistakes(self) -> None:
        """Each mistake names file and line."""
        for line, told in (
            ("192.0.2.300 a", "no IP address"),
            ("192.0.2.1", "no name"),
            ("192.0.2.1 a..b", "not a domain name"),
            ("192.0.2.1 " + "x" * 64, "not a domain name"),
            ("192.0.2.1 " + ".".join(["x" * 60] * 5), "not a domain name"),
        ):
            error = self.assertRaises(ValueError, self.read, f"192.0.2.1 fine\n{line}\n")
            self.assertRegex(str(error), f"hosts:2: .*{told}")

    def test_noFile(self) -> None:
        """A file that can't be read."""
        error = self.assertRaises(ValueError, list, readHosts(folder(self) / "none"))
        self.assertRegex(str(error), "none: No such file")
        file = written(self, "")
        file.write_bytes(b"\xff\xfe")
        self.assertRegex(str(self.assertRaises(ValueError, list, readHosts(file))), ": not UTF-8")
