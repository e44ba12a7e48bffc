"""C{python -m tests.conformance}: write the page of the manual anew."""

from __future__ import annotations

from .items import items
from .page import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(items()))
