"""A file of frames (Frame Streams, unidirectional). All of it may take long, and so runs in a thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..spool import Lost
from .messages import CONTENT

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
# Names that were asked for are nobody else's business.
_MODE = 0o600
_STOP = 3


class FrameFile:
    """
    A file that begins anew with each start, as none can be gone on with that has an end: what was there
    before is C{FILE.old} then.
    """

    def __init__(self, file: Path, codec: Any) -> None:
        """@param codec: makes frames."""
        self._file = file
        self._codec = codec
        self._fd = -1
        self._renew = False
        # How many octets of it are whole frames.
        self._whole = 0

    def renew(self) -> None:
        """Begin anew with the next frames."""
        self._renew = True

    def write(self, lines: Sequence[bytes]) -> None:
        """See L{Output.write<dotchain.stages.spool.Output.write>}."""
        try:
            if self._renew:
                self._renew = False
                self.close()
            if self._fd < 0:
                self._open()
            self._add(b"".join(lines))
        except OSError as error:
            if self._fd >= 0:
                with suppress(OSError):
                    os.ftruncate(self._fd, self._whole)
                    os.lseek(self._fd, self._whole, os.SEEK_SET)
            raise Lost(error, len(lines)) from None

    def close(self) -> None:
        """Say that this was all."""
        if self._fd >= 0:
            with suppress(OSError):
                self._add(self._codec.encode(_STOP))
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> None:
        if self._file.is_file() and self._file.stat().st_size:
            self._file.replace(self._file.with_name(f"{self._file.name}.old"))
        self._fd = os.open(self._file, _FLAGS, _MODE)
        self._whole = 0
        self._add(self._codec.encode_ctrlstart(CONTENT))

    def _add(self, data: bytes) -> None:
        rest = data
        while rest:
            rest = rest[os.write(self._fd, rest) :]
        self._whole += len(data)
