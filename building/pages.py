"""The pages in docs/ as HTML and as manual pages: C{python -m building.pages FOLDER}."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .deadlinks import deadLinks

DOCS = Path(__file__).parents[1] / "docs"


def build(folder: Path) -> None:
    """
    Make C{html/} and C{man/} in a folder.

    @raise CalledProcessError: where Sphinx (the extra C{docs}) warns of something, or is not there.
    @raise SystemExit: where a link leads nowhere.
    """
    with TemporaryDirectory() as read:
        for form in ("html", "man"):
            options = ["-q", "-W", "--keep-going", "-b", form, "-d", read]
            command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(folder / form)]
            subprocess.run(command, check=True)
    if dead := [*deadLinks(folder / "html")]:
        raise SystemExit("\n".join(["links that lead nowhere:", *dead]))


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else "build/pages"))
