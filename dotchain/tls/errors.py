"""What goes wrong with TLS, in words that an operator can act on."""

from __future__ import annotations

from pathlib import Path


class AuthenticationError(Exception):
    """
    The peer is not who it must be, or nothing proves that it is.

    @ivar text: what was wanted and what was presented, one line; a
        L{Reason<dotchain.reason.Reason>} where clients are to read less.
    @ivar untimely: only the dates of a certificate speak against it, so that it may be
        the clock here that is wrong.
    """

    def __init__(self, text: str, untimely: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.untimely = untimely


class TLSFileError(Exception):
    """
    A certificate or key file that can't be used.

    @ivar path: the file.
    @ivar text: what is wrong with it, without its name.
    """

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(f"{path}: {text}")
        self.path = path
        self.text = text
