"""What only the machines that share know: a text in the INI file, or what stands in another file."""

from __future__ import annotations

from pathlib import Path

from ...options import OptionError, Value, path


class Secret(bytes):
    """
    The octets of a secret; nothing prints them.

    @ivar file: where they were read, None for a text in the INI file.
    @ivar trouble: why they could not be.
    """

    file: Path | None = None
    trouble: str = ""

    def __repr__(self) -> str:
        return "<a secret>"

    __str__ = __repr__

    def check(self, key: str) -> None:
        """
        See whether it could be read.

        @param key: that of the option.
        @raise OptionError: where it could not.
        """
        if self.trouble:
            raise OptionError(key, self.trouble)

    def again(self) -> Secret:
        """
        The same as it is now.

        @raise ValueError: where it can't be read any more.
        """
        if self.file is None:
            return self
        made = _read(self.file, False)
        if made.trouble:
            raise ValueError(made.trouble)
        return made


def secret(text: Value) -> Secret:
    """
    A text, or what stands in a file: what has a slash in it is the path of one, and so is the name of one
    that is there.

    @raise ValueError: for no text at all, or a path that is written in a wrong way.
    """
    if not text:
        raise ValueError("is empty; 32 random octets are right, such as of 'openssl rand -hex 32'")
    file = _file(text)
    return Secret(text.encode()) if file is None else _read(file, "/" in text)


def _file(text: Value) -> Path | None:
    """
    The file that it names, if it does.

    @raise ValueError: where that is written in a wrong way.
    """
    if "/" in text:
        return path(text)
    try:
        file = path(text)
        return file if file.is_file() else None
    except (OSError, ValueError):
        return None


def _read(file: Path, doubtful: bool) -> Secret:
    """@param doubtful: whether the name could be meant to be the secret itself."""
    octets, trouble = b"", f"{file} is empty; 'openssl rand -hex 32' makes a secret"
    try:
        octets = file.read_bytes().strip()
    except OSError as error:
        more = "; a secret that is no file's path must have no slash in it" if doubtful else ""
        trouble = f"{file}: {error.strerror}{more}"
    made = Secret(octets)
    made.file = file
    made.trouble = "" if octets else trouble
    return made
