"""Links of the manual."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from building.deadlinks import deadLinks

from ..folders import folder


class DeadLinksTests(SynchronousTestCase):
    """L{deadLinks}, of two pages."""

    def found(self, links: str) -> list[str]:
        """What is wrong where the page in a folder has these links."""
        place = folder(self)
        (place / "kinds").mkdir()
        (place / "index.html").write_text('<h1 id="top">All</h1>')
        (place / "kinds" / "a.html").write_text(f'<p id="here">{links}</p>')
        return [*deadLinks(place)]

    def test_there(self) -> None:
        """Pages, places on pages, and other sites."""
        links = ("../index.html", "../index.html#top", "#here", "a.html", "https://example.org/a#b")
        self.assertEqual(self.found("".join(f'<a href="{each}">a</a>' for each in links)), [])

    def test_missing(self) -> None:
        """A page, a place, and a picture that are not there."""
        links = '<a href="index.html">a</a><a href="../index.html#x">a</a><a href="#y">a</a><img src="z.png">'
        names = ("index.html", "../index.html#x", "#y", "z.png")
        self.assertEqual(self.found(links), [f"kinds/a.html: {each}" for each in names])
