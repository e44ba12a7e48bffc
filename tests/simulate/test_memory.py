"""What is put to see how much memory it takes is what the stage puts."""

from __future__ import annotations

import pytest

from dotchain.stages.shared.keys import NAMES, VALUES, Keys
from dotchain.stages.shared.values import Values
from simulate.memory import SORTS, answer, commands


@pytest.mark.parametrize("sort", SORTS)
def test_values(sort: str) -> None:
    """Each value is found by the key of its own name, and opened there alone."""
    keys = Keys(b"a secret of thirty-two characters", b"dotchain:")
    names, values = keys.of(NAMES), Values(keys.of(VALUES), 3600)
    first, second = commands(2, SORTS[sort])
    for number, command, other in ((0, first, second), (1, second, first)):
        key, made = answer(f"name-{number:09}.example", SORTS[sort])
        name = names.of(key)
        assert b"dotchain:" + name in command
        found = values.opened(name, key[:-2], _value(command), 1_800_000_000_000)
        assert found is not None
        assert (found.life, found.answer.counts) == (3600, made.counts)
        assert values.opened(name, key[:-2], _value(other), 1_800_000_000_000) is None


def _value(command: bytes) -> bytes:
    """The third word of a command."""
    at = command.index(b"$", command.index(b"dotchain:") + 25)
    length, _, rest = command[at + 1 :].partition(b"\r\n")
    return rest[: int(length)]
