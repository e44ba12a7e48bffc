"""Lists of matches, read anew while a stage serves."""

from __future__ import annotations

from dotchain.stages.cache.stage import Cache
from dotchain.stages.types import Types
from dotchain.testing import StageCase, both
from dotchain.wire.codes import NXDOMAIN, REFUSED

from ..folders import folder


@both
class ListReloadTests(StageCase):
    """What C{dotchain reload} makes of them."""

    def setUp(self) -> None:
        """A file with a list."""
        super().setUp()
        self.file = folder(self) / "names"
        self.file.write_text("example.org", encoding="utf-8")

    def _types(self) -> Types:
        made = self.made(Types, "NXDOMAIN", refuse="A", match=f"list:{self.file}")
        assert isinstance(made, Types)
        return made

    def _rcodes(self, stage: Types) -> list[int]:
        return [self.answered(stage, f"{name} A").rcode for name in ("example.org", "example.net")]

    def test_reload(self) -> None:
        """It is read in later turns, and takes the place of the old one at the end."""
        stage = self._types()
        self.file.write_text("example.net\n" * 10_000, encoding="utf-8")
        read = stage.reload()
        assert read is not None
        self.assertEqual(self._rcodes(stage), [REFUSED, NXDOMAIN])
        self.assertNoResult(read)
        self.clock.advance(0)
        self.successResultOf(read)
        self.assertEqual(self._rcodes(stage), [NXDOMAIN, REFUSED])

    def test_wrong(self) -> None:
        """A list that turns to a web page is told, and the old one stays in use."""
        stage = self._types()
        self.file.write_text("<html>\n", encoding="utf-8")
        read = stage.reload()
        assert read is not None
        self.clock.advance(0)
        failure = self.failureResultOf(read, ValueError)
        self.assertEqual(failure.getErrorMessage(), f"{self.file}:1: it is a web page, and no list of names")
        self.assertEqual(self._rcodes(stage), [REFUSED, NXDOMAIN])

    def test_none(self) -> None:
        """Without lists there is nothing to wait for."""
        made = self.made(Types, refuse="A", match="example.org")
        assert isinstance(made, Types)
        self.assertIsNone(made.reload())

    def test_cache(self) -> None:
        """The cache reads those of its matches."""
        stage = self.made(Cache, "NXDOMAIN", **{"except": f"list:{self.file}"})
        assert isinstance(stage, Cache)
        self.file.write_text("example.net", encoding="utf-8")
        read = stage.reload()
        assert read is not None
        self.clock.advance(0)
        self.successResultOf(read)
        for _ in range(2):
            self.answered(stage, "example.net A")
        self.assertEqual(len(self.next.asked), 2)
