"""The OPT record: taken apart, made, padded."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.wire import FormatError, edns

from .vectors import opt


class ParseTests(SynchronousTestCase):
    """L{edns.parse} and L{edns.parseQuery}."""

    def test_fields(self) -> None:
        """Size, extended RCODE, version, DO and options are read."""
        found = edns.parse(opt((10, b"12345678"), (12, b"\0\0"), size=1400, flags=0x8000, extended=1))
        self.assertEqual((found.size, found.extended, found.version, found.do), (1400, 1, 0, True))
        self.assertEqual(found.codes, {10, 12})
        self.assertEqual([found.option(code) for code in (10, 12, 3)], [b"12345678", b"\0\0", None])

    def test_smallSizes(self) -> None:
        """Sizes below 512 mean 512 (RFC 6891 section 6.2.3)."""
        for size, meant in ((0, 512), (511, 512), (512, 512), (513, 513), (65535, 65535)):
            self.assertEqual(edns.parse(opt(size=size)).size, meant)

    def test_otherFlags(self) -> None:
        """Flags but DO are ignored (RFC 6891 section 6.1.4)."""
        self.assertFalse(edns.parse(opt(flags=0x7FFF)).do)
        self.assertTrue(edns.parse(opt(flags=0xFFFF)).do)

    def test_unknownOptions(self) -> None:
        """Options of any code, length and number pass (RFC 6891 section 6.1.2)."""
        options = ((100, b""), (65001, b"x" * 8), (100, b""), (0, b""), (65535, bytes(20000)))
        self.assertEqual(tuple(edns.eachOption(edns.parse(opt(*options)).options)), options)

    def test_firstOption(self) -> None:
        """Of two options of one code the first counts."""
        self.assertEqual(edns.parse(opt((12, b"a"), (12, b"b"))).option(12), b"a")

    def test_overrun(self) -> None:
        """Options that don't fill the record exactly are malformed (RFC 6891 section 7)."""
        whole = opt((10, b"12345678"))
        for stray in (b"\0", b"\0\x0c", b"\0\x0c\0", b"\0\x0c\0\1"):
            length = (12 + len(stray)).to_bytes(2, "big")
            self.assertRaises(FormatError, edns.parse, whole[:9] + length + whole[11:] + stray)

    def test_length(self) -> None:
        """A record of other than its RDLENGTH is malformed, of whatever size."""
        for whole in (opt(), opt((10, b"12345678")), opt((12, bytes(1000)))):
            for wire in (whole[:-1], whole + b"\0", whole[:10], whole[:3]):
                self.assertRaises(FormatError, edns.parse, wire)

    def test_twice(self) -> None:
        """The same octets give the same, the second time too."""
        for record in (opt((3, b"")), opt((12, bytes(1000)))):
            first, second = edns.parse(record), edns.parse(record)
            self.assertEqual((first.size, first.options, first.codes), (1232, record[11:], second.codes))
            self.assertEqual((first.size, first.options), (second.size, second.options))

    def test_bounded(self) -> None:
        """However many records clients make up, no more than 1024 are kept in memory, each with its own."""
        for number in range(3000):
            data = number.to_bytes(8, "big")
            self.assertEqual(edns.parse(opt((10, data))).option(10), data)
        self.assertLessEqual(len(edns._remembered), 1024)

    def test_otherRecords(self) -> None:
        """A record of another owner than the root or another type is no OPT (RFC 6891 section 6.1.2)."""
        for wire in (opt(owner=b"\1a\0"), b"\0\0\x10" + opt()[3:], b"\0\1\x29" + opt()[3:]):
            self.assertRaises(FormatError, edns.parse, wire)

    def test_badVersion(self) -> None:
        """Any version but 0 is BADVERS, whatever its flags and options are (RFC 6891 section 6.1.3)."""
        broken = opt((10, b"1"), version=1)[:-1]
        broken = broken[:10] + bytes([broken[10] - 1]) + broken[11:]
        for record in (opt(version=1), opt((9, b"x"), flags=0x7FFF, version=255), broken):
            error = self.assertRaises(FormatError, edns.parseQuery, record)
            self.assertEqual(error.rcode, 16)

    def test_version(self) -> None:
        """Version 0 is ours."""
        self.assertEqual(edns.parseQuery(opt()).version, 0)


class MakeTests(SynchronousTestCase):
    """L{edns.record}, L{edns.option} and L{edns.errorOption}."""

    def test_record(self) -> None:
        """Our record has our size, version 0, no flag but DO, and the options given."""
        made = edns.record(True, 1, edns.option(12, b"\0"))
        self.assertEqual(made, opt((12, b"\0"), size=1232, flags=0x8000, extended=1))

    def test_bare(self) -> None:
        """The two records without options stand ready."""
        self.assertEqual(edns.BARE, (opt(size=1232), opt(size=1232, flags=0x8000)))

    def test_error(self) -> None:
        """An extended error is its code and UTF-8 text (RFC 8914 section 2)."""
        self.assertEqual(edns.errorOption(22, "é"), b"\0\x0f\0\4\0\x16\xc3\xa9")

    def test_longText(self) -> None:
        """Long texts are cut, between characters."""
        made = edns.errorOption(0, "€" * 30000)
        self.assertEqual(made[6:].decode(), "€" * 170)


class PaddingTests(SynchronousTestCase):
    """L{edns.padding}."""

    def test_sweep(self) -> None:
        """Every length comes to whole blocks, the option's four octets counted (RFC 8467 section 4.1)."""
        for block in (128, 468):
            for length in range(12, 1500):
                total = length + len(edns.padding(length, block, 65535))
                self.assertEqual(total % block, 0)
                self.assertTrue(4 <= total - length < 4 + block)

    def test_boundary(self) -> None:
        """464 octets take an empty option; 465 go on to the next block."""
        self.assertEqual(edns.padding(464, 468, 65535), b"\0\x0c\0\0")
        self.assertEqual(465 + len(edns.padding(465, 468, 65535)), 936)
        self.assertEqual(468 + len(edns.padding(468, 468, 65535)), 936)

    def test_zeros(self) -> None:
        """The octets are zeros (RFC 7830 section 3)."""
        self.assertEqual(edns.padding(100, 128, 65535), b"\0\x0c\0\x18" + bytes(24))

    def test_limit(self) -> None:
        """No message is padded past its limit."""
        for length in range(65000, 65536):
            total = length + len(edns.padding(length, 468, 65535))
            self.assertTrue(length <= total <= 65535)
        self.assertEqual(edns.padding(65532, 468, 65535), b"")
        self.assertEqual(edns.padding(65531, 468, 65535), b"\0\x0c\0\0")
