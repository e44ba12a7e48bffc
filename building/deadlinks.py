"""Links of HTML pages to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """
    What a page has of links and of places for them.

    @ivar links: as they are written.
    @ivar places: what stands behind the C{#} of a link to here.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See L{HTMLParser}."""
        found = dict(attrs)
        self.places |= {each for each in (found.get("id"),) if each}
        self.links += [each for each in (found.get("href"), found.get("src")) if each]


def deadLinks(folder: Path) -> Iterator[str]:
    """Each as C{PAGE: LINK}; those to other sites are not looked at."""
    pages = {file.resolve(): _Page(file.read_text("utf-8")) for file in sorted(folder.rglob("*.html"))}
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            known = pages.get(there)
            if not there.exists() or (parts.fragment and known and parts.fragment not in known.places):
                yield f"{file.relative_to(folder.resolve())}: {link}"
