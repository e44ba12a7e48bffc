"""A wall clock that a test sets while a daemon runs (libfaketime)."""

from __future__ import annotations

from pathlib import Path

from .daemon import unavailable

_FOLDERS = ("/usr/lib", "/usr/local/lib")


class FakeClock:
    """
    The clock of a daemon and its children; the one that nobody sets goes on as it was.

    @ivar by: what runs the daemon with it.
    """

    def __init__(self, file: Path) -> None:
        """@param file: where it is set."""
        self._file = file
        self.be(0)
        settings = ("NO_CACHE=1", "DONT_FAKE_MONOTONIC=1", f"TIMESTAMP_FILE={file}")
        preloaded = [f"LD_PRELOAD={_library()}", "NO_FAKE_STAT=1"]
        self.by = ["env", *preloaded, *(f"FAKETIME_{each}" for each in settings)]

    def be(self, seconds: float) -> None:
        """Set it so much ahead of the right time; behind it where that is negative."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+.3f}\n")
        new.replace(self._file)


def _library() -> Path:
    found = [each for folder in _FOLDERS for each in Path(folder).glob("**/faketime/libfaketimeMT.so.1")]
    return found[0] if found else unavailable("libfaketime is not installed")
