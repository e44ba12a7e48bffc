"""Sphinx's settings: the pages in this folder, as HTML and as manual pages."""

import re
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[1]

project = "dotchain"
author = "the authors of dotchain"
_version = re.search(r'__version__ = "(.+)"', (_ROOT / "dotchain" / "__init__.py").read_text("utf-8"))
assert _version
release = version = _version[1]

sys.path.insert(0, str(_ROOT / "docs" / "extensions"))
extensions = ["options", "pagelinks"]

exclude_patterns = ["examples"]
html_theme = "alabaster"
html_theme_options = {"page_width": "75em", "fixed_sidebar": True}
html_show_copyright = html_show_sphinx = html_copy_source = False
# No page asks another host for anything.
html_use_opensearch = ""

man_show_urls = True
man_pages = [
    ("commands", "dotchain", "the command of a DNS-over-TLS daemon", author, 1),
    ("configuration", "dotchain.ini", "what a DNS-over-TLS daemon is to do", author, 5),
    ("fronts", "dotchain-fronts", "listening: who may ask, and how", author, 5),
    ("kinds", "dotchain-kinds", "kinds of stages and upstreams of dotchain", author, 5),
]
