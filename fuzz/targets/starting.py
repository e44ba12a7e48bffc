"""What a start finds: files that others include, lists that are packed, sockets of systemd."""

from __future__ import annotations

import gzip
import os
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.internet.task import Clock

from dotchain.activation import listened, passed
from dotchain.config.included import include
from dotchain.readahead import atOnce
from dotchain.stages.block.reading import ListReader, NotUsable

from ..target import Target
from .texts import LISTS

# All names stay in the folder.
_OUTSIDE = re.compile(r"(?<![^\s=:])/+|\.\.|~")


@cache
def _folder() -> TemporaryDirectory[str]:
    """A folder with files to include."""
    made = TemporaryDirectory()
    place = Path(made.name)
    (place / "conf.d").mkdir()
    for name, octets in (("a.ini", b"[front a]\n"), ("conf.d/b.ini", b"\xff\n"), (".c.ini", b"")):
        (place / name).write_bytes(octets)
    return made


def _included(octets: bytes) -> None:
    """Each file is read once, or what is wrong has a line; the file itself is none of them."""
    text = _OUTSIDE.sub("~nobodyatall", octets.decode(errors="replace"))
    lines = text.count("\n") + 1
    found = include(text, Path(_folder().name, "f.ini"))
    names = [os.path.normpath(each.name) for each in found.files]
    assert len({*names}) == len(names) <= 2
    for problem in (*found.problems, *found.doubts):
        assert 1 <= problem.line <= lines


def _read(octets: bytes) -> tuple[object, ...]:
    """What a list comes to, or why it is none."""
    try:
        found = atOnce(ListReader("auto", Clock()).steps(BytesIO(octets)))
    except NotUsable as error:
        return str(error), error.line
    return found.format, found.entries, found.skipped, found.firstSkipped


def _packed(octets: bytes) -> None:
    """A list is the same packed and not; what is only half packed, or damaged, is none."""
    plain = _read(octets)
    packed = gzip.compress(octets, 1, mtime=0)
    if octets[:2] != packed[:2]:
        assert _read(packed) == plain
    _read(packed[: len(packed) // 2])
    _read(packed[:2] + octets)


def _passed(octets: bytes) -> None:
    """The first line names sockets or is wrong; the others are what systemd has set."""
    first, *rest = octets.decode(errors="replace").split("\n")
    try:
        for each in listened(first):
            assert listened(str(each)) == (each,)
    except ValueError:
        pass
    given = {key: value for key, _, value in (each.partition("=") for each in rest)}
    count = given.get("LISTEN_FDS", "")
    if len(count) < 3 or not count.isdecimal():
        found = passed(given | {"LISTEN_PID": str(os.getpid())})
        assert len(found) == (int(count) if count.isdecimal() else 0)


_INCLUDES = b"[dotchain]\ninclude = a.ini conf.d/*.ini\n  conf.d none.ini */[!a]*.ini ~/x\n"
_FDS = b"systemd://dns udp://127.0.0.1:53\nLISTEN_FDS=2\nLISTEN_FDNAMES=dns::x\n"

TARGETS = (
    Target("included", _included, (_INCLUDES,)),
    Target("packed", _packed, LISTS),
    Target("passed", _passed, (_FDS, b"\nLISTEN_FDS=-1\n", b"systemd://:\nLISTEN_FDS=12\n")),
)
