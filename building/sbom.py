"""
What a release brings along, as a CycloneDX document: C{python -m building.sbom [FOLDER]}.

The folder has the release. Its wheel for all platforms is installed into an environment of its own, with what
it takes from elsewhere, and beside it is put the list of all that is there then.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

WHEEL = "dotchain-*-py3-none-any.whl"


def steps(wheel: Path, place: str) -> Iterator[list[str]]:
    """
    What is run one after the other.

    @param place: where there may be an environment for a while.
    """
    there = f"{place}/bin/python"
    yield [sys.executable, "-m", "venv", "--without-pip", place]
    yield [sys.executable, "-m", "pip", "--python", there, "install", "--quiet", str(wheel)]
    # Where the wheel was is nobody's business.
    find = "from importlib.metadata import files; found = {each.name: each for each in files('dotchain')}"
    yield [there, "-I", "-c", f"{find}; found['direct_url.json'].locate().unlink()"]
    told = ["--output-reproducible", "--spec-version", "1.6", "--output-format", "JSON"]
    file = wheel.with_name(wheel.name.replace("-py3-none-any.whl", ".cdx.json"))
    yield [sys.executable, "-m", "cyclonedx_py", "environment", *told, "--output-file", str(file), there]


def main(words: Sequence[str]) -> int:
    """Run all steps; the status is that of the first one that fails."""
    folder = Path(next(iter(words), "dist"))
    wheels = sorted(folder.glob(WHEEL))
    if len(wheels) != 1:
        print(f"{folder}: {len(wheels)} files {WHEEL}, where the one of a release is wanted", file=sys.stderr)
        return 1
    with TemporaryDirectory(prefix="dotchain-") as place:
        for command in steps(wheels[0], place):
            status = subprocess.run(command, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
