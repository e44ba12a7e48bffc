"""The last good copy of a list on disk, so that a start needs no network."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from typing_extensions import Self

# Octets before the list itself, which tell its version.
_HEAD = 1024


class Version(NamedTuple):
    """
    Which version of a list it is, in the words of its server (RFC 9110 section 8.8).

    @ivar etag: ETag, or empty.
    @ivar modified: Last-Modified, or empty.
    """

    etag: str = ""
    modified: str = ""

    @property
    def conditions(self) -> dict[str, list[str]]:
        """The headers that ask for another version alone (RFC 9110 section 13.1)."""
        return {
            name: [value]
            for name, value in (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
            if value
        }


class Copy:
    """
    One list's place on disk, which all workers share.

    @ivar file: where it is, None for nowhere. Its name tells the host; a URL may be secret.
    """

    def __init__(self, folder: Path | None, url: str) -> None:
        digest = sha256(url.encode()).hexdigest()[:16]
        self.file = folder / f"{urlsplit(url).hostname}-{digest}" if folder else None

    @property
    def confirmedAt(self) -> float:
        """When its server last said that it is good, by the wall clock; 0 where there is none."""
        try:
            return self.file.stat().st_mtime if self.file else 0.0
        except OSError:
            return 0.0

    def confirm(self, at: float) -> None:
        """
        Its server says that it still is the newest.

        @raise OSError: where that can't be noted.
        """
        if self.file:
            os.utime(self.file, (at, at))

    def opened(self) -> tuple[Version, BinaryIO]:
        """
        Which version it is, and a file that stands where it begins.

        @raise OSError: where there is none.
        @raise ValueError: where it is none of ours.
        """
        if self.file is None:
            raise FileNotFoundError
        file = self.file.open("rb")
        try:
            found = json.loads(file.read(_HEAD))
            return Version(str(found["etag"]), str(found["modified"])), file
        except (KeyError, TypeError, ValueError):
            file.close()
            raise ValueError(f"{self.file} is no copy of a list") from None

    def draft(self) -> Draft:
        """
        What is to take its place.

        @raise OSError: where it can't be written.
        """
        return Draft(self.file)


class Draft:
    """
    A list that has just come; it goes when the C{with} block ends, unless it is to be kept.

    @ivar file: the list is written here.
    """

    def __init__(self, kept: Path | None) -> None:
        self._kept = kept
        self._new = kept and kept.with_name(f"{kept.name}.{os.getpid()}.new")
        self.file = _created(self._new) if self._new else TemporaryFile()  # noqa: SIM115 - closed at the end
        self.file.write(bytes(_HEAD))

    def __enter__(self) -> Self:
        return self

    def begin(self) -> BinaryIO:
        """The same file, where the list begins."""
        self.file.seek(_HEAD)
        return self.file

    def keep(self, version: Version) -> None:
        """It is good: put it in the place of the one before."""
        if self._kept is None or self._new is None:
            return
        head = json.dumps(version._asdict()).encode()
        if len(head) >= _HEAD:
            head = json.dumps(Version()._asdict()).encode()
        self.file.seek(0)
        self.file.write(head.ljust(_HEAD - 1) + b"\n")
        self.file.flush()
        self._new.replace(self._kept)
        self._new = None

    def __exit__(self, *why: object) -> None:
        self.file.close()
        if self._new is not None:
            self._new.unlink(missing_ok=True)


def _created(file: Path) -> BinaryIO:
    """Nobody else is to read what somebody's lists are."""
    file.parent.mkdir(0o700, parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
