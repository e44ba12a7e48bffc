"""Names of files as operators write them."""

from __future__ import annotations

import os
from pathlib import Path


def filename(word: str) -> Path:
    """
    A file, C{~} being the home of who runs this, C{~NAME} that of another user.

    @raise ValueError: where no file can have that name.
    """
    if "\0" in word:
        raise ValueError("no name of a file has an octet of 0")
    try:
        return Path(word).expanduser()
    except RuntimeError:
        raise ValueError(f"{word!r}: there is no home of such a user") from None


def fileIn(folder: Path, word: str) -> Path:
    """
    The same, relative to a folder, and without C{..} where that is no other file.

    @raise ValueError: see L{filename}.
    """
    file = folder / filename(word)
    plain = Path(os.path.normpath(file))
    # Behind a symbolic link, .. is where that leads to.
    return plain if os.path.realpath(plain) == os.path.realpath(file) else file
