"""Any file whatever: told apart, and read or refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from . import test_named, test_stubby, test_stunnel, test_unbound
from .importcase import ImportCase, tried

TEXTS = {
    "stunnel": test_stunnel.CLIENT,
    "Stubby": test_stubby.TEXT,
    "Unbound": test_unbound.FORWARD,
    "BIND": test_named.TEXT,
}
_PIECES = sorted(
    {word for text in TEXTS.values() for word in text.split()} | {"\n", "{", "}", ";", '"', "#", "include"}
)


class FormatsTests(ImportCase):
    """L{settings}."""

    def test_toldApart(self) -> None:
        """By what stands in them."""
        for program, text in TEXTS.items():
            self.assertEqual(self.read(text).program, program)

    def test_nobodys(self) -> None:
        """Any other file is refused."""
        for text in ("", "[front lan]\nlisten = udp://127.0.0.1\n", "nameserver 192.0.2.1\n"):
            self.assertIn("f:1: is none of stunnel.conf", self.wrong(text))

    @given(st.sampled_from(sorted(TEXTS)), st.lists(st.sampled_from(_PIECES), max_size=40))
    def test_pieces(self, program: str, pieces: list[str]) -> None:
        """Pieces of such files in any order raise nothing else."""
        tried(TEXTS[program].split("\n")[1] + "\n" + " ".join(pieces))
        tried(" ".join(pieces))

    @given(st.sampled_from(sorted(TEXTS)), st.data())
    def test_damaged(self, program: str, data: st.DataObject) -> None:
        """Nor does a file with something else in the place of a part of it."""
        text = TEXTS[program]
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 40, len(text))))
        tried(text[:start] + data.draw(st.text(max_size=10)) + text[end:])
