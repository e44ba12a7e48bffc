"""A list in a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from ...readahead import Steps, inSteps
from .core import Listed
from .entry import inFile, stateOf
from .reading import ListReader, NotUsable

if TYPE_CHECKING:
    from pathlib import Path

    from ...lists.reading import Parsed
    from .sources import Source


class FileList:
    """
    Reads a list of the operator's own.

    @ivar source: where it is.
    @ivar listed: as it was read last; None before that.
    """

    def __init__(self, source: Source, reader: ListReader) -> None:
        self.source = source
        self.listed: Listed | None = None
        self._reader = reader

    @property
    def _file(self) -> Path:
        assert self.source.file is not None
        return self.source.file

    def load(self) -> None:
        """
        Read it, before anybody is served by it.

        @raise NotUsable: where it can't be read, with its name.
        """
        self.listed = inSteps(("list", self._file, self._reader.format), self._steps)

    def _steps(self) -> Steps[Listed]:
        try:
            with self._file.open("rb") as file:
                return self._listed(file, (yield from self._reader.steps(file, own=True)))
        except (OSError, NotUsable) as error:
            raise self._unusable(error) from None

    async def read(self) -> Listed:
        """
        What it has now, read piece by piece, as fast as that goes; it is up to the caller to take it.

        @raise NotUsable: see L{load}.
        """
        try:
            with self._file.open("rb") as file:
                return self._listed(file, await self._reader.slowly(file, 0.0, own=True))
        except (OSError, NotUsable) as error:
            raise self._unusable(error) from None

    def _listed(self, file: BinaryIO, parsed: Parsed) -> Listed:
        return Listed(self.source.name, parsed, partial(inFile, self._file, stateOf(file)))

    def _unusable(self, error: OSError | NotUsable) -> NotUsable:
        if isinstance(error, OSError):
            return NotUsable(f"{self._file} can't be read: {error.strerror}")
        place = f"{self._file}:{error.line}" if error.line else str(self._file)
        return NotUsable(f"{place}: {error}", error.line)
