"""A list in a file of this machine."""

from __future__ import annotations

from pathlib import Path

from ..options import LineError
from ..readahead import Steps, inSteps
from .reading import PIECE, Parsed, Reading


class ListFile:
    """
    A list in a file.

    @ivar path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Parsed:
        """
        All of it: see L{inSteps}.

        @raise ValueError: see L{reading}.
        """
        return inSteps(("list", self.path), self.reading)

    def reading(self) -> Steps[Parsed]:
        """
        The same in steps of a millisecond or two.

        @raise ValueError: where it can't be read, or is no list; with the file and, if it is known, the line.
        """
        try:
            reading = Reading()
            with self.path.open("rb") as file:
                while piece := file.read(PIECE):
                    reading.feed(piece)
                    yield
            while reading.settle():
                yield
            return reading.done()
        except LineError as error:
            raise ValueError(f"{self.path}:{error.line}: {error}") from None
        except OSError as error:
            raise ValueError(f"{self.path} can't be read: {error.strerror}") from None
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
