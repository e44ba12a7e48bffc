"""Whatever comes as a list: nothing but ValueError leaves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from dotchain.lists.reading import FORMATS, Reading

_PIECES = st.sampled_from(
    [
        *(
            b"example.org",
            b"*",
            b".",
            b"..",
            b"@@",
            b"||",
            b"|",
            b"^",
            b"$",
            b"/",
            b"\\",
            b"(",
            b")",
            b"[",
            b"]",
            b"{2,}",
            b"+",
            b"?",
        ),
        *(
            b" ",
            b"\t",
            b"\n",
            b"\r\n",
            b"#",
            b"##",
            b"!",
            b";",
            b'"',
            b"=",
            b"=/",
            b"address=/",
            b"server=/",
            b"0.0.0.0 ",
            b"::1 ",
        ),
        *(
            b"CNAME ",
            b"$ORIGIN ",
            b"@ ",
            b"SOA ",
            b"IN ",
            b"300 ",
            b"rpz-passthru.",
            b".rpz-ip ",
            b"\xef\xbb\xbf",
            b"\xff",
            "ä".encode(),
        ),
        *(
            b"$important",
            b"$ORIGIN",
            b"$TTL",
            b"a",
            b"1",
            b"-",
            b"xn--",
            b"\xc3",
            b",",
            b"x" * 64,
            b"a." * 130,
        ),
    ]
)
_OCTETS = st.one_of(st.lists(_PIECES, max_size=40).map(b"".join), st.binary(max_size=200))
_NAMES = st.lists(st.binary(min_size=1, max_size=5), max_size=4).map(
    lambda each: b"".join([bytes((len(label),)) + label for label in each]) + b"\0"
)


class FuzzTests(SynchronousTestCase):
    """What a stranger may send."""

    @given(st.sampled_from(FORMATS), st.lists(_OCTETS, max_size=4), _NAMES)
    def test_anything(self, format: str, pieces: list[bytes], name: bytes) -> None:
        """It is read or refused, and any name can be looked up in what was read."""
        reading = Reading(format)
        try:
            for piece in pieces:
                reading.feed(piece)
            found = reading.done()
        except ValueError:
            return
        self.assertIn(found.format, FORMATS)
        for names in (found.names, found.allowed):
            self.assertIn(names.find(name), range(sum(piece.count(b"\n") for piece in pieces) + 2))

    def test_long(self) -> None:
        """Lines that are made to take long are read like others; a test that hangs here has found one."""
        for octets in (
            *(
                b'a TXT "' + b'\\"' * 4000,
                b"a " + b"1" * 4000 + b"x CNAME .",
                "ä".encode() * 4000,
                b"(" * 8000,
            ),
            *(b"/" + b"[^a]" * 1900 + b"/", b"||" + b"a*" * 3900 + b"^", b"/" + b"(a*" * 2600 + b"/"),
            *(
                b"address=" + b"/a" * 4000 + b"/",
                b"::1" + b" a" * 4000,
                b"0" * 8000 + b" a",
                b":" * 8000 + b" a",
            ),
            *(b"a." * 4000, b"a" * 8000, b" ;" * 4000, b"a IN " + b"1h" * 4000 + b" A x"),
        ):
            reading = Reading()
            for _ in range(20):
                reading.feed(octets + b"\n")
            reading.feed(b"a.example\n" * 20)
            self.assertGreater(reading.done().entries, 0)
